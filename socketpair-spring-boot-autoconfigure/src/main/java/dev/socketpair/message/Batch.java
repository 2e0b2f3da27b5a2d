package dev.socketpair.message;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.socketpair.PairedSocket;
import org.jspecify.annotations.Nullable;

/**
 * Messages in their wire format, one after the other, to be written together. They are
 * copied, except that the last one may be written from where it is.
 */
final class Batch {

	/** Of the messages that are copied, in bytes. */
	static final int CAPACITY = Room.LARGEST;

	private static final int FIRST_ENDS = 64;

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	private final WireFormat format;

	/** Kept for what is small; made when it is needed. */
	private ByteBuffer small = NOTHING;

	/** The small memory, or what is borrowed until all is written, or nothing yet. */
	private ByteBuffer bytes = NOTHING;

	/** Whether the last batch was too large for the small memory, as the next may be. */
	private boolean large;

	/** Where in the bytes each message ends. */
	private int[] ends = new int[FIRST_ENDS];

	/** Whether each message is one that nobody waits for. */
	private boolean[] handedOver = new boolean[FIRST_ENDS];

	private int count;

	private boolean anyAwaited;

	/** What follows the bytes: a message whose header they end with. */
	private @Nullable ByteBuffer last;

	private int lastStart;

	private ByteBuffer trailer = NOTHING;

	Batch(WireFormat format) {
		this.format = format;
	}

	boolean isEmpty() {
		return this.count == 0;
	}

	/** Return how many bytes have been copied. */
	int size() {
		return this.bytes.position();
	}

	/** Return how many messages have been copied. */
	int count() {
		return this.count;
	}

	/** Return whether there are messages, and nobody waits for any of them. */
	boolean isHandedOver() {
		return this.count > 0 && !this.anyAwaited;
	}

	/**
	 * From now on a message is one that nobody waits for.
	 * @param sizeBehind how many bytes are behind it
	 */
	void handOver(int sizeBehind) {
		int end = this.bytes.position() - sizeBehind;
		this.anyAwaited = false;
		for (int i = 0; i < this.count; i++) {
			this.handedOver[i] |= this.ends[i] == end;
			this.anyAwaited |= !this.handedOver[i];
		}
	}

	/** Return whether there is room for a copy of so many bytes, framing included. */
	boolean hasRoomFor(int size) {
		return size <= CAPACITY - this.bytes.position();
	}

	/**
	 * Copy a message, for which there is room.
	 * @param message the message, whose position stays
	 * @param handedOver whether nobody waits for it, so that it is kept if it cannot be
	 * written
	 */
	void add(ByteBuffer message, boolean handedOver) {
		int length = message.remaining();
		// Before anything else, so that nothing is added if there is no memory.
		ByteBuffer bytes = bytes(this.format.headerSize(length) + length + this.format.trailerSize());
		if (this.count == this.ends.length) {
			boolean[] longer = Arrays.copyOf(this.handedOver, 2 * this.count);
			this.ends = Arrays.copyOf(this.ends, 2 * this.count);
			this.handedOver = longer;
		}
		int start = bytes.position() + this.format.headerSize(length);
		// Before the header, so that nothing is added if the buffer is not what it was.
		bytes.put(start, message, message.position(), length);
		this.format.putHeader(length, bytes);
		bytes.position(start + length);
		this.format.putTrailer(bytes);
		this.handedOver[this.count] = handedOver;
		this.anyAwaited |= !handedOver;
		this.ends[this.count++] = bytes.position();
	}

	/**
	 * Add the last message, which is not copied.
	 * @param message the message, whose position stays; there is room for its header
	 */
	void addLast(ByteBuffer message) {
		int length = message.remaining();
		this.format.putHeader(length, bytes(this.format.headerSize(length)));
		this.last = message.duplicate();
		this.lastStart = message.position();
		this.trailer = ByteBuffer.allocate(this.format.trailerSize());
		this.format.putTrailer(this.trailer);
		this.trailer.flip();
	}

	/** With room for so many more. */
	private ByteBuffer bytes(int size) {
		if (size <= this.bytes.remaining()) {
			return this.bytes;
		}
		if (this.bytes != NOTHING || this.large || size > Room.SMALLEST) {
			this.bytes = Room.borrow(this.bytes);
			return this.bytes;
		}
		if (this.small == NOTHING) {
			this.small = ByteBuffer.allocateDirect(Room.SMALLEST);
		}
		this.bytes = this.small.clear();
		return this.bytes;
	}

	/** Turn from adding to writing. */
	void flip() {
		this.bytes.flip();
	}

	/**
	 * Write it all, in one call.
	 * @param socket the socket
	 * @param before what has to be written before, or {@code null}
	 * @return whether all was written, which it may not be in non-blocking mode
	 * @throws IOException as {@link PairedSocket#write(ByteBuffer)}; the other methods
	 * tell how far it got
	 */
	boolean write(PairedSocket socket, @Nullable ByteBuffer before) throws IOException {
		ByteBuffer last = this.last;
		if (last == null && before == null) {
			socket.write(this.bytes);
			return !this.bytes.hasRemaining();
		}
		ByteBuffer[] all = { (before != null) ? before : NOTHING, this.bytes, (last != null) ? last : NOTHING,
				this.trailer };
		socket.write(all);
		return !this.bytes.hasRemaining() && !all[2].hasRemaining() && !this.trailer.hasRemaining();
	}

	/** Return how many bytes were written. */
	long written() {
		ByteBuffer last = this.last;
		return (long) this.bytes.position()
				+ ((last != null) ? last.position() - this.lastStart + this.trailer.position() : 0);
	}

	/** Return how many bytes are behind the first message that somebody waits for. */
	int sizeBehindFirstAwaited() {
		for (int i = 0; i < this.count; i++) {
			if (!this.handedOver[i]) {
				return this.bytes.position() - this.ends[i];
			}
		}
		return 0;
	}

	/**
	 * Move the last messages to another batch.
	 * @param size how many bytes
	 * @param other the other batch, which is empty
	 */
	void moveLast(int size, Batch other) {
		int start = this.bytes.position() - size;
		int kept = 0;
		while (kept < this.count && this.ends[kept] <= start) {
			kept++;
		}
		int moved = this.count - kept;
		// Before anything else, so that nothing is moved if there is no memory.
		ByteBuffer bytes = other.bytes(size);
		if (moved > other.ends.length) {
			boolean[] longer = new boolean[moved];
			other.ends = new int[moved];
			other.handedOver = longer;
		}
		bytes.put(0, this.bytes, start, size).position(size);
		for (int i = 0; i < moved; i++) {
			other.ends[i] = this.ends[kept + i] - start;
			other.handedOver[i] = this.handedOver[kept + i];
			other.anyAwaited |= !other.handedOver[i];
		}
		other.count = moved;
		this.bytes.position(start);
		this.count = kept;
	}

	/**
	 * Return how many bytes those wait for who do not know yet that they were not
	 * written.
	 * @param from the first byte that was not written
	 * @param to where the bytes end that others than the writing thread have added
	 */
	int untold(int from, int to) {
		int untold = 0;
		int start = 0;
		for (int i = 0; i < this.count && start < to; i++) {
			int end = this.ends[i];
			if (end > from && !this.handedOver[i]) {
				untold += end - Math.max(start, from);
			}
			start = end;
		}
		return untold;
	}

	/**
	 * Return what still has to be written after a failure: the rest of a message of which
	 * a part was, and the messages that nobody waits for.
	 * @param before what had to be written before, of which there may be a rest too
	 * @return from position to limit, or {@code null} if there is nothing
	 */
	@Nullable ByteBuffer rest(@Nullable ByteBuffer before) {
		List<ByteBuffer> parts = new ArrayList<>();
		if (before != null) {
			parts.add(before);
		}
		int position = this.bytes.position();
		int start = 0;
		for (int i = 0; i < this.count; i++) {
			int end = this.ends[i];
			if (end > position && (position > start || this.handedOver[i])) {
				parts.add(this.bytes.duplicate().limit(end).position(Math.max(start, position)));
			}
			start = end;
		}
		ByteBuffer last = this.last;
		if (last != null && (position > start || last.position() > this.lastStart)) {
			parts.add(this.bytes.duplicate().position(Math.max(start, position)));
			parts.add(last);
			parts.add(this.trailer);
		}
		return join(parts);
	}

	private static @Nullable ByteBuffer join(List<ByteBuffer> parts) {
		int size = 0;
		for (ByteBuffer part : parts) {
			size = Math.addExact(size, part.remaining());
		}
		if (size == 0) {
			return null;
		}
		ByteBuffer all = ByteBuffer.allocate(size);
		for (ByteBuffer part : parts) {
			all.put(part.duplicate());
		}
		return all.flip();
	}

	void clear() {
		this.large = this.bytes.limit() > Room.SMALLEST;
		if (this.bytes != this.small && this.bytes != NOTHING) {
			Room.giveBack(this.bytes);
		}
		this.bytes = NOTHING;
		this.count = 0;
		this.anyAwaited = false;
		this.last = null;
		this.trailer = NOTHING;
	}

}
