package dev.socketpair.process.output;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bytes of one line. Of a line that is too long it keeps the beginning, which
 * identifies it, and more of the end, where an error message has its cause. Used by one
 * thread at a time.
 */
final class LineBuffer {

	/** The most bytes of a line that are kept. */
	static final int MAX_LENGTH = 8192;

	/** Those of them that are the beginning. */
	static final int BEGINNING = 1024;

	private static final int END = MAX_LENGTH - BEGINNING;

	/** Twice the end, so that bytes are moved only once for each length of the end. */
	private static final int CAPACITY = BEGINNING + 2 * END;

	private static final int INITIAL_CAPACITY = 256;

	private byte[] bytes = new byte[INITIAL_CAPACITY];

	private int length;

	private long dropped;

	/** Where the beginning ends, once there is more than can be kept. */
	private int beginning;

	boolean isEmpty() {
		return this.length == 0;
	}

	void append(byte[] source, int start, int end) {
		int position = start;
		while (position < end) {
			if (this.length == CAPACITY) {
				drop();
			}
			int count = Math.min(end - position, CAPACITY - this.length);
			if (this.length + count > this.bytes.length) {
				this.bytes = Arrays.copyOf(this.bytes,
						Math.min(CAPACITY, Math.max(2 * this.bytes.length, this.length + count)));
			}
			System.arraycopy(source, position, this.bytes, this.length, count);
			this.length += count;
			position += count;
		}
	}

	/** Drop the middle, and keep the end. */
	private void drop() {
		if (this.dropped == 0) {
			this.beginning = characterAtOrBefore(BEGINNING);
		}
		int from = this.length - END;
		this.dropped += from - this.beginning;
		System.arraycopy(this.bytes, from, this.bytes, this.beginning, END);
		this.length = this.beginning + END;
	}

	/**
	 * Return the line and forget it.
	 * @return the text, with replacements for bytes that are not UTF-8
	 */
	String take() {
		if (this.length > MAX_LENGTH) {
			drop();
		}
		String text = (this.dropped > 0) ? cut() : decode(0, this.length);
		this.length = 0;
		this.dropped = 0;
		return text;
	}

	private String cut() {
		int end = characterAtOrAfter(this.beginning);
		long missing = this.dropped + end - this.beginning;
		return decode(0, this.beginning) + "[%s bytes cut]".formatted(missing) + decode(end, this.length);
	}

	private String decode(int start, int end) {
		return new String(this.bytes, start, end - start, StandardCharsets.UTF_8);
	}

	/** A character has at most four bytes. Other bytes are not UTF-8. */
	private int characterAtOrBefore(int index) {
		for (int i = index; i > index - 4; i--) {
			if (!continues(i)) {
				return i;
			}
		}
		return index;
	}

	private int characterAtOrAfter(int index) {
		for (int i = index; i < Math.min(index + 4, this.length); i++) {
			if (!continues(i)) {
				return i;
			}
		}
		return index;
	}

	/** Whether a byte is inside a character (10xxxxxx). */
	private boolean continues(int index) {
		return (this.bytes[index] & 0xC0) == 0x80;
	}

}
