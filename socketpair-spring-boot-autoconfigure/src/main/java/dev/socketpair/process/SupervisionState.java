package dev.socketpair.process;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * What a supervision knows and decides: its state, its child, and what was asked of it.
 * <p>
 * One lock guards all fields that change. It is held for a decision, and never while a
 * child is launched, waited for or ended. Locks taken inside it are those of the child's
 * connection, of the counters, and of {@link StateChanges}, none of which calls back.
 */
final class SupervisionState {

	private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

	private final ChildSpecification specification;

	private final ServedChild served;

	private final ProcessReports reports;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	/** Written with the lock, read without it. */
	private volatile SocketPairProcessState state = SocketPairProcessState.STARTING;

	/** The current child, or the last one. Written with the lock, read without it. */
	private volatile @Nullable Child child;

	/** Whether a child is being launched. Guarded by the lock, as are all below. */
	private boolean launching = true;

	/** Whether a start watches the first child. */
	private boolean settling;

	/** Whether the first child has failed while it was watched. */
	private boolean failedToSettle;

	/** Whether the first child has exited, so that the next launch is a restart. */
	private boolean restarting;

	/** Whether a start waits for the next child, so that the restart must not wait. */
	private boolean restartAtOnce;

	/** Whether the start of the current child was reported. */
	private boolean startReported;

	/** Why the last launch has failed. */
	private @Nullable IOException launchFailure;

	private boolean stopRequested;

	/** Whether the supervising thread has failed, so that nothing is started again. */
	private boolean abandoned;

	/** Restarts since a child last ran for the stable time. */
	private int consecutiveRestarts;

	/**
	 * Create the state of a supervision that launches its first child.
	 * @param specification what its children are started with
	 * @param served where the child that serves is kept
	 * @param reports receives each change
	 * @param settling whether the start watches the first child
	 */
	SupervisionState(ChildSpecification specification, ServedChild served, ProcessReports reports, boolean settling) {
		this.specification = specification;
		this.served = served;
		this.reports = reports;
		this.settling = settling;
	}

	SocketPairProcessState state() {
		return this.state;
	}

	@Nullable Child child() {
		return this.child;
	}

	/** With the lock. */
	private void become(SocketPairProcessState next) {
		this.state = next;
		if (next != SocketPairProcessState.STARTING) {
			this.restartAtOnce = false;
		}
		this.changed.signalAll();
		this.reports.stateChanged();
	}

	// Start

	/**
	 * Note that a child was launched.
	 * @param launched the child
	 * @param ready whether it serves at once
	 */
	void launched(ChildMessages launched, boolean ready) {
		this.lock.lock();
		try {
			this.child = launched.child();
			this.launching = false;
			this.startReported = false;
			if (ready) {
				serve(launched);
			}
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Have a child serve that was prepared, unless it has exited. */
	void prepared(ChildMessages launched) {
		this.lock.lock();
		try {
			serve(launched);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** With the lock. A start is reported when the child serves. */
	private void serve(ChildMessages launched) {
		if (launched.child().exit() != null) {
			return;
		}
		this.served.serve(launched);
		reportStart(launched.child());
		if (!this.stopRequested && !this.settling) {
			become(SocketPairProcessState.RUNNING);
		}
	}

	/** With the lock. */
	private void reportStart(Child launched) {
		if (!this.startReported) {
			this.startReported = true;
			this.reports.started(launched.pid(), this.restarting);
		}
	}

	/**
	 * Note that the first launch has failed.
	 * @param failure why, or {@code null} for an error of the virtual machine
	 */
	void launchFailed(@Nullable IOException failure) {
		this.lock.lock();
		try {
			this.launchFailure = failure;
			this.launching = false;
			become(SocketPairProcessState.STOPPED);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * End the watch of the first child.
	 * @return why the start fails, or {@code null} if it does not
	 */
	@Nullable ProcessStartException settled(Child watched) {
		this.lock.lock();
		try {
			this.settling = false;
			if (this.state == SocketPairProcessState.STARTING) {
				become(SocketPairProcessState.RUNNING);
			}
			ChildExit exit = watched.exit();
			if (this.failedToSettle && exit != null) {
				return EarlyExit.failed(this.specification, watched, exit);
			}
			return this.stopRequested ? EarlyExit.stopped(this.specification) : null;
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean isSettling() {
		this.lock.lock();
		try {
			return this.settling;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait until a child runs that another thread starts, or the next one, whose restart
	 * does not wait any longer.
	 * @throws IOException if it fails
	 */
	void awaitStarted() throws IOException, InterruptedException {
		this.lock.lock();
		try {
			if (this.state == SocketPairProcessState.WAITING_TO_RESTART) {
				this.restartAtOnce = true;
				this.changed.signalAll();
			}
			while (this.state == SocketPairProcessState.STARTING || this.restartAtOnce) {
				this.changed.await();
			}
			if (this.state != SocketPairProcessState.RUNNING) {
				throw notStarted();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** With the lock: why no child runs after all. */
	private IOException notStarted() {
		Child last = this.child;
		ChildExit exit = (last != null) ? last.exit() : null;
		if (this.stopRequested) {
			return EarlyExit.stopped(this.specification);
		}
		if (this.launchFailure instanceof ProcessStartException failure) {
			return failure.again();
		}
		if (this.launchFailure != null) {
			return new IOException(this.launchFailure.getMessage(), this.launchFailure);
		}
		if (last == null || exit == null) {
			return EarlyExit.stopped(this.specification);
		}
		return this.failedToSettle ? EarlyExit.failed(this.specification, last, exit)
				: exit.exception(this.specification, null);
	}

	/**
	 * Wait while a child is being launched.
	 * @return the child, or {@code null} if there is none
	 */
	@Nullable Child awaitLaunched() {
		this.lock.lock();
		try {
			while (this.launching) {
				this.changed.awaitUninterruptibly();
			}
			return this.child;
		}
		finally {
			this.lock.unlock();
		}
	}

	// Exit and restart

	/** Note an exit, and decide what comes after it. */
	ChildExit exited(Child gone, ExitStatus status, @Nullable Breakdown breakdown) {
		this.lock.lock();
		try {
			RestartPolicy policy = this.specification.lifetime().restart();
			boolean failed = !status.isSuccess() || breakdown != null;
			this.failedToSettle = this.settling && !this.stopRequested && failed;
			this.settling = false;
			boolean restart = !this.stopRequested && !this.abandoned && !this.failedToSettle
					&& policy.appliesTo(failed);
			if (restart && gone.age().compareTo(policy.stableTime()) >= 0) {
				this.consecutiveRestarts = 0;
			}
			Duration delay = restart ? nextDelay() : null;
			boolean gaveUp = restart && delay == null;
			reportStart(gone);
			this.reports.exited(gone.pid(), status, delay);
			become(delay, gaveUp, status);
			String hint = (failed || this.stopRequested) ? "" : EarlyExit.afterSuccess(this.specification, gone.age());
			ChildExit exit = new ChildExit(status, gone.output().standardErrorTail(),
					this.stopRequested ? null : breakdown, delay, gaveUp, null, hint);
			// With the lock, so that no thread sees the state without the exit.
			gone.exit(exit);
			return exit;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** With the lock. */
	private @Nullable Duration nextDelay() {
		RestartPolicy policy = this.specification.lifetime().restart();
		if (this.consecutiveRestarts >= policy.maxRestarts()) {
			return null;
		}
		this.consecutiveRestarts++;
		return policy.delay(this.consecutiveRestarts);
	}

	/** With the lock. */
	private void become(@Nullable Duration restartDelay, boolean gaveUp, ExitStatus status) {
		if (gaveUp) {
			this.reports.gaveUp(status);
		}
		become((restartDelay != null) ? SocketPairProcessState.WAITING_TO_RESTART
				: gaveUp ? SocketPairProcessState.GAVE_UP : SocketPairProcessState.STOPPED);
	}

	/**
	 * Wait for the time of a restart.
	 * @return whether a child is to be launched: not if a stop was requested
	 */
	boolean awaitRestart(Duration delay) throws InterruptedException {
		this.lock.lock();
		try {
			long left = (delay.compareTo(LONGEST) < 0) ? delay.toNanos() : Long.MAX_VALUE;
			this.restarting = true;
			while (left > 0 && !this.stopRequested && !this.restartAtOnce) {
				left = this.changed.awaitNanos(left);
			}
			this.launching = !this.stopRequested;
			return this.launching;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Note a restart that failed before there was a child, and decide what comes next.
	 */
	ChildExit restartFailed(ChildExit before, IOException failure) {
		this.lock.lock();
		try {
			this.launching = false;
			this.launchFailure = failure;
			Duration delay = this.stopRequested ? null : nextDelay();
			boolean gaveUp = !this.stopRequested && delay == null;
			this.reports.restartFailed(failure, delay);
			become(delay, gaveUp, before.status());
			return new ChildExit(before.status(), before.tail(), before.breakdown(), delay, gaveUp, failure, "");
		}
		finally {
			this.lock.unlock();
		}
	}

	// Stop

	/**
	 * Request a stop.
	 * @return the answer
	 */
	StopRequest requestStop() {
		this.lock.lock();
		try {
			if (this.stopRequested) {
				return StopRequest.ALREADY_REQUESTED;
			}
			if (this.state.isFinal()) {
				return StopRequest.NOTHING_TO_STOP;
			}
			this.stopRequested = true;
			become(SocketPairProcessState.STOPPING);
			return StopRequest.ACCEPTED;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Note that the supervising thread has failed. */
	void abandoned() {
		this.lock.lock();
		try {
			this.abandoned = true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Note that the supervising thread ends: no child runs, and none will. */
	void ended() {
		this.lock.lock();
		try {
			this.launching = false;
			become(this.state.isFinal() ? this.state : SocketPairProcessState.STOPPED);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * What a request to stop comes to.
	 */
	enum StopRequest {

		/** The caller ends the child. */
		ACCEPTED,

		/** Another caller ends the child. */
		ALREADY_REQUESTED,

		/** No child runs, and none will. */
		NOTHING_TO_STOP

	}

}
