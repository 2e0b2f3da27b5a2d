package dev.socketpair.descriptor;

import java.util.concurrent.TimeUnit;

/**
 * The time at which a call stops waiting: a value of {@link System#nanoTime()}, or
 * {@link #NEVER}.
 */
public final class Deadline {

	/** A deadline that never comes. */
	public static final long NEVER = 0;

	private Deadline() {
	}

	/**
	 * Return the deadline of a call that starts now.
	 * @param timeout a time-out in nanoseconds, or 0 for none
	 * @return the deadline
	 */
	public static long after(long timeout) {
		if (timeout == 0) {
			return NEVER;
		}
		long deadline = System.nanoTime() + timeout;
		return (deadline != NEVER) ? deadline : 1;
	}

	/**
	 * Return whether a deadline has passed.
	 */
	static boolean hasPassed(long deadline) {
		return deadline != NEVER && deadline - System.nanoTime() <= 0;
	}

	/**
	 * Return the earlier of two deadlines.
	 */
	static long earlier(long one, long other) {
		if (one == NEVER || other == NEVER) {
			return (one == NEVER) ? other : one;
		}
		return (one - other < 0) ? one : other;
	}

	/**
	 * Return how long {@code poll(2)} may wait.
	 * @return milliseconds, rounded up, or -1 for ever
	 */
	static int milliseconds(long deadline) {
		if (deadline == NEVER) {
			return -1;
		}
		long nanoseconds = Math.max(0, deadline - System.nanoTime());
		long roundedUp = TimeUnit.NANOSECONDS.toMillis(nanoseconds + TimeUnit.MILLISECONDS.toNanos(1) - 1);
		return (int) Math.min(roundedUp, Integer.MAX_VALUE);
	}

}
