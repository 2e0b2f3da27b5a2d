package dev.socketpair.process;

import java.util.HexFormat;

/**
 * Text that came from elsewhere, for a log or a message: it must not be able to forge
 * lines or to write to a terminal.
 */
final class Printable {

	private Printable() {
	}

	/**
	 * Escape control characters other than tabs, and what changes how others are shown.
	 * @param text any text
	 * @return one line, without a surrogate that stands alone
	 */
	static String escape(String text) {
		if (text.codePoints().noneMatch(Printable::isControl)) {
			return text;
		}
		StringBuilder printable = new StringBuilder(text.length());
		text.codePoints().forEach((character) -> {
			if (isControl(character)) {
				escape(character, printable);
			}
			else {
				printable.appendCodePoint(character);
			}
		});
		return printable.toString();
	}

	/** As Java writes it: a supplementary character is two. */
	private static void escape(int character, StringBuilder printable) {
		if (character == '\n') {
			printable.append("\\n");
			return;
		}
		for (char unit : Character.toChars(character)) {
			printable.append("\\u").append(HexFormat.of().toHexDigits(unit));
		}
	}

	private static boolean isControl(int character) {
		return switch (Character.getType(character)) {
			case Character.CONTROL -> character != '\t';
			case Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE -> true;
			default -> false;
		};
	}

}
