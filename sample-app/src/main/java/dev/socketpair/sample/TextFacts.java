package dev.socketpair.sample;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * What a worker tells of a text, and of itself.
 *
 * @param words the number of words, which ASCII white space separates
 * @param characters the number of Unicode code points
 * @param sha256 the SHA-256 of the text in UTF-8, in hexadecimal
 * @param language the language that the worker is written in
 * @param version the version of what runs it
 * @param pid the number of its process
 */
record TextFacts(long words, long characters, String sha256, String language, String version, long pid) {

	private static final Pattern WORD = Pattern.compile("[^ \\t\\n\\x0B\\f\\r]+");

	/**
	 * Return the facts as this process sees them.
	 * @param text the text
	 */
	static TextFacts of(String text) {
		return new TextFacts(WORD.matcher(text).results().count(), text.codePointCount(0, text.length()), sha256(text),
				"Java", Runtime.version().toString(), ProcessHandle.current().pid());
	}

	private static String sha256(String text) {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

}
