package dev.socketpair.process;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.socketpair.process.output.ProcessLog;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the exit of a child, and ends the child where nothing can be exchanged with
 * it any more. The kernel is polled for that once a second, and at once where a caller
 * has noticed it.
 */
final class ChildWatch {

	private static final ProcessLog logger = new ProcessLog(Supervision.class);

	private static final long POLL_INTERVAL = TimeUnit.SECONDS.toNanos(1);

	/** While a start waits for the child to settle. */
	private static final long POLL_INTERVAL_AT_START = TimeUnit.MILLISECONDS.toNanos(50);

	/** A child that closes its end may be about to exit, on a busy machine too. */
	private static final long GRACE = TimeUnit.SECONDS.toNanos(2);

	private static final Duration LONGEST_GRACE_AFTER_TERM = Duration.ofSeconds(1);

	private static final long KILL_INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);

	private final ChildSpecification specification;

	private final Child child;

	private final Object lock = new Object();

	/** The thread that waits and can be interrupted. Guarded by the lock. */
	private @Nullable Thread waiting;

	/** Whether there was a wake-up since the last wait. Guarded by the lock. */
	private boolean woken;

	ChildWatch(ChildSpecification specification, Child child) {
		this.specification = specification;
		this.child = child;
	}

	/**
	 * Wait for the exit. Called by a thread that nothing else interrupts.
	 * @param atStart whether a start waits for the child to settle
	 * @return why nothing could be exchanged with it before, or {@code null} if it exited
	 * by itself
	 */
	@Nullable Breakdown await(boolean atStart) throws InterruptedException {
		Duration settleTime = this.specification.lifetime().settleTime();
		this.child.onBreakdown(this::wake);
		boolean exited = false;
		Breakdown breakdown = null;
		while (!exited && (breakdown = this.child.breakdown()) == null) {
			boolean often = atStart && this.child.age().compareTo(settleTime) < 0;
			exited = awaitExitOrWakeUp(often ? POLL_INTERVAL_AT_START : POLL_INTERVAL);
		}
		if (exited) {
			// The child may exit before the thread that closed our end notes that.
			breakdown = this.child.breakdown();
			return (breakdown != null && !breakdown.byChild()) ? breakdown : null;
		}
		return (breakdown != null) ? end(breakdown) : null;
	}

	private boolean awaitExitOrWakeUp(long nanoseconds) {
		synchronized (this.lock) {
			if (this.woken) {
				this.woken = false;
				return false;
			}
			this.waiting = Thread.currentThread();
		}
		try {
			return this.child.awaitProcessExit(nanoseconds);
		}
		catch (InterruptedException ex) {
			return false;
		}
		finally {
			synchronized (this.lock) {
				this.waiting = null;
				this.woken = false;
				Thread.interrupted();
			}
		}
	}

	private void wake() {
		synchronized (this.lock) {
			this.woken = true;
			if (this.waiting != null) {
				this.waiting.interrupt();
			}
		}
	}

	private @Nullable Breakdown end(Breakdown breakdown) throws InterruptedException {
		// Before it can exit, since its descendants get another parent then.
		this.child.tree().discover();
		this.child.endOutput();
		if (this.child.awaitProcessExit(GRACE)) {
			return breakdown.byChild() ? null : breakdown;
		}
		if (!this.child.isStopRequested()) {
			logger.log(Level.WARNING, "Process '%s' (pid %s) cannot be used any more and is ended: %s"
				.formatted(this.specification.name(), this.child.pid(), breakdown.reason()));
			this.child.tree().discover();
			this.child.tree().terminate();
		}
		if (!this.child.awaitProcessExit(graceAfterTerm().toNanos())) {
			do {
				this.child.tree().discover();
				this.child.tree().kill();
			}
			while (!this.child.awaitProcessExit(KILL_INTERVAL));
		}
		return breakdown;
	}

	/** A stop that was requested meanwhile has its own time. */
	private Duration graceAfterTerm() {
		Duration time = this.specification.lifetime().stopTimeout();
		if (!this.child.isStopRequested()) {
			time = time.dividedBy(2);
			return (time.compareTo(LONGEST_GRACE_AFTER_TERM) < 0) ? time : LONGEST_GRACE_AFTER_TERM;
		}
		return time.plus(LONGEST_GRACE_AFTER_TERM);
	}

}
