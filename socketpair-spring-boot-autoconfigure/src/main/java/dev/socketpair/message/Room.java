package dev.socketpair.message;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Memory outside the heap, which the kernel reads and writes without a copy. There is
 * little of it, by default as much as heap: a connection that waits keeps little, unless
 * few keep more.
 */
final class Room {

	/** What a connection can work with, in bytes. */
	static final int SMALLEST = 4 * 1024;

	/** From here on memory costs more than the system calls that it saves. */
	static final int LARGEST = 64 * 1024;

	/** How many buffers may be kept that are as large as that. */
	private static volatile long mostKept = Runtime.getRuntime().maxMemory() / 8 / LARGEST;

	private static final Set<Kept> KEPT = ConcurrentHashMap.newKeySet();

	private static final ReferenceQueue<ByteBuffer> GARBAGE = new ReferenceQueue<>();

	/** What is lent for a short time, as far as it is there. */
	private static final AtomicReferenceArray<ByteBuffer> SHARED = new AtomicReferenceArray<>(16);

	private Room() {
	}

	/**
	 * Return a larger buffer to keep, with the same bytes up to the position: the largest
	 * if not too many are kept, and otherwise the same if it has room, or one of twice
	 * the size.
	 * @param buffer a buffer, all of whose bytes behind the position are free
	 * @return a buffer with room
	 */
	static ByteBuffer grow(ByteBuffer buffer) {
		for (Object garbage = GARBAGE.poll(); garbage != null; garbage = GARBAGE.poll()) {
			KEPT.remove(garbage);
		}
		if (KEPT.size() < mostKept) {
			try {
				ByteBuffer largest = copy(buffer, LARGEST);
				KEPT.add(new Kept(largest));
				return largest;
			}
			catch (OutOfMemoryError ex) {
				// There is less than was thought.
				mostKept = KEPT.size();
			}
		}
		return buffer.hasRemaining() ? buffer : copy(buffer, Math.max(SMALLEST, 2 * buffer.capacity()));
	}

	/**
	 * Return a buffer of another size with the same bytes up to the position.
	 * @param buffer a buffer, all of whose bytes behind the position are free
	 * @param capacity the size
	 */
	private static ByteBuffer copy(ByteBuffer buffer, int capacity) {
		return copy(buffer, ByteBuffer.allocateDirect(capacity));
	}

	private static ByteBuffer copy(ByteBuffer buffer, ByteBuffer to) {
		return to.put(0, buffer, 0, buffer.position()).position(buffer.position());
	}

	/**
	 * Return a borrowed buffer of the largest size with the same bytes up to the
	 * position.
	 * @param buffer a buffer, all of whose bytes behind the position are free
	 */
	static ByteBuffer borrow(ByteBuffer buffer) {
		return copy(buffer, borrow());
	}

	/**
	 * Borrow {@value #LARGEST} bytes for as long as something is under way.
	 * @return an empty buffer, to be {@linkplain #giveBack(ByteBuffer) given back}
	 */
	static ByteBuffer borrow() {
		for (int i = 0; i < SHARED.length(); i++) {
			ByteBuffer room = SHARED.getAndSet(i, null);
			if (room != null) {
				return room.clear();
			}
		}
		return ByteBuffer.allocateDirect(LARGEST);
	}

	/**
	 * Give a borrowed buffer back.
	 * @param room the buffer, which nothing uses any more
	 */
	static void giveBack(ByteBuffer room) {
		for (int i = 0; i < SHARED.length(); i++) {
			if (SHARED.compareAndSet(i, null, room)) {
				return;
			}
		}
	}

	/** One of the largest buffers. */
	private static final class Kept extends PhantomReference<ByteBuffer> {

		private Kept(ByteBuffer buffer) {
			super(buffer, GARBAGE);
		}

	}

}
