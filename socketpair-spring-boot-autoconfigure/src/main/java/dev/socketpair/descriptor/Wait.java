package dev.socketpair.descriptor;

import java.io.InterruptedIOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * How a call waits in a socket in blocking mode: until when, and how its wait can be
 * ended while the socket stays open. Serves one call at a time, and any number of calls
 * one after the other.
 * <p>
 * What has been moved when a wait ends is never lost: a call that has read returns what
 * it read, and a call that has written a part tells how much.
 */
public final class Wait {

	private final long deadline;

	private final boolean interruptible;

	private volatile boolean cancelled;

	/** Where the call is that waits with this; written by its thread. */
	private volatile @Nullable Waiter waiter;

	/** The thread that waits for other callers. */
	private volatile @Nullable Thread queued;

	private Wait(long deadline, boolean interruptible) {
		this.deadline = deadline;
		this.interruptible = interruptible;
	}

	/**
	 * Return a wait without a deadline.
	 * @return the wait, which an interrupt ends by closing the socket
	 */
	public static Wait forever() {
		return new Wait(Deadline.NEVER, false);
	}

	/**
	 * Return a wait until a deadline. A call tries once even if it has passed. Waiting
	 * for other callers of the socket counts.
	 * @param deadline a {@link Deadline}
	 * @return the wait, which an interrupt ends by closing the socket
	 */
	public static Wait until(long deadline) {
		return new Wait(deadline, false);
	}

	/**
	 * Return the same wait for a call that an interrupt ends without closing the socket:
	 * the call throws {@link InterruptedIOException}, and its thread stays interrupted.
	 * @return another wait
	 */
	public Wait interruptible() {
		return new Wait(this.deadline, true);
	}

	/**
	 * End the call that waits with this, and every later one before it waits: it throws
	 * {@link WaitCancelledException}. The socket stays open. Does nothing to a call that
	 * has something to return. May be called by any thread.
	 */
	public void cancel() {
		this.cancelled = true;
		LockSupport.unpark(this.queued);
		Waiter waiting = this.waiter;
		if (waiting != null) {
			waiting.wake(() -> this.waiter == waiting);
		}
	}

	/**
	 * Return whether {@link #cancel()} was called.
	 * @return whether it was
	 */
	public boolean isCancelled() {
		return this.cancelled;
	}

	/**
	 * Return until when the call waits.
	 * @return a {@link Deadline}
	 */
	public long deadline() {
		return this.deadline;
	}

	boolean isInterruptible() {
		return this.interruptible;
	}

	void waiter(@Nullable Waiter waiter) {
		this.waiter = waiter;
	}

	void queued(@Nullable Thread thread) {
		this.queued = thread;
	}

	InterruptedIOException ended() {
		return this.cancelled ? new WaitCancelledException()
				: new InterruptedIOException("Interrupted while waiting; the socket stays open");
	}

	/** The place in which a thread waits. */
	interface Waiter {

		/**
		 * Wake the thread, again and again until it has left the kernel: a signal that
		 * comes between its last check and the system call is lost.
		 * @param waits whether the thread is still the one to wake
		 */
		void wake(BooleanSupplier waits);

	}

}
