package dev.socketpair.process;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Ends a child and its descendants: by the end of the stream, after half of the time by
 * {@code SIGTERM}, after all of it by {@code SIGKILL}.
 */
final class Termination {

	private static final ProcessLog logger = new ProcessLog(Termination.class);

	/** A process that the kernel does not let go (state D) holds nobody up for ever. */
	private static final long PATIENCE_AFTER_KILL = TimeUnit.SECONDS.toNanos(5);

	/** Without a descriptor the JDK cannot kill, and does not say so. */
	private static final long KILL_INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);

	/** The kernel tells nobody but the parent of the end of a process. */
	private static final long POLL_INTERVAL_MILLIS = 5;

	private final String name;

	private final Child child;

	private final long timeout;

	private boolean interrupted;

	Termination(String name, Child child, Duration timeout) {
		this.name = name;
		this.child = child;
		this.timeout = timeout.toNanos();
	}

	/**
	 * Returns when all are gone.
	 * @return whether the thread was interrupted, and so nobody was given any time
	 */
	boolean run() {
		long start = System.nanoTime();
		// Before the child can end, for then its descendants have another parent.
		this.child.tree().look();
		this.child.halfClose();
		if (isGoneBy(start + this.timeout / 2)) {
			return this.interrupted;
		}
		if (!this.interrupted) {
			this.child.tree().look();
			this.child.tree().terminate();
		}
		if (isGoneBy(start + this.timeout)) {
			return this.interrupted;
		}
		this.child.tree().look();
		this.child.tree().kill();
		awaitKilled();
		return this.interrupted;
	}

	private boolean isGoneBy(long deadline) {
		try {
			return !this.interrupted && await(deadline);
		}
		catch (InterruptedException ex) {
			this.interrupted = true;
			return false;
		}
	}

	private void awaitKilled() {
		long deadline = System.nanoTime() + PATIENCE_AFTER_KILL;
		while (true) {
			try {
				if (await(Math.min(deadline, System.nanoTime() + KILL_INTERVAL))) {
					return;
				}
				if (deadline - System.nanoTime() <= 0) {
					logger.log(Level.ERROR,
							"Process '%s' (pid %s) or one of its descendants is still there after SIGKILL"
								.formatted(this.name, this.child.pid()));
					return;
				}
				// Gives a descriptor back, so that there is one to look and kill with.
				this.child.discard();
				this.child.tree().look();
				this.child.tree().kill();
			}
			catch (InterruptedException ex) {
				this.interrupted = true;
			}
		}
	}

	private boolean await(long deadline) throws InterruptedException {
		if (!this.child.awaitEnding(Math.max(0, deadline - System.nanoTime()))) {
			return false;
		}
		while (!this.child.tree().descendantsAreGone()) {
			if (deadline - System.nanoTime() <= 0) {
				return false;
			}
			TimeUnit.MILLISECONDS.sleep(POLL_INTERVAL_MILLIS);
		}
		return true;
	}

}
