package dev.socketpair.nio;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketpair.Errno;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.LinuxAbi.Pollfd;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a descriptor: reading or writing. It has a lock, for which two readers
 * or two writers queue, and knows the thread that is blocked in the kernel. Every
 * operation takes the same steps here: enter, try, wait, leave.
 */
final class Half {

	/** A deadline that never comes. */
	static final long NEVER = 0;

	/** What an operation returns instead of 0 when it knows that it is at the end. */
	static final long END = Long.MIN_VALUE;

	/**
	 * How often a virtual thread gives way before it parks: whoever is to answer may run
	 * on the same carrier, and then neither of them has to be watched.
	 */
	private static final int YIELDS = 2;

	private static final int LOOKS_BEFORE_GIVING_WAY = 8;

	/** After how long a writer that waits for room tries again, in nanoseconds. */
	private static final long TRY_AGAIN = TimeUnit.SECONDS.toNanos(1);

	private static final int EINTR = -Errno.EINTR.number();

	private static final int EAGAIN = -Errno.EAGAIN.number();

	private final ReentrantLock lock = new ReentrantLock();

	private final Descriptor descriptor;

	private final short events;

	/**
	 * The thread that is, or may soon be, blocked in the kernel; 0 for none. Written by
	 * the holder of the lock, read by the thread that closes.
	 */
	private volatile long blockedThread;

	/** The virtual thread that is parked; guarded by the descriptor's lock. */
	private volatile @Nullable Thread parkedThread;

	/** Whether nothing can come any more, which the kernel does not tell of datagrams. */
	private volatile boolean shutDown;

	/** Nanoseconds to look again before sleeping. */
	private volatile long busyPoll;

	Half(Descriptor descriptor, short events) {
		this.descriptor = descriptor;
		this.events = events;
	}

	void lock() {
		this.lock.lock();
	}

	boolean isLocked() {
		return this.lock.isLocked();
	}

	boolean tryLock() {
		return this.lock.tryLock();
	}

	void unlock() {
		this.lock.unlock();
	}

	long blockedThread() {
		return this.blockedThread;
	}

	@Nullable Thread parkedThread() {
		return this.parkedThread;
	}

	void parkedThread(@Nullable Thread thread) {
		this.parkedThread = thread;
	}

	void shutDown(boolean shutDown) {
		this.shutDown = shutDown;
	}

	void busyPoll(long nanoseconds) {
		this.busyPoll = nanoseconds;
	}

	/**
	 * Return the time at which an operation that starts now has to give up.
	 * @param timeout a time-out in nanoseconds, or 0 for none
	 * @return a value of {@link System#nanoTime()}, or {@link #NEVER}
	 */
	static long deadline(long timeout) {
		if (timeout == 0) {
			return NEVER;
		}
		long deadline = System.nanoTime() + timeout;
		return (deadline != NEVER) ? deadline : 1;
	}

	/**
	 * Perform an operation. The caller holds the lock.
	 * @param operation the system call
	 * @param buffer what it works on
	 * @param blocking whether to wait
	 * @param deadline when to stop waiting
	 * @param <B> the type of what it works on
	 * @return the number of bytes, or the negated errno: {@code EAGAIN} only in
	 * non-blocking mode, {@code EINTR} never
	 * @throws SocketTimeoutException if the deadline came first
	 * @throws IOException if the descriptor is or becomes closed
	 */
	<B> long perform(Operation<B> operation, B buffer, boolean blocking, long deadline) throws IOException {
		return blocking ? performBlocking(operation, buffer, deadline) : performNow(operation, buffer);
	}

	private <B> long performNow(Operation<B> operation, B buffer) throws IOException {
		long moved;
		int number = this.descriptor.enter();
		try {
			do {
				moved = operation.attempt(this.descriptor.libc(), number, buffer, LinuxAbi.MSG_DONTWAIT);
			}
			while (moved == EINTR);
		}
		finally {
			this.descriptor.leave();
		}
		if (moved <= 0 && this.descriptor.isClosing()) {
			throw new AsynchronousCloseException();
		}
		return (moved == EAGAIN && this.shutDown) ? 0 : moved;
	}

	private <B> long performBlocking(Operation<B> operation, B buffer, long deadline) throws IOException {
		boolean completed = false;
		this.descriptor.beginBlocking();
		try {
			int number = this.descriptor.enter();
			try {
				long moved;
				if (VirtualThreads.isVirtual(Thread.currentThread())) {
					moved = tryAndPark(operation, number, buffer, deadline);
				}
				else {
					this.blockedThread = Frame.currentThread(this.descriptor.libc());
					moved = tryAndWait(operation, number, buffer, deadline);
				}
				completed = moved > 0;
				return moved;
			}
			finally {
				this.blockedThread = 0;
				this.descriptor.leaveBlocking();
			}
		}
		finally {
			this.descriptor.endBlocking(completed);
		}
	}

	/** A platform thread waits in the kernel. */
	private <B> long tryAndWait(Operation<B> operation, int number, B buffer, long deadline) throws IOException {
		Libc libc = this.descriptor.libc();
		if (this.busyPoll != 0) {
			long moved = lookAgain(operation, number, buffer, deadline);
			if (moved != EAGAIN) {
				return moved;
			}
		}
		boolean blockInCall = deadline == NEVER && this.descriptor.wakesBySignal();
		int flags = blockInCall ? 0 : LinuxAbi.MSG_DONTWAIT;
		while (true) {
			long moved = operation.attempt(libc, number, buffer, flags);
			if ((moved != EAGAIN && moved != EINTR) || !this.descriptor.isOpen()) {
				return moved;
			}
			if (moved == EAGAIN && this.shutDown) {
				return 0;
			}
			if (moved == EAGAIN) {
				// In blocking mode too, where another holder has set O_NONBLOCK.
				await(libc, number, deadline);
			}
		}
	}

	private <B> long lookAgain(Operation<B> operation, int number, B buffer, long deadline) {
		Libc libc = this.descriptor.libc();
		long end = System.nanoTime() + this.busyPoll;
		if (deadline != NEVER && deadline - end < 0) {
			end = deadline;
		}
		long moved;
		int looks = 0;
		do {
			moved = operation.attempt(libc, number, buffer, LinuxAbi.MSG_DONTWAIT);
			if (++looks % LOOKS_BEFORE_GIVING_WAY == 0) {
				// Whoever is to write may wait for this very processor.
				Thread.yield();
			}
			else {
				Thread.onSpinWait();
			}
		}
		while ((moved == EAGAIN || moved == EINTR) && this.descriptor.isOpen() && System.nanoTime() - end < 0);
		return (moved == EINTR) ? EAGAIN : moved;
	}

	/** A virtual thread is never in the kernel for longer than a call takes. */
	private <B> long tryAndPark(Operation<B> operation, int number, B buffer, long deadline) throws IOException {
		Libc libc = this.descriptor.libc();
		int yields = 0;
		while (true) {
			long moved = operation.attempt(libc, number, buffer, LinuxAbi.MSG_DONTWAIT);
			if ((moved != EAGAIN && moved != EINTR) || !this.descriptor.isOpen()) {
				return moved;
			}
			if (moved == EAGAIN && this.shutDown) {
				return 0;
			}
			if (moved == EAGAIN) {
				if (yields++ < YIELDS) {
					Thread.yield();
				}
				else {
					park(deadline);
				}
			}
		}
	}

	private void park(long deadline) throws IOException {
		Thread thread = Thread.currentThread();
		this.descriptor.watch(this, thread);
		long end = endOfWaiting(deadline);
		while (this.parkedThread == thread) {
			if (end == NEVER) {
				LockSupport.park(this.descriptor);
				continue;
			}
			long left = end - System.nanoTime();
			if (left > 0) {
				LockSupport.parkNanos(this.descriptor, left);
			}
			else if (this.descriptor.unwatch(this)) {
				throwIfTimedOut(deadline);
				return;
			}
		}
	}

	/** Wait in {@code poll(2)} until there is something to do, or for nothing. */
	private void await(Libc libc, int number, long deadline) throws IOException {
		throwIfTimedOut(deadline);
		int wakeDescriptor = this.descriptor.wakesBySignal() ? -1 : this.descriptor.wakeDescriptor();
		Frame frame = Frame.acquire(libc);
		try {
			ByteBuffer fds = frame.structures();
			pollfd(fds, 0, number, this.events);
			pollfd(fds, Pollfd.SIZE, wakeDescriptor, LinuxAbi.POLLIN);
			libc.poll(frame.structuresAddress(), 2, milliseconds(endOfWaiting(deadline)));
		}
		finally {
			frame.release();
		}
	}

	/**
	 * Return until when to wait before trying again. As long as its queue is full a
	 * writer is not told that a direction was shut down, by whatever process.
	 * @param deadline when to give up
	 */
	private long endOfWaiting(long deadline) {
		if (this.events != LinuxAbi.POLLOUT) {
			return deadline;
		}
		long again = deadline(TRY_AGAIN);
		return (deadline == NEVER || again - deadline < 0) ? again : deadline;
	}

	private void throwIfTimedOut(long deadline) throws SocketTimeoutException {
		if (deadline != NEVER && deadline - System.nanoTime() <= 0) {
			throw new SocketTimeoutException((this.events == LinuxAbi.POLLIN)
					? "Timed out while waiting for something to read" : "Timed out while waiting for room to write");
		}
	}

	/**
	 * Ask {@code poll(2)} for what it tells unasked: {@code POLLHUP} and {@code POLLERR}.
	 * @return the events, or the negated errno
	 */
	static int poll(Libc libc, int number) {
		Frame frame = Frame.acquire(libc);
		try {
			ByteBuffer fds = frame.structures();
			pollfd(fds, 0, number, (short) 0);
			int ready = libc.poll(frame.structuresAddress(), 1, 0);
			return (ready < 0) ? ready : fds.getShort(Pollfd.REVENTS);
		}
		finally {
			frame.release();
		}
	}

	/** Ask {@code poll(2)} for the events of a descriptor. */
	static void pollfd(ByteBuffer fds, int offset, int number, short events) {
		fds.putInt(offset + Pollfd.FD, number);
		fds.putShort(offset + Pollfd.EVENTS, events);
		fds.putShort(offset + Pollfd.REVENTS, (short) 0);
	}

	private static int milliseconds(long deadline) {
		if (deadline == NEVER) {
			return -1;
		}
		long nanoseconds = Math.max(0, deadline - System.nanoTime());
		long roundedUp = TimeUnit.NANOSECONDS.toMillis(nanoseconds + TimeUnit.MILLISECONDS.toNanos(1) - 1);
		return (int) Math.min(roundedUp, Integer.MAX_VALUE);
	}

	/**
	 * A system call that moves bytes.
	 *
	 * @param <B> what it works on
	 */
	@FunctionalInterface
	interface Operation<B> {

		/**
		 * Call it once.
		 * @param libc the C library
		 * @param number the descriptor
		 * @param buffer what it works on; its position moves on by what was moved
		 * @param flags a combination of {@code MSG_*}
		 * @return the number of bytes, or the negated errno
		 */
		long attempt(Libc libc, int number, B buffer, int flags);

	}

}
