package dev.socketpair.process;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Wakes threads that wait for a state of a process.
 */
final class StateChanges {

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	void changed() {
		this.lock.lock();
		try {
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait for a state.
	 * @param state whether it is there
	 * @param nanoseconds how long
	 * @return whether it was there in time
	 */
	boolean await(BooleanSupplier state, long nanoseconds) throws InterruptedException {
		long left = nanoseconds;
		this.lock.lockInterruptibly();
		try {
			while (!state.getAsBoolean()) {
				if (left <= 0) {
					return false;
				}
				left = this.changed.awaitNanos(Math.min(left, TimeUnit.SECONDS.toNanos(1)))
						+ Math.max(0, left - TimeUnit.SECONDS.toNanos(1));
			}
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

}
