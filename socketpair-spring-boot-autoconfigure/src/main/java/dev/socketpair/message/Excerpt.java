package dev.socketpair.message;

import java.nio.ByteBuffer;
import java.util.HexFormat;

import dev.socketpair.text.Printable;

/**
 * The first bytes that were read, in the form that messages of exceptions show.
 */
final class Excerpt {

	private static final int LONGEST = 48;

	private Excerpt() {
	}

	static String of(ByteBuffer bytes) {
		int length = Math.min(bytes.remaining(), LONGEST);
		StringBuilder text = new StringBuilder("'");
		for (int i = 0; i < length; i++) {
			append(text, bytes.get(bytes.position() + i));
		}
		return Printable.message(text.append((length < bytes.remaining()) ? "…'" : "'").toString());
	}

	private static void append(StringBuilder text, byte value) {
		switch (value) {
			case '\n' -> text.append("\\n");
			case '\r' -> text.append("\\r");
			case '\t' -> text.append("\\t");
			default -> {
				if (value >= ' ' && value < 0x7f) {
					text.append((char) value);
				}
				else {
					text.append("\\x").append(HexFormat.of().toHexDigits(value));
				}
			}
		}
	}

}
