package dev.socketpair.text;

import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Text that came from elsewhere, for a log or a message: it must not be able to forge
 * lines or to write to a terminal.
 */
public final class Printable {

	/**
	 * What web frameworks look for in the message of an exception to tell that their own
	 * client has gone: they answer with an empty 200 then, and log nothing (Spring's
	 * {@code DisconnectedClientHelper}, Reactor Netty's {@code AbortedException}).
	 */
	private static final Pattern CLIENT_HAS_GONE = Pattern.compile("(?<=broken) (?=pipe)|(?<=connection) (?=reset)",
			Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

	private Printable() {
	}

	/**
	 * Tell whether a text has what ends a line or writes to a terminal: a name must not.
	 * @param text any text
	 * @return whether it has control characters or separators of lines or paragraphs
	 */
	public static boolean hasControls(String text) {
		return text.codePoints()
			.map(Character::getType)
			.anyMatch((type) -> type == Character.CONTROL || type == Character.LINE_SEPARATOR
					|| type == Character.PARAGRAPH_SEPARATOR);
	}

	/**
	 * Escape control characters other than tabs, and what changes how others are shown.
	 * @param text any text
	 * @return one line, without a surrogate that stands alone
	 */
	public static String escape(String text) {
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

	/**
	 * Return text as it may stand in the message of an exception: escaped, and such that
	 * no web framework takes the exception for a client of its own that has gone. The
	 * spaces of {@code broken pipe} and {@code connection reset} are escaped.
	 * @param text any text
	 * @return one line
	 */
	public static String message(String text) {
		return CLIENT_HAS_GONE.matcher(escape(text)).replaceAll("\\\\u0020");
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
