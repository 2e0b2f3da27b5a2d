package dev.socketpair.process;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Waits for the end of a child, and brings it about where nothing can be exchanged with
 * the child any more. The kernel is asked for that once a second, and at once where a
 * caller has noticed it.
 */
final class ChildWatch {

	private static final ProcessLog logger = new ProcessLog(Supervision.class);

	private static final long LOOK_INTERVAL = TimeUnit.SECONDS.toNanos(1);

	/** While a start waits for what the child does. */
	private static final long LOOK_INTERVAL_AT_START = TimeUnit.MILLISECONDS.toNanos(50);

	/** A child that closes its end may be about to exit, on a busy machine too. */
	private static final long GRACE = TimeUnit.SECONDS.toNanos(2);

	private static final Duration LONGEST_GRACE_AFTER_TERM = Duration.ofSeconds(1);

	private static final long KILL_INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);

	private final ChildSpecification specification;

	private final Child child;

	private final Object lock = new Object();

	/** The thread that can be woken; guarded by the lock. */
	private @Nullable Thread waiting;

	ChildWatch(ChildSpecification specification, Child child) {
		this.specification = specification;
		this.child = child;
	}

	/**
	 * Wait for the end. The thread is one that nothing else interrupts.
	 * @param atStart whether a start waits for what the child does
	 * @return why nothing could be exchanged with it when it ended, or {@code null} if it
	 * ended by itself
	 */
	@Nullable Breakdown await(boolean atStart) throws InterruptedException {
		long startOfLife = TimeUnit.MILLISECONDS.toNanos(this.specification.settleTime().toMillis());
		this.child.alarm(this::wake);
		boolean exited = false;
		while (!exited && this.child.breakdown() == null) {
			boolean often = atStart && this.child.age().toNanos() < startOfLife;
			exited = awaitExitOrAlarm(often ? LOOK_INTERVAL_AT_START : LOOK_INTERVAL);
		}
		if (exited) {
			// Whoever closes our end may be slower to say so than the child to exit.
			Breakdown breakdown = this.child.breakdown();
			return (breakdown != null && !breakdown.byChild()) ? breakdown : null;
		}
		return end(this.child.breakdown());
	}

	private boolean awaitExitOrAlarm(long nanoseconds) {
		synchronized (this.lock) {
			this.waiting = Thread.currentThread();
		}
		try {
			return this.child.awaitExit(nanoseconds);
		}
		catch (InterruptedException ex) {
			return false;
		}
		finally {
			synchronized (this.lock) {
				this.waiting = null;
				Thread.interrupted();
			}
		}
	}

	private void wake() {
		synchronized (this.lock) {
			if (this.waiting != null) {
				this.waiting.interrupt();
			}
		}
	}

	private @Nullable Breakdown end(@Nullable Breakdown breakdown) throws InterruptedException {
		if (breakdown == null) {
			return null;
		}
		// Before it can end, for then its descendants have another parent.
		this.child.tree().look();
		this.child.endOutput();
		if (this.child.awaitExit(GRACE)) {
			return breakdown.byChild() ? null : breakdown;
		}
		if (!this.child.isStopRequested()) {
			logger.log(Level.WARNING, "Process '%s' (pid %s) cannot be used any more and is ended: %s"
				.formatted(this.specification.name(), this.child.pid(), breakdown.reason()));
			this.child.tree().look();
			this.child.tree().terminate();
		}
		if (!this.child.awaitExit(graceAfterTerm().toNanos())) {
			do {
				this.child.tree().look();
				this.child.tree().kill();
			}
			while (!this.child.awaitExit(KILL_INTERVAL));
		}
		return breakdown;
	}

	/** A stop that was requested meanwhile has its own time. */
	private Duration graceAfterTerm() {
		Duration time = this.specification.stopTimeout();
		if (!this.child.isStopRequested()) {
			time = time.dividedBy(2);
			return (time.compareTo(LONGEST_GRACE_AFTER_TERM) < 0) ? time : LONGEST_GRACE_AFTER_TERM;
		}
		return time.plus(LONGEST_GRACE_AFTER_TERM);
	}

}
