package dev.socketpair.descriptor;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * The lock of one direction. Most callers queue in the lock itself. Those with a
 * {@link Wait} queue beside it, because there they can be cancelled.
 */
final class DirectionLock {

	private final ReentrantLock lock = new ReentrantLock();

	/** Made for the first caller that queues here. */
	private volatile @Nullable Queue<Thread> waiters;

	void lock() {
		this.lock.lock();
	}

	boolean tryLock() {
		return this.lock.tryLock();
	}

	boolean isLocked() {
		return this.lock.isLocked();
	}

	/**
	 * Release the lock. The waiter that is woken may find that another caller was faster;
	 * that caller wakes it again.
	 */
	void unlock() {
		this.lock.unlock();
		wakeNext();
	}

	private void wakeNext() {
		Queue<Thread> queue = this.waiters;
		if (queue != null) {
			LockSupport.unpark(queue.peek());
		}
	}

	/**
	 * Wait for the lock.
	 * @param wait until when, and how the wait can be ended
	 * @throws SocketTimeoutException if the deadline came first
	 * @throws java.io.InterruptedIOException if the wait was ended
	 */
	void lock(Wait wait) throws IOException {
		if (!this.lock.tryLock()) {
			queue(wait);
		}
	}

	private void queue(Wait wait) throws IOException {
		Thread thread = Thread.currentThread();
		Queue<Thread> queue = queue();
		boolean interrupted = false;
		boolean locked = false;
		queue.add(thread);
		wait.queued(thread);
		try {
			locked = this.lock.tryLock();
			while (!locked) {
				throwIfEnded(wait);
				if (!wait.isInterruptible()) {
					// The interrupt closes the socket once this thread has the lock.
					interrupted |= Thread.interrupted();
				}
				park(wait.deadline());
				locked = this.lock.tryLock();
			}
		}
		finally {
			wait.queued(null);
			queue.remove(thread);
			if (!locked) {
				wakeNext();
			}
			if (interrupted) {
				thread.interrupt();
			}
		}
	}

	private void park(long deadline) {
		if (deadline == Deadline.NEVER) {
			LockSupport.park(this);
		}
		else {
			LockSupport.parkNanos(this, deadline - System.nanoTime());
		}
	}

	private static void throwIfEnded(Wait wait) throws IOException {
		if (wait.isCancelled() || (wait.isInterruptible() && Thread.currentThread().isInterrupted())) {
			throw wait.ended();
		}
		if (Deadline.hasPassed(wait.deadline())) {
			throw new SocketTimeoutException("Timed out while waiting for other callers");
		}
	}

	private synchronized Queue<Thread> queue() {
		Queue<Thread> queue = this.waiters;
		if (queue == null) {
			queue = new ConcurrentLinkedQueue<>();
			this.waiters = queue;
		}
		return queue;
	}

}
