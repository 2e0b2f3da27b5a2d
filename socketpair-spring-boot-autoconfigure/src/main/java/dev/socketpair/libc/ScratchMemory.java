package dev.socketpair.libc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

/**
 * Scratch memory for one system call: a small area for its structures, and room for the
 * bytes of a heap buffer. A platform thread keeps one; a virtual thread borrows one while
 * its call is in the kernel, and has none while it is parked.
 * <p>
 * Every {@link #acquire(Libc)} is paired with a {@link #release()} on the same thread,
 * and nothing in between acquires another.
 */
public final class ScratchMemory {

	/** How many bytes of a stream are copied at a time. */
	public static final int CHUNK = 64 * 1024;

	/** A larger message gets memory of its own, which is not kept. */
	public static final int LARGEST_KEPT = 256 * 1024;

	private static final int STRUCTURES = 2048;

	private static final int POOL_SIZE = 32;

	private static final ThreadLocal<@Nullable ScratchMemory> OWN = new ThreadLocal<>();

	private static final AtomicReferenceArray<@Nullable ScratchMemory> POOL = new AtomicReferenceArray<>(POOL_SIZE);

	/** The thread that made it, as the C library names it, once that was asked for. */
	private long thread;

	private final ByteBuffer structures;

	private final long structuresAddress;

	private @Nullable ByteBuffer bytes;

	private long bytesAddress;

	/** Whether the thread had to wait when it last moved a large array. */
	private boolean sendWaits;

	private boolean receiveWaits;

	/** How many large arrays the thread has moved. */
	private int arrays;

	private ScratchMemory(Libc libc) {
		this.structures = ByteBuffer.allocateDirect(STRUCTURES).order(ByteOrder.nativeOrder());
		this.structuresAddress = libc.addressOf(this.structures);
	}

	/**
	 * Take memory for a call.
	 * @param libc the C library
	 * @return the memory
	 */
	public static ScratchMemory acquire(Libc libc) {
		Thread thread = Thread.currentThread();
		if (VirtualThreads.isVirtual(thread)) {
			ScratchMemory pooled = POOL.getAndSet(slot(thread), null);
			return (pooled != null) ? pooled : new ScratchMemory(libc);
		}
		ScratchMemory own = OWN.get();
		if (own == null) {
			own = new ScratchMemory(libc);
			OWN.set(own);
		}
		return own;
	}

	/**
	 * Return the current thread, or the carrier of a virtual one, as the C library names
	 * it.
	 * @param libc the C library
	 * @return the thread
	 */
	public static long currentThread(Libc libc) {
		if (VirtualThreads.isVirtual(Thread.currentThread())) {
			return libc.pthreadSelf();
		}
		ScratchMemory own = acquire(libc);
		if (own.thread == 0) {
			own.thread = libc.pthreadSelf();
		}
		return own.thread;
	}

	/**
	 * Give the memory back.
	 */
	public void release() {
		if (this.bytes != null && this.bytes.capacity() > LARGEST_KEPT) {
			this.bytes = null;
		}
		Thread thread = Thread.currentThread();
		if (VirtualThreads.isVirtual(thread)) {
			POOL.setRelease(slot(thread), this);
		}
	}

	@SuppressWarnings("deprecation")
	private static int slot(Thread thread) {
		return (int) thread.getId() & (POOL_SIZE - 1);
	}

	/**
	 * Return the memory for structures, in the byte order of the processor.
	 * @return the memory
	 */
	public ByteBuffer structures() {
		return this.structures;
	}

	/**
	 * Return the address of {@link #structures()}.
	 * @return the address
	 */
	public long structuresAddress() {
		return this.structuresAddress;
	}

	/**
	 * Return memory for the bytes of a heap buffer.
	 * @param libc the C library
	 * @param length the number of bytes needed
	 * @return the memory
	 */
	public ByteBuffer bytes(Libc libc, int length) {
		ByteBuffer bytes = this.bytes;
		if (bytes == null || bytes.capacity() < length) {
			bytes = ByteBuffer.allocateDirect(capacityFor(length)).order(ByteOrder.nativeOrder());
			this.bytesAddress = libc.addressOf(bytes);
			this.bytes = bytes;
		}
		return bytes;
	}

	/**
	 * Return the memory that {@link #bytes(Libc, int)} returned last.
	 * @return the memory
	 */
	public ByteBuffer lastBytes() {
		return Objects.requireNonNull(this.bytes);
	}

	/**
	 * Return the address of {@link #lastBytes()}.
	 * @return the address
	 */
	public long bytesAddress() {
		return this.bytesAddress;
	}

	/**
	 * Count a large array that the thread moves.
	 * @return how many there were
	 */
	public int countArray() {
		return ++this.arrays;
	}

	/**
	 * Return whether the thread had to wait when it last sent a large array.
	 * @return whether it had to
	 */
	public boolean sendWaits() {
		return this.sendWaits;
	}

	/**
	 * Remember whether the thread had to wait to send.
	 * @param waits whether it had to
	 */
	public void sendWaits(boolean waits) {
		this.sendWaits = waits;
	}

	/**
	 * Return whether the thread had to wait when it last received a large array.
	 * @return whether it had to
	 */
	public boolean receiveWaits() {
		return this.receiveWaits;
	}

	/**
	 * Remember whether the thread had to wait to receive.
	 * @param waits whether it had to
	 */
	public void receiveWaits(boolean waits) {
		this.receiveWaits = waits;
	}

	private static int capacityFor(int length) {
		if (length > LARGEST_KEPT) {
			return length;
		}
		int capacity = 4 * 1024;
		while (capacity < length) {
			capacity *= 4;
		}
		return capacity;
	}

}
