package dev.socketpair.autoconfigure;

import java.time.Duration;

import dev.socketpair.autoconfigure.process.SocketPairProcessProperties.Child;
import dev.socketpair.autoconfigure.process.SocketPairProcessProperties.Restart;
import dev.socketpair.process.RestartPolicy;
import dev.socketpair.process.SocketPairProcessBuilder;

/**
 * The properties of a child process that say what happens at its end.
 *
 * @param restart when it is restarted
 * @param stopTimeout how long it may take to stop
 */
record ExitProperties(Restart restart, Duration stopTimeout) {

	/** Longer than any delay that is checked on its own. */
	private static final Duration LONGEST = Duration.ofSeconds(Long.MAX_VALUE);

	/**
	 * Return the properties of a child.
	 * @param child the child
	 * @return the properties
	 */
	static ExitProperties of(Child child) {
		return new ExitProperties(child.restart(), child.stopTimeout());
	}

	/**
	 * Set the properties.
	 * @param builder the builder of the process
	 * @param check the check of the properties
	 */
	void applyTo(SocketPairProcessBuilder builder, PropertyCheck check) {
		check.set("stop-timeout", this.stopTimeout, () -> builder.stopTimeout(this.stopTimeout));
		builder.restart(policy(check.below("restart")));
	}

	/** Each value is tried with others that are right, so that a failure names it. */
	private RestartPolicy policy(PropertyCheck check) {
		RestartPolicy.When when = this.restart.policy();
		Duration initialDelay = this.restart.initialDelay();
		Duration maxDelay = this.restart.maxDelay();
		double multiplier = this.restart.multiplier();
		int maxRestarts = this.restart.maxRestarts();
		check.set("initial-delay", initialDelay, () -> new RestartPolicy(when, initialDelay, 1, LONGEST, 1));
		check.set("multiplier", multiplier, () -> new RestartPolicy(when, Duration.ZERO, multiplier, LONGEST, 1));
		check.set("max-restarts", maxRestarts, () -> new RestartPolicy(when, Duration.ZERO, 1, LONGEST, maxRestarts));
		check.set("max-delay", maxDelay, () -> new RestartPolicy(when, initialDelay, 1, maxDelay, 1));
		return new RestartPolicy(when, initialDelay, multiplier, maxDelay, maxRestarts);
	}

}
