package dev.socketpair.process;

import java.time.Duration;
import java.util.Objects;

/**
 * Whether and when a child process that ended is started again. Immutable.
 * <p>
 * The first restart waits for the initial delay, and each consecutive one for the
 * previous delay times the multiplier, but no longer than the maximum delay. After the
 * maximum number of consecutive restarts no child is started any more. Restarts are
 * consecutive until a child has run for the maximum delay, and for a second at least: the
 * next restart is a first one again.
 *
 * @param when after which ends a child is started again
 * @param initialDelay how long the first restart waits, zero or more
 * @param multiplier the factor from delay to delay, 1 or more
 * @param maxDelay the longest delay, not less than the initial one
 * @param maxRestarts the most consecutive restarts, 1 or more
 */
public record RestartPolicy(When when, Duration initialDelay, double multiplier, Duration maxDelay, int maxRestarts) {

	/** Without delays no restarts would be consecutive. */
	private static final Duration SHORTEST_STABLE_TIME = Duration.ofSeconds(1);

	private static final Duration INITIAL_DELAY = Duration.ofMillis(200);

	private static final double MULTIPLIER = 2;

	private static final Duration MAX_DELAY = Duration.ofSeconds(30);

	private static final int MAX_RESTARTS = 10;

	/**
	 * Create a policy.
	 * @param when after which ends a child is started again
	 * @param initialDelay how long the first restart waits
	 * @param multiplier the factor from delay to delay
	 * @param maxDelay the longest delay
	 * @param maxRestarts the most consecutive restarts
	 * @throws IllegalArgumentException if a value is out of its range
	 */
	public RestartPolicy {
		Objects.requireNonNull(when, "'when' must not be null");
		Objects.requireNonNull(initialDelay, "'initialDelay' must not be null");
		Objects.requireNonNull(maxDelay, "'maxDelay' must not be null");
		if (initialDelay.isNegative()) {
			throw new IllegalArgumentException(
					"'initialDelay' must be zero or more, but is %s".formatted(initialDelay));
		}
		if (!Double.isFinite(multiplier) || multiplier < 1) {
			throw new IllegalArgumentException("'multiplier' must be 1 or more, but is %s".formatted(multiplier));
		}
		if (maxDelay.compareTo(initialDelay) < 0) {
			throw new IllegalArgumentException("'maxDelay' must not be less than 'initialDelay' (%s), but is %s"
				.formatted(initialDelay, maxDelay));
		}
		if (maxRestarts < 1) {
			throw new IllegalArgumentException(("'maxRestarts' must be 1 or more, but is %s: for no restarts choose "
					+ "the policy 'never', for no limit %s")
				.formatted(maxRestarts, Integer.MAX_VALUE));
		}
	}

	/**
	 * Return the policy that starts nothing again.
	 * @return the policy
	 */
	public static RestartPolicy never() {
		return of(When.NEVER);
	}

	/**
	 * Return the policy that starts a child again that ended with another status than 0:
	 * after 200 ms, doubled each time up to 30 s, and at most 10 consecutive times.
	 * @return the policy
	 */
	public static RestartPolicy onFailure() {
		return of(When.ON_FAILURE);
	}

	/**
	 * Return the policy that starts a child again however it ended, with the delays of
	 * {@link #onFailure()}.
	 * @return the policy
	 */
	public static RestartPolicy always() {
		return of(When.ALWAYS);
	}

	private static RestartPolicy of(When when) {
		return new RestartPolicy(when, INITIAL_DELAY, MULTIPLIER, MAX_DELAY, MAX_RESTARTS);
	}

	/**
	 * Return whether a child that ended like this is to be started again, if it was not
	 * one too many.
	 * @param status how it ended
	 * @return whether it is
	 */
	public boolean appliesTo(ExitStatus status) {
		return appliesTo(!status.isSuccess());
	}

	/**
	 * Return whether a child is to be started again.
	 * @param failed whether it has failed, which it may have with any status
	 */
	boolean appliesTo(boolean failed) {
		return switch (this.when) {
			case NEVER -> false;
			case ON_FAILURE -> failed;
			case ALWAYS -> true;
		};
	}

	/**
	 * Return how long a restart waits.
	 * @param restart its number among consecutive restarts, 1 for the first
	 * @return the delay
	 */
	public Duration delay(int restart) {
		if (restart < 1) {
			throw new IllegalArgumentException("'restart' must be 1 or more, but is %s".formatted(restart));
		}
		double seconds = inSeconds(this.initialDelay) * Math.pow(this.multiplier, restart - 1);
		if (!(seconds < inSeconds(this.maxDelay))) {
			return (this.initialDelay.isZero()) ? Duration.ZERO : this.maxDelay;
		}
		long whole = (long) seconds;
		return Duration.ofSeconds(whole, (long) ((seconds - whole) * Duration.ofSeconds(1).toNanos()));
	}

	private static double inSeconds(Duration duration) {
		return duration.getSeconds() + duration.getNano() / (double) Duration.ofSeconds(1).toNanos();
	}

	/**
	 * Return how long a child has to run for its restart to be a first one again.
	 */
	Duration stableTime() {
		return (this.maxDelay.compareTo(SHORTEST_STABLE_TIME) > 0) ? this.maxDelay : SHORTEST_STABLE_TIME;
	}

	/**
	 * After which ends a child is started again.
	 */
	public enum When {

		/** After none. */
		NEVER,

		/** After those with another status than 0. */
		ON_FAILURE,

		/** After all, unless it was stopped. */
		ALWAYS

	}

}
