package dev.socketpair.message;

import java.nio.ByteBuffer;

/**
 * Looks for line feeds, eight bytes at a time.
 */
final class LineFeed {

	static final byte VALUE = '\n';

	private static final long LOW_BITS = 0x0101010101010101L;

	private static final long HIGH_BITS = 0x8080808080808080L;

	private static final long LINE_FEEDS = VALUE * LOW_BITS;

	private LineFeed() {
	}

	/**
	 * Return where the first line feed is.
	 * @param bytes where to look, from position to limit
	 * @return an index, or -1
	 */
	static int indexIn(ByteBuffer bytes) {
		int index = bytes.position();
		int limit = bytes.limit();
		while (index <= limit - Long.BYTES && !isIn(bytes.getLong(index))) {
			index += Long.BYTES;
		}
		while (index < limit) {
			if (bytes.get(index) == VALUE) {
				return index;
			}
			index++;
		}
		return -1;
	}

	/** Whether one of eight bytes is a line feed: of their differences one is zero. */
	private static boolean isIn(long eight) {
		long difference = eight ^ LINE_FEEDS;
		return ((difference - LOW_BITS) & ~difference & HIGH_BITS) != 0;
	}

}
