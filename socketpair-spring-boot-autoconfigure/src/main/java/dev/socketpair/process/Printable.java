package dev.socketpair.process;

/**
 * Text that came from elsewhere, for a log or a message: it must not be able to forge
 * lines or to write to a terminal.
 */
final class Printable {

	private static final char LINE_SEPARATOR = '\u2028';

	private static final char PARAGRAPH_SEPARATOR = '\u2029';

	private Printable() {
	}

	/**
	 * Escape control characters other than tabs.
	 * @param text any text
	 * @return one line
	 */
	static String escape(String text) {
		if (text.chars().noneMatch(Printable::isControl)) {
			return text;
		}
		StringBuilder printable = new StringBuilder(text.length());
		text.chars().forEach((character) -> {
			if (isControl(character)) {
				printable.append((character == '\n') ? "\\n" : "\\u%04x".formatted(character));
			}
			else {
				printable.append((char) character);
			}
		});
		return printable.toString();
	}

	private static boolean isControl(int character) {
		return character != '\t' && (Character.isISOControl(character) || character == LINE_SEPARATOR
				|| character == PARAGRAPH_SEPARATOR || Character.getType(character) == Character.FORMAT);
	}

}
