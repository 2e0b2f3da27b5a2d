package dev.socketpair.message;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Messages in their wire format, one after the other, to be written together.
 */
final class Batch {

	/** In bytes. */
	static final int CAPACITY = 64 * 1024;

	private final WireFormat format;

	private final ByteBuffer bytes = ByteBuffer.allocateDirect(CAPACITY);

	/** Where in the bytes each message ends. */
	private int[] ends = new int[64];

	private int count;

	Batch(WireFormat format) {
		this.format = format;
	}

	boolean isEmpty() {
		return this.count == 0;
	}

	/** Return how many bytes there are. */
	int size() {
		return this.bytes.position();
	}

	/** Return whether there is room for so many bytes, framing included. */
	boolean hasRoomFor(int size) {
		return size <= this.bytes.remaining();
	}

	/**
	 * Add a message.
	 * @param message the message, whose position stays
	 */
	void add(ByteBuffer message) {
		int length = message.remaining();
		this.format.putHeader(length, this.bytes);
		int start = this.bytes.position();
		this.bytes.put(start, message, message.position(), length);
		this.bytes.position(start + length);
		this.format.putTrailer(this.bytes);
		endMessage(this.bytes.position());
	}

	/**
	 * Add what comes before a message that is written from where it is.
	 * @param length the length of the message
	 */
	void addHeader(int length) {
		this.format.putHeader(length, this.bytes);
	}

	private void endMessage(int end) {
		if (this.count == this.ends.length) {
			this.ends = Arrays.copyOf(this.ends, 2 * this.count);
		}
		this.ends[this.count++] = end;
	}

	/**
	 * Return where the message ends to which a byte belongs.
	 * @param index where the byte is
	 * @return where the message ends
	 */
	int endOfMessageAt(int index) {
		for (int i = 0; i < this.count; i++) {
			if (this.ends[i] > index) {
				return this.ends[i];
			}
		}
		return this.bytes.limit();
	}

	/** Return the bytes, to be written. */
	ByteBuffer flip() {
		return this.bytes.flip();
	}

	/** Return the bytes as {@link #flip()} has left them, and writing has moved them. */
	ByteBuffer bytes() {
		return this.bytes;
	}

	void clear() {
		this.bytes.clear();
		this.count = 0;
	}

}
