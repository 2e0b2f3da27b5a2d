package dev.socketpair.message;

import java.net.ProtocolException;
import java.nio.ByteBuffer;

/**
 * The header fields of {@link Framing#CONTENT_LENGTH}: each a name, a colon, a value, a
 * carriage return and a line feed; an empty line ends them.
 */
final class HeaderFields {

	/** The most bytes that the fields of a message may have together. */
	static final int LARGEST_BLOCK = 8 * 1024;

	private static final String CONTENT_LENGTH = "content-length";

	private static final long UNKNOWN = -1;

	private HeaderFields() {
	}

	/**
	 * Take the fields of a message.
	 * @param ahead the bytes that were read; the position is moved behind the fields if
	 * they are complete, and stays otherwise
	 * @return the length, or {@link LengthDecoder#INCOMPLETE}
	 * @throws ProtocolException if they are malformed
	 */
	static long readContentLength(ByteBuffer ahead) throws ProtocolException {
		int start = ahead.position();
		int limit = Math.min(ahead.limit(), start + LARGEST_BLOCK);
		long length = UNKNOWN;
		int line = start;
		for (int i = start; i < limit; i++) {
			if (ahead.get(i) != LineFeed.VALUE) {
				continue;
			}
			if (i == line || ahead.get(i - 1) != '\r') {
				throw malformed("a line that does not end with a carriage return and a line feed", ahead);
			}
			if (i - 1 == line) {
				if (length == UNKNOWN) {
					throw malformed("no field 'Content-Length'", ahead);
				}
				ahead.position(i + 1);
				return length;
			}
			length = readField(ahead, line, i - 1, length);
			line = i + 1;
		}
		if (limit - start == LARGEST_BLOCK) {
			throw malformed("no end within %s bytes".formatted(LARGEST_BLOCK), ahead);
		}
		return LengthDecoder.INCOMPLETE;
	}

	/** Return the length that the field tells, or the one known before. */
	private static long readField(ByteBuffer ahead, int start, int end, long known) throws ProtocolException {
		int colon = start;
		while (colon < end && ahead.get(colon) != ':') {
			colon++;
		}
		if (colon == end || colon == start) {
			throw malformed("a line that is no field ('name: value')", ahead);
		}
		if (!isContentLength(ahead, start, colon)) {
			return known;
		}
		long length = readNumber(ahead, colon + 1, end);
		if (known != UNKNOWN && known != length) {
			throw malformed("two different fields 'Content-Length'", ahead);
		}
		return length;
	}

	private static boolean isContentLength(ByteBuffer ahead, int start, int end) {
		if (end - start != CONTENT_LENGTH.length()) {
			return false;
		}
		for (int i = 0; i < CONTENT_LENGTH.length(); i++) {
			int character = ahead.get(start + i);
			int lower = (character >= 'A' && character <= 'Z') ? character + ('a' - 'A') : character;
			if (lower != CONTENT_LENGTH.charAt(i)) {
				return false;
			}
		}
		return true;
	}

	private static long readNumber(ByteBuffer ahead, int start, int end) throws ProtocolException {
		int first = start;
		while (first < end && isBlank(ahead.get(first))) {
			first++;
		}
		int last = end;
		while (last > first && isBlank(ahead.get(last - 1))) {
			last--;
		}
		long number = 0;
		for (int i = first; i < last; i++) {
			int digit = ahead.get(i) - '0';
			if (digit < 0 || digit > 9 || number > (Long.MAX_VALUE - digit) / 10) {
				throw malformed("a length that is no number", ahead);
			}
			number = number * 10 + digit;
		}
		if (first == last) {
			throw malformed("a length that is no number", ahead);
		}
		return number;
	}

	private static boolean isBlank(byte character) {
		return character == ' ' || character == '\t';
	}

	private static ProtocolException malformed(String what, ByteBuffer ahead) {
		return new ProtocolException("The header of a message has %s: %s".formatted(what, Excerpt.of(ahead)));
	}

}
