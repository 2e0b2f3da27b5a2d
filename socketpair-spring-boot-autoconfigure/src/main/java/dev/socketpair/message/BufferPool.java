package dev.socketpair.message;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Direct buffers, which the kernel reads and writes without a copy. By default the memory
 * for them is limited to the size of the heap, so an idle connection keeps a small
 * buffer, except that a limited number of connections keeps a large one to read into.
 */
final class BufferPool {

	/** A buffer that is enough to work with, in bytes. */
	static final int SMALLEST = 4 * 1024;

	/** A buffer beyond which more memory saves no noticeable number of system calls. */
	static final int LARGEST = 64 * 1024;

	/** How many of the largest buffers connections may keep, in all. */
	private static volatile long mostKept = Runtime.getRuntime().maxMemory() / 8 / LARGEST;

	private static final Set<Kept> KEPT = ConcurrentHashMap.newKeySet();

	private static final ReferenceQueue<ByteBuffer> GARBAGE = new ReferenceQueue<>();

	/** Buffers of the largest size that are not in use. */
	private static final AtomicReferenceArray<ByteBuffer> SHARED = new AtomicReferenceArray<>(16);

	private BufferPool() {
	}

	/**
	 * Return a larger buffer to keep, with the same bytes up to the position: the largest
	 * if not too many are kept, and otherwise the same if it has room, or one of twice
	 * the size.
	 * @param buffer a buffer whose limit is its capacity
	 * @return a buffer with room behind its position
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
				// There is less memory than the limit promised.
				mostKept = KEPT.size();
			}
		}
		return buffer.hasRemaining() ? buffer : copy(buffer, Math.max(SMALLEST, 2 * buffer.capacity()));
	}

	private static ByteBuffer copy(ByteBuffer buffer, int capacity) {
		return copy(buffer, ByteBuffer.allocateDirect(capacity));
	}

	private static ByteBuffer copy(ByteBuffer buffer, ByteBuffer to) {
		return to.put(0, buffer, 0, buffer.position()).position(buffer.position());
	}

	/**
	 * Acquire a buffer of {@value #LARGEST} bytes that continues another one.
	 * @param buffer the bytes to copy, up to its position
	 * @return a buffer with the same bytes up to the same position
	 */
	static ByteBuffer acquire(ByteBuffer buffer) {
		return copy(buffer, acquire());
	}

	/**
	 * Acquire a buffer of {@value #LARGEST} bytes for the duration of an operation.
	 * @return an empty buffer, to be {@linkplain #release(ByteBuffer) released}
	 */
	static ByteBuffer acquire() {
		for (int i = 0; i < SHARED.length(); i++) {
			ByteBuffer buffer = SHARED.getAndSet(i, null);
			if (buffer != null) {
				return buffer.clear();
			}
		}
		return ByteBuffer.allocateDirect(LARGEST);
	}

	/**
	 * Release a buffer.
	 * @param buffer the buffer, which nothing uses any more
	 */
	static void release(ByteBuffer buffer) {
		for (int i = 0; i < SHARED.length(); i++) {
			if (SHARED.compareAndSet(i, null, buffer)) {
				return;
			}
		}
	}

	/** One of the largest buffers that a connection keeps. */
	private static final class Kept extends PhantomReference<ByteBuffer> {

		private Kept(ByteBuffer buffer) {
			super(buffer, GARBAGE);
		}

	}

}
