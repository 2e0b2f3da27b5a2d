package dev.socketpair.process;

import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;

import dev.socketpair.process.output.ProcessLog;

/**
 * Ends a child and its descendants: by the end of the stream, after half of the time by
 * {@code SIGTERM}, after all of it by {@code SIGKILL}.
 */
final class ChildShutdown {

	private static final ProcessLog logger = new ProcessLog(ChildShutdown.class);

	/**
	 * A process that the kernel does not end (state D) must not keep callers for ever.
	 */
	private static final long PATIENCE_AFTER_KILL = TimeUnit.SECONDS.toNanos(5);

	/** Without a descriptor the JDK cannot kill, and does not report that. */
	private static final long KILL_INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);

	/** The kernel reports the end of a process to its parent only. */
	private static final long POLL_INTERVAL_MILLIS = 5;

	private final String name;

	private final Child child;

	/** In nanoseconds. */
	private final long timeout;

	private boolean interrupted;

	ChildShutdown(ChildSpecification specification, Child child) {
		this.name = specification.name();
		this.child = child;
		this.timeout = specification.lifetime().stopTimeout().toNanos();
	}

	/**
	 * End them all, and return when they are gone.
	 * @return whether the thread was interrupted, so that they got no time
	 */
	boolean run() {
		long start = System.nanoTime();
		// Before the child can exit, since its descendants get another parent then.
		this.child.tree().discover();
		this.child.halfClose();
		if (areGoneBy(start + this.timeout / 2)) {
			return this.interrupted;
		}
		if (!this.interrupted) {
			this.child.tree().discover();
			this.child.tree().terminate();
		}
		if (areGoneBy(start + this.timeout)) {
			return this.interrupted;
		}
		this.child.tree().discover();
		this.child.tree().kill();
		awaitKilled();
		return this.interrupted;
	}

	private boolean areGoneBy(long deadline) {
		try {
			return !this.interrupted && awaitGone(deadline);
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
				if (awaitGone(Math.min(deadline, System.nanoTime() + KILL_INTERVAL))) {
					return;
				}
				if (deadline - System.nanoTime() <= 0) {
					logger.log(Level.ERROR,
							"Process '%s' (pid %s) or one of its descendants is still there after SIGKILL"
								.formatted(this.name, this.child.pid()));
					return;
				}
				// Gives a descriptor back, to read /proc and to kill with.
				this.child.discard();
				this.child.tree().discover();
				this.child.tree().kill();
			}
			catch (InterruptedException ex) {
				this.interrupted = true;
			}
		}
	}

	private boolean awaitGone(long deadline) throws InterruptedException {
		if (!this.child.awaitExit(Math.max(0, deadline - System.nanoTime()))) {
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
