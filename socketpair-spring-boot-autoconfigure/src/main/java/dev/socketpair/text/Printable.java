package dev.socketpair.text;

import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Makes foreign text safe for a log or a message: it must not forge lines or control a
 * terminal.
 */
public final class Printable {

	/**
	 * By these words in the message of an exception web frameworks detect that their own
	 * client has disconnected. They answer with an empty 200 then, and log nothing
	 * (Spring's {@code DisconnectedClientHelper}, Reactor Netty's
	 * {@code AbortedException}).
	 */
	private static final Pattern CLIENT_HAS_GONE = Pattern.compile("(?<=broken) (?=pipe)|(?<=connection) (?=reset)",
			Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

	private Printable() {
	}

	/**
	 * Return whether a text has characters that end a line or control a terminal, which a
	 * name must not have.
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
	 * Escape control characters other than tabs, and characters that change the display
	 * of others.
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
	 * Return text for the message of an exception: escaped, and such that no web
	 * framework takes the exception for the disconnect of its own client. The spaces of
	 * {@code broken pipe} and {@code connection reset} are escaped.
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
