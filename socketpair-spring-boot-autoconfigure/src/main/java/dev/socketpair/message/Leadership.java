package dev.socketpair.message;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which thread writes. There is at most one leader, which writes its own messages and
 * those of its followers. A thread waits to lead in one of two ways: for one message,
 * which a leader may meanwhile write for it, or exclusively, with precedence, for
 * messages that only itself writes.
 * <p>
 * The lock is held for some nanoseconds at a time, never during a system call of the
 * socket. It guards this, and the {@link SendQueue}. All methods are called with the
 * lock, except {@link #lock()} and {@link #isHeld()}.
 */
final class Leadership {

	/** How many batches of followers a leader writes while a thread waits to lead. */
	static final int COMBINING_LIMIT = 256;

	/** How often {@link #lock()} tries before it parks. */
	static final int SPINS = 100;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition progress = this.lock.newCondition();

	/** Whether there is a leader; changed with the lock. */
	private volatile boolean held;

	/** How many batches the leader has written that are only of its followers. */
	private int combined;

	/** How many threads wait to lead. */
	private int waiting;

	/** How many of these wait to lead exclusively. */
	private int waitingExclusively;

	void lock() {
		for (int i = 0; i < SPINS; i++) {
			if (this.lock.tryLock()) {
				return;
			}
			Thread.onSpinWait();
		}
		this.lock.lock();
	}

	void unlock() {
		this.lock.unlock();
	}

	/** Return whether there is a leader; may be called without the lock. */
	boolean isHeld() {
		return this.held;
	}

	/** Return whether there is a leader, or will be without any other call. */
	boolean isHeldOrAwaited() {
		return this.held || this.waiting > 0;
	}

	/** Return whether a thread that waits for one message must wait longer. */
	boolean isClosed() {
		return this.held || this.waitingExclusively > 0;
	}

	/** Return whether a message that is handed over now is sure to be written. */
	boolean hasTaker() {
		return this.waitingExclusively > 0 || (this.held && (this.combined < COMBINING_LIMIT || this.waiting > 0));
	}

	/** Return whether the leader is to write another batch of its followers. */
	boolean mayCombine() {
		return this.waitingExclusively == 0 && (this.waiting == 0 || this.combined < COMBINING_LIMIT);
	}

	/** The leader writes another batch of its followers. */
	void combine() {
		this.combined++;
	}

	/** This thread leads from now on. Is paired with {@link #end()}. */
	void begin() {
		this.held = true;
		this.combined = 0;
	}

	void end() {
		this.held = false;
		signal();
	}

	/** This thread waits to lead. Is paired with {@link #endWaiting()}. */
	void beginWaiting() {
		this.waiting++;
	}

	void endWaiting() {
		this.waiting--;
	}

	/**
	 * Wait until there is no leader, with precedence over threads that wait for one
	 * message.
	 * @throws InterruptedException if the thread is interrupted
	 */
	void awaitExclusively() throws InterruptedException {
		this.waiting++;
		this.waitingExclusively++;
		try {
			while (this.held) {
				this.progress.await();
			}
		}
		finally {
			this.waiting--;
			this.waitingExclusively--;
		}
	}

	/**
	 * Wait until something has changed.
	 * @throws InterruptedException if the thread is interrupted
	 */
	void await() throws InterruptedException {
		this.progress.await();
	}

	/**
	 * Wait until something has changed, or for a time.
	 * @param nanoseconds the time
	 * @return how much of it is left; not positive if it has passed
	 * @throws InterruptedException if the thread is interrupted
	 */
	long await(long nanoseconds) throws InterruptedException {
		return this.progress.awaitNanos(nanoseconds);
	}

	/** Something has changed that another thread may wait for. */
	void signal() {
		this.progress.signalAll();
	}

}
