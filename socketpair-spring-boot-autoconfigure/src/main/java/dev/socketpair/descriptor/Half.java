package dev.socketpair.descriptor;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import dev.socketpair.Errno;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.Pollfds;
import dev.socketpair.libc.ScratchMemory;
import dev.socketpair.libc.VirtualThreads;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a descriptor: reading or writing. It has a lock, for which two readers
 * or two writers queue, and knows the thread that is blocked in the kernel. Every
 * operation takes the same steps here: enter, try, wait, leave.
 */
public final class Half implements Wait.Waiter {

	/** What an operation returns instead of 0 when it knows that it is at the end. */
	public static final long END = Long.MIN_VALUE;

	/**
	 * How often a virtual thread yields before it parks: the peer's thread may run on the
	 * same carrier, and then neither of them has to be watched.
	 */
	private static final int YIELDS = 2;

	private static final int POLLS_BEFORE_YIELDING = 8;

	/** After how long a writer that waits for room tries again, in nanoseconds. */
	private static final long TRY_AGAIN = TimeUnit.SECONDS.toNanos(1);

	/** How often a wait is checked where no signal can end it, in nanoseconds. */
	private static final long CHECK_AGAIN = TimeUnit.MILLISECONDS.toNanos(50);

	/** After how long a thread that has not left the kernel is signalled again. */
	private static final long SIGNAL_AGAIN = TimeUnit.MICROSECONDS.toNanos(200);

	private static final int EINTR = -Errno.EINTR.number();

	private static final int EAGAIN = -Errno.EAGAIN.number();

	private final DirectionLock lock = new DirectionLock();

	private final Host host;

	private final short events;

	/**
	 * The thread that is, or may soon be, blocked in the kernel; 0 for none. Written by
	 * the holder of the lock, read by the thread that wakes it.
	 */
	private volatile long blockedThread;

	/** The virtual thread that is parked; guarded by the descriptor's lock. */
	private volatile @Nullable Thread parkedThread;

	/** Whether nothing can come any more, which the kernel does not tell of datagrams. */
	private volatile boolean shutDown;

	/** How long to poll before sleeping, in nanoseconds. */
	private volatile long busyPoll;

	/** How the current call waits, if it has a wait of its own; guarded by the lock. */
	private @Nullable Wait wait;

	/** Ends interruptible waits; guarded by the lock. */
	private @Nullable Interruption interruption;

	Half(Host host, short events) {
		this.host = host;
		this.events = events;
	}

	/** Wait for the lock. */
	public void lock() {
		this.lock.lock();
	}

	/**
	 * Wait for the lock.
	 * @param wait until when, and how the wait can be ended; {@code null} for no limit
	 * @throws SocketTimeoutException if the deadline came first
	 * @throws IOException if the wait was ended
	 */
	public void lock(@Nullable Wait wait) throws IOException {
		if (wait == null) {
			this.lock.lock();
		}
		else {
			this.lock.lock(wait);
		}
	}

	boolean isLocked() {
		return this.lock.isLocked();
	}

	/**
	 * Take the lock if it is free.
	 * @return whether it was taken
	 */
	public boolean tryLock() {
		return this.lock.tryLock();
	}

	/** Release the lock. */
	public void unlock() {
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

	/**
	 * Set whether nothing can come any more.
	 * @param shutDown whether this direction is shut down
	 */
	public void shutDown(boolean shutDown) {
		this.shutDown = shutDown;
	}

	/**
	 * Set how long to poll before sleeping.
	 * @param nanoseconds the time
	 */
	public void busyPoll(long nanoseconds) {
		this.busyPoll = nanoseconds;
	}

	/**
	 * Perform an operation. The caller holds the lock.
	 * @param operation the system call
	 * @param buffer what it works on
	 * @param blocking whether to wait
	 * @param deadline until when to wait
	 * @param <B> the type of what it works on
	 * @return the number of bytes, or the negated errno: {@code EAGAIN} only in
	 * non-blocking mode, {@code EINTR} never
	 * @throws SocketTimeoutException if the deadline came first
	 * @throws IOException if the descriptor is or becomes closed
	 */
	public <B> long perform(Operation<B> operation, B buffer, boolean blocking, long deadline) throws IOException {
		return blocking ? performBlocking(operation, buffer, deadline) : performNow(operation, buffer);
	}

	/**
	 * Perform an operation. The caller holds the lock.
	 * @param operation the system call
	 * @param buffer what it works on
	 * @param blocking whether to wait
	 * @param wait until when, and how the wait can be ended
	 * @param <B> the type of what it works on
	 * @return as {@link #perform(Operation, Object, boolean, long)}
	 * @throws SocketTimeoutException if the deadline came first
	 * @throws java.io.InterruptedIOException if the wait was ended
	 * @throws IOException if the descriptor is or becomes closed
	 */
	public <B> long perform(Operation<B> operation, B buffer, boolean blocking, Wait wait) throws IOException {
		if (!blocking) {
			return performNow(operation, buffer);
		}
		this.wait = wait;
		try {
			long moved = wait.isInterruptible() ? performInterruptibly(operation, buffer, wait)
					: performBlocking(operation, buffer, wait.deadline());
			if (moved == EINTR || moved == EAGAIN) {
				throw wait.ended();
			}
			return moved;
		}
		finally {
			this.wait = null;
		}
	}

	private <B> long performNow(Operation<B> operation, B buffer) throws IOException {
		long moved;
		int number = this.host.enter();
		try {
			do {
				moved = operation.attempt(this.host.libc(), number, buffer, LinuxAbi.MSG_DONTWAIT);
			}
			while (moved == EINTR);
		}
		finally {
			this.host.leave();
		}
		if (moved <= 0 && this.host.isClosing()) {
			throw new AsynchronousCloseException();
		}
		return (moved == EAGAIN && this.shutDown) ? 0 : moved;
	}

	private <B> long performBlocking(Operation<B> operation, B buffer, long deadline) throws IOException {
		boolean completed = false;
		this.host.beginBlocking();
		try {
			long moved = performInside(operation, buffer, deadline);
			completed = moved > 0;
			return moved;
		}
		finally {
			this.host.endBlocking(completed);
		}
	}

	/** An interrupt ends the wait, and not the descriptor. */
	private <B> long performInterruptibly(Operation<B> operation, B buffer, Wait wait) throws IOException {
		Interruption interruption = this.interruption;
		if (interruption == null) {
			interruption = new Interruption(this);
			this.interruption = interruption;
		}
		long moved;
		interruption.enter();
		try {
			moved = performInside(operation, buffer, wait.deadline());
		}
		finally {
			interruption.finish();
			if (interruption.hasCome()) {
				this.interruption = null;
			}
		}
		if (moved <= 0 && this.host.isClosing()) {
			throw new AsynchronousCloseException();
		}
		return moved;
	}

	private <B> long performInside(Operation<B> operation, B buffer, long deadline) throws IOException {
		int number = this.host.enter();
		Wait wait = this.wait;
		try {
			if (wait != null) {
				wait.waiter(this);
			}
			if (VirtualThreads.isVirtual(Thread.currentThread())) {
				return tryAndPark(operation, number, buffer, deadline);
			}
			this.blockedThread = ScratchMemory.currentThread(this.host.libc());
			return tryAndWait(operation, number, buffer, deadline);
		}
		finally {
			this.blockedThread = 0;
			if (wait != null) {
				leave(wait);
			}
			this.host.leaveBlocking();
		}
	}

	private void leave(Wait wait) {
		wait.waiter(null);
		Interruption interruption = this.interruption;
		if (interruption != null) {
			interruption.leave();
		}
		if (isEnded()) {
			this.host.awaitWaking();
		}
	}

	/** Whether the call is not to wait any longer. */
	private boolean isEnded() {
		Wait wait = this.wait;
		if (wait == null) {
			return false;
		}
		return wait.isCancelled() || (wait.isInterruptible() && Thread.currentThread().isInterrupted());
	}

	/** A platform thread waits in the kernel. */
	private <B> long tryAndWait(Operation<B> operation, int number, B buffer, long deadline) throws IOException {
		Libc libc = this.host.libc();
		if (isEnded()) {
			return EINTR;
		}
		if (this.busyPoll != 0) {
			long moved = pollBusily(operation, number, buffer, deadline);
			if (moved != EAGAIN) {
				return moved;
			}
		}
		boolean blockInCall = deadline == Deadline.NEVER && this.host.wakesBySignal();
		int flags = blockInCall ? 0 : LinuxAbi.MSG_DONTWAIT;
		while (true) {
			long moved = operation.attempt(libc, number, buffer, flags);
			if ((moved != EAGAIN && moved != EINTR) || !this.host.isOpen() || isEnded()) {
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

	private <B> long pollBusily(Operation<B> operation, int number, B buffer, long deadline) {
		Libc libc = this.host.libc();
		long end = Deadline.earlier(Deadline.after(this.busyPoll), deadline);
		long moved;
		int polls = 0;
		do {
			moved = operation.attempt(libc, number, buffer, LinuxAbi.MSG_DONTWAIT);
			if (++polls % POLLS_BEFORE_YIELDING == 0) {
				// The peer's thread may wait for this very processor.
				Thread.yield();
			}
			else {
				Thread.onSpinWait();
			}
		}
		while ((moved == EAGAIN || moved == EINTR) && this.host.isOpen() && !isEnded() && !Deadline.hasPassed(end));
		return (moved == EINTR) ? EAGAIN : moved;
	}

	/** A virtual thread is never in the kernel for longer than a call takes. */
	private <B> long tryAndPark(Operation<B> operation, int number, B buffer, long deadline) throws IOException {
		Libc libc = this.host.libc();
		int yields = 0;
		if (isEnded()) {
			return EINTR;
		}
		while (true) {
			long moved = operation.attempt(libc, number, buffer, LinuxAbi.MSG_DONTWAIT);
			if ((moved != EAGAIN && moved != EINTR) || !this.host.isOpen() || isEnded()) {
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
		this.host.watch(this, thread);
		long end = endOfWaiting(deadline);
		while (this.parkedThread == thread) {
			if (isEnded()) {
				// After the descriptor is watched, for what ends the wait comes before.
				this.host.unwatch(this);
				return;
			}
			if (end == Deadline.NEVER) {
				LockSupport.park(this.host);
				continue;
			}
			long left = end - System.nanoTime();
			if (left > 0) {
				LockSupport.parkNanos(this.host, left);
			}
			else if (this.host.unwatch(this)) {
				throwIfTimedOut(deadline);
				return;
			}
		}
	}

	/** Wait in {@code poll(2)} until there is something to do, or for nothing. */
	private void await(Libc libc, int number, long deadline) throws IOException {
		throwIfTimedOut(deadline);
		boolean wakesBySignal = this.host.wakesBySignal();
		int wakeDescriptor = wakesBySignal ? Host.NONE : this.host.wakeDescriptor();
		long end = endOfWaiting(deadline);
		if (this.wait != null && !wakesBySignal) {
			end = Deadline.earlier(end, Deadline.after(CHECK_AGAIN));
		}
		ScratchMemory scratch = ScratchMemory.acquire(libc);
		try {
			Pollfds.write(scratch.structures(), 0, number, this.events);
			Pollfds.write(scratch.structures(), 1, wakeDescriptor, LinuxAbi.POLLIN);
			libc.poll(scratch.structuresAddress(), 2, Deadline.milliseconds(end));
		}
		finally {
			scratch.release();
		}
	}

	/**
	 * Return until when to wait before trying again. As long as its queue is full a
	 * writer is not told that a direction was shut down, by whatever process.
	 * @param deadline when to give up
	 */
	private long endOfWaiting(long deadline) {
		return (this.events == LinuxAbi.POLLOUT) ? Deadline.earlier(deadline, Deadline.after(TRY_AGAIN)) : deadline;
	}

	private void throwIfTimedOut(long deadline) throws SocketTimeoutException {
		if (Deadline.hasPassed(deadline)) {
			throw new SocketTimeoutException((this.events == LinuxAbi.POLLIN)
					? "Timed out while waiting for something to read" : "Timed out while waiting for room to write");
		}
	}

	@Override
	public void wake(BooleanSupplier waits) {
		long signalled;
		do {
			this.host.wake(this);
			signalled = System.nanoTime();
			while (isInTheKernel(waits) && System.nanoTime() - signalled < SIGNAL_AGAIN) {
				Thread.yield();
			}
		}
		while (isInTheKernel(waits));
	}

	private boolean isInTheKernel(BooleanSupplier waits) {
		return this.blockedThread != 0 && this.host.wakesBySignal() && waits.getAsBoolean();
	}

	/**
	 * A system call that moves bytes.
	 *
	 * @param <B> what it works on
	 */
	@FunctionalInterface
	public interface Operation<B> {

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

	/** The descriptor, as its two halves use it. */
	interface Host {

		/** No descriptor. */
		int NONE = -1;

		/** The C library. */
		Libc libc();

		/**
		 * Enter before the number is passed to the kernel.
		 * @return the number
		 * @throws ClosedChannelException if the descriptor is closed
		 */
		int enter() throws ClosedChannelException;

		/** Leave after a call that does not block. */
		void leave();

		/** Leave after a call that may have blocked. */
		void leaveBlocking();

		/** From here on an interrupt closes the descriptor. */
		void beginBlocking();

		/**
		 * End what {@link #beginBlocking()} began.
		 * @param completed whether something was moved
		 * @throws AsynchronousCloseException if nothing was moved and the descriptor was
		 * closed meanwhile
		 */
		void endBlocking(boolean completed) throws AsynchronousCloseException;

		/**
		 * Return whether the descriptor is not closed.
		 * @return whether it is open
		 */
		boolean isOpen();

		/** Whether the descriptor is closed or about to be. */
		boolean isClosing();

		/** Whether threads that are blocked in the kernel can be woken by a signal. */
		boolean wakesBySignal();

		/**
		 * Return a descriptor that becomes readable when this one is closed, for threads
		 * that cannot be woken by a signal.
		 * @throws IOException if it cannot be made
		 */
		int wakeDescriptor() throws IOException;

		/**
		 * Have the poller wake a virtual thread when a direction is ready. Does nothing
		 * on a closed descriptor.
		 * @param half the direction, whose lock the caller holds
		 * @param thread the thread, which parks afterwards until it is not the
		 * {@linkplain Half#parkedThread() parked thread} any more
		 * @throws IOException if the kernel refuses to watch
		 */
		void watch(Half half, Thread thread) throws IOException;

		/**
		 * Give up waiting.
		 * @param half the direction
		 * @return whether the thread was still parked
		 */
		boolean unwatch(Half half);

		/**
		 * Wake the thread that waits in a direction.
		 * @param half the direction
		 */
		void wake(Half half);

		/** A thread that is being signalled must not end before that is over. */
		void awaitWaking();

	}

}
