package dev.socketpair.process;

import java.nio.charset.Charset;

/**
 * What the JDK encodes text with that a child is given: under {@code LC_ALL=POSIX} ASCII,
 * with a question mark for everything else.
 */
enum ChildCharset {

	/** Of variables, as {@code java.lang.ProcessEnvironment} encodes them. */
	ENVIRONMENT(Charset.defaultCharset()),

	/**
	 * Of words and of the directory, as {@code java.lang.ProcessImpl} encodes them, and
	 * of the paths of files.
	 */
	COMMAND(command());

	private static final int FIRST_WITH_UTF_8 = 18;

	private final Charset charset;

	ChildCharset(Charset charset) {
		this.charset = charset;
	}

	private static Charset command() {
		String name = System.getProperty("sun.jnu.encoding");
		return (Runtime.version().feature() >= FIRST_WITH_UTF_8 && name != null && Charset.isSupported(name))
				? Charset.forName(name) : Charset.defaultCharset();
	}

	/**
	 * Require that a text reaches a child as it is.
	 * @param what what the text is
	 * @param text the text
	 * @throws IllegalArgumentException if it would not
	 */
	void require(String what, String text) {
		int[] lost = text.codePoints()
			.filter((character) -> !this.charset.newEncoder().canEncode(Character.toString(character)))
			.limit(1)
			.toArray();
		if (lost.length > 0) {
			throw new IllegalArgumentException(("%s must not have the character U+%s, which would reach the child as "
					+ "'?': this Java virtual machine encodes it with %s. Start it with LC_ALL=C.UTF-8 in its "
					+ "environment")
				.formatted(what, "%04X".formatted(lost[0]), this.charset.name()));
		}
	}

}
