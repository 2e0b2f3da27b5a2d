package dev.socketpair.process;

import java.nio.charset.Charset;
import java.util.HexFormat;
import java.util.OptionalInt;

/**
 * The charset in which the JDK passes command, directory and variables to a child. Under
 * {@code LC_ALL=POSIX} it is ASCII, with a question mark for all other characters.
 */
final class ChildCharset {

	/** The first Java release that takes the locale's charset and not the default one. */
	private static final int FIRST_OF_LOCALE = 18;

	/** The hexadecimal digits of the largest code point. */
	private static final int DIGITS = 6;

	private static final Charset CHARSET = charset();

	private ChildCharset() {
	}

	private static Charset charset() {
		String name = System.getProperty("sun.jnu.encoding");
		return (Runtime.version().feature() >= FIRST_OF_LOCALE && name != null && Charset.isSupported(name))
				? Charset.forName(name) : Charset.defaultCharset();
	}

	/**
	 * Require that a text reaches a child unchanged.
	 * @param what the name of the text in a message
	 * @param text the text
	 * @throws IllegalArgumentException if it has a character that the charset has not
	 */
	static void require(String what, String text) {
		if (CHARSET.newEncoder().canEncode(text)) {
			return;
		}
		OptionalInt lost = text.codePoints()
			.filter((character) -> !CHARSET.newEncoder().canEncode(Character.toString(character)))
			.findFirst();
		if (lost.isPresent()) {
			throw new IllegalArgumentException(("%s must not have the character U+%s, which would reach the child as "
					+ "'?': this Java virtual machine encodes it with %s. Start it with LC_ALL=C.UTF-8 in its "
					+ "environment")
				.formatted(what, HexFormat.of().withUpperCase().toHexDigits(lost.getAsInt(), DIGITS), CHARSET.name()));
		}
	}

}
