package dev.socketpair.process;

import java.nio.charset.Charset;
import java.util.HexFormat;
import java.util.OptionalInt;

/**
 * What the JDK encodes the words, the directory and the variables of a child with: under
 * {@code LC_ALL=POSIX} it is ASCII, with a question mark for everything else.
 */
final class ChildCharset {

	/** The first that takes the locale's charset and not the default one. */
	private static final int FIRST_OF_LOCALE = 18;

	/** Of the largest code point. */
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
	 * Require that a text reaches a child as it is.
	 * @param what what the text is
	 * @param text the text
	 * @throws IllegalArgumentException if it would not
	 */
	static void require(String what, String text) {
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
