package dev.socketpair.message;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.socketpair.PairedSocket;
import org.jspecify.annotations.Nullable;

/**
 * Messages in their wire format, one after the other, to be written together. Small
 * messages are copied. A large one is always the last, and is written from where it is.
 * <p>
 * A batch is filled, {@linkplain #flip() flipped}, written, and cleared, by one thread at
 * a time. A method that runs out of memory leaves the batch as it was.
 */
final class Batch {

	/** The largest message that is copied, in bytes, framing included. */
	static final int LARGEST_COPIED = 8 * 1024;

	/** The bytes of all messages that are copied. */
	private static final int CAPACITY = BufferPool.LARGEST;

	private static final int FIRST_ENDS = 64;

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	private final WireFormat format;

	/** Kept for small batches; allocated when it is first needed. */
	private ByteBuffer small = NOTHING;

	/** The small buffer, or one of the pool until all is written, or nothing yet. */
	private ByteBuffer bytes = NOTHING;

	/** Whether the small buffer was too small last time, as it may be next time. */
	private boolean large;

	/** Where in the bytes each message ends. */
	private int[] ends = new int[FIRST_ENDS];

	/** Whether each message was handed over: its sender does not wait for it. */
	private boolean[] handedOver = new boolean[FIRST_ENDS];

	private int count;

	/** Whether the sender of a message waits. */
	private boolean anyAwaited;

	/** The large message that follows the bytes, which end with its header. */
	private @Nullable ByteBuffer last;

	private int lastStart;

	private ByteBuffer trailer = NOTHING;

	Batch(WireFormat format) {
		this.format = format;
	}

	boolean isEmpty() {
		return this.count == 0 && this.last == null;
	}

	/** Return how many bytes have been copied. */
	int size() {
		return this.bytes.position();
	}

	/** Return how many messages have been copied. */
	int count() {
		return this.count;
	}

	/** Return whether there are messages, and all of them were handed over. */
	boolean isHandedOver() {
		return this.count > 0 && !this.anyAwaited;
	}

	/**
	 * Hand over a message whose sender has stopped waiting.
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

	/** Return whether a message can be {@linkplain #append(ByteBuffer) appended}. */
	boolean hasRoomFor(ByteBuffer message) {
		long size = this.format.sizeOf(message);
		return this.last == null && hasRoomFor((size <= LARGEST_COPIED) ? (int) size : WireFormat.LARGEST_HEADER);
	}

	/**
	 * Append a message of the thread that writes the batch.
	 * @param message the message, for which there is room; its position stays
	 */
	void append(ByteBuffer message) {
		if (this.format.sizeOf(message) <= LARGEST_COPIED) {
			add(message, false);
		}
		else {
			addLast(message);
		}
	}

	/**
	 * Copy a message.
	 * @param message the message, for which there is room; its position stays
	 * @param handedOver whether its sender does not wait, so that the message is kept if
	 * it cannot be written
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
		// Before the header: this throws if another thread has changed the buffer.
		bytes.put(start, message, message.position(), length);
		this.format.putHeader(length, bytes);
		bytes.position(start + length);
		this.format.putTrailer(bytes);
		this.handedOver[this.count] = handedOver;
		this.anyAwaited |= !handedOver;
		this.ends[this.count++] = bytes.position();
	}

	private void addLast(ByteBuffer message) {
		int length = message.remaining();
		ByteBuffer bytes = bytes(this.format.headerSize(length));
		ByteBuffer trailer = ByteBuffer.allocate(this.format.trailerSize());
		ByteBuffer last = message.duplicate();
		this.format.putHeader(length, bytes);
		this.format.putTrailer(trailer);
		this.trailer = trailer.flip();
		this.lastStart = last.position();
		this.last = last;
	}

	/** Return the bytes, with room for so many more. */
	private ByteBuffer bytes(int size) {
		if (size <= this.bytes.remaining()) {
			return this.bytes;
		}
		if (this.bytes != NOTHING || this.large || size > BufferPool.SMALLEST) {
			this.bytes = BufferPool.acquire(this.bytes);
			return this.bytes;
		}
		if (this.small == NOTHING) {
			this.small = ByteBuffer.allocateDirect(BufferPool.SMALLEST);
		}
		this.bytes = this.small.clear();
		return this.bytes;
	}

	/** Turn from filling to writing. */
	void flip() {
		this.bytes.flip();
	}

	/**
	 * Write all messages, in one call.
	 * @param socket the socket
	 * @param before bytes to write before them, or {@code null}
	 * @return whether all was written, which it may not be in non-blocking mode
	 * @throws IOException as {@link PairedSocket#write(ByteBuffer)}; {@link #written()}
	 * and {@link #rest(ByteBuffer)} tell how far it got
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

	/** Return how many bytes are behind the first message whose sender waits. */
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
	 * Return how many bytes that were not written belong to senders that wait, so that
	 * the failure is still to be reported to them.
	 * @param from the first byte that was not written
	 * @param to where the bytes end that the writing thread has not added itself
	 */
	int unreported(int from, int to) {
		int unreported = 0;
		int start = 0;
		for (int i = 0; i < this.count && start < to; i++) {
			int end = this.ends[i];
			if (end > from && !this.handedOver[i]) {
				unreported += end - Math.max(start, from);
			}
			start = end;
		}
		return unreported;
	}

	/**
	 * Return what still has to be written after a failure: the rest of a message of which
	 * a part was written, and the messages that were handed over.
	 * @param before the bytes to write before them, of which a rest may be left
	 * @return a copy, from position to limit, or {@code null} if there is nothing
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
		this.large = this.bytes.limit() > BufferPool.SMALLEST;
		if (this.bytes != this.small && this.bytes != NOTHING) {
			BufferPool.release(this.bytes);
		}
		this.bytes = NOTHING;
		this.count = 0;
		this.anyAwaited = false;
		this.last = null;
		this.trailer = NOTHING;
	}

}
