package dev.socketpair.process;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.socketpair.process.ProcessStartException.Reason;
import dev.socketpair.process.SupervisionState.StopRequest;
import dev.socketpair.process.output.DaemonThread;
import dev.socketpair.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * One run of a process, from a start until it is stopped or no child is started any more:
 * one child after the other, as the restart policy says.
 * <p>
 * {@link ChildStarter} launches the children and {@link ChildSupervisor} waits for their
 * exits in a thread of its own, which is there before the first child is. What they have
 * to agree on is in {@link SupervisionState}. Here are the calls of other threads: to
 * start, to stop and to kill.
 */
final class Supervision {

	/** How often a start polls whether the child has sent anything. */
	private static final long SETTLE_POLL_INTERVAL = TimeUnit.MILLISECONDS.toNanos(10);

	private static final long KILL_INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);

	/** A process that the kernel does not end must not keep callers for ever. */
	private static final long UNKILLABLE = TimeUnit.SECONDS.toNanos(10);

	private final ChildSpecification specification;

	private final ProcessReports reports;

	private final SupervisionState state;

	private final ChildStarter starter;

	private final ChildSupervisor supervisor;

	/** Counted down when the child was ended, or there was none to end. */
	private final CountDownLatch shutDown = new CountDownLatch(1);

	Supervision(ChildSpecification specification, ChildLauncher launcher,
			List<SocketPairProcessInitializer> initializers, ServedChild served, ProcessReports reports) {
		boolean settling = !specification.lifetime().settleTime().isZero() || !initializers.isEmpty();
		this.specification = specification;
		this.reports = reports;
		this.state = new SupervisionState(specification, served, reports, settling);
		this.starter = new ChildStarter(specification, launcher, initializers, served, this.state, reports);
		this.supervisor = new ChildSupervisor(specification, this.starter, served, this.state, reports);
	}

	SocketPairProcessState state() {
		return this.state.state();
	}

	/**
	 * Start the first child and watch it for its settle time.
	 * @param before the run before this one, which has ended, or {@code null}
	 * @throws IOException if the child cannot be started, or fails within that time
	 */
	void start(@Nullable Supervision before) throws IOException {
		ChildMessages first = launch(before);
		this.reports.deliver();
		boolean prepared = this.starter.prepare(first);
		settle(first.child(), prepared ? this.specification.lifetime().settleTime().toNanos() : UNKILLABLE);
	}

	private ChildMessages launch(@Nullable Supervision before) throws IOException {
		boolean supervised = false;
		boolean launched = false;
		IOException failure = null;
		try {
			if (before != null) {
				before.cleanUp();
			}
			DaemonThread.start(this.specification.name(), this.supervisor);
			supervised = true;
			ChildMessages first = this.starter.launch();
			launched = true;
			return first;
		}
		catch (IOException ex) {
			failure = ex;
			throw ex;
		}
		finally {
			if (!launched) {
				this.state.launchFailed(failure);
			}
			if (!supervised) {
				this.supervisor.finished().countDown();
			}
		}
	}

	/** End what the last child has left, before another run starts. */
	private void cleanUp() {
		Child last = this.state.child();
		if (last != null) {
			last.cleanUp(this.specification.lifetime().patienceWithDescendants());
		}
	}

	private void settle(Child watched, long nanoseconds) throws IOException {
		try {
			awaitSettled(watched, nanoseconds);
		}
		catch (InterruptedException ex) {
			// With the interrupt set the child gets no time to end by itself.
			Thread.currentThread().interrupt();
			stop();
			watched.discard();
			throw interrupted();
		}
		ProcessStartException failure = this.state.settled(watched);
		if (failure != null) {
			if (failure.reason() == Reason.STOPPED) {
				stop();
			}
			else if (awaitEnd(this.supervisor.finished())) {
				Thread.currentThread().interrupt();
			}
			watched.discard();
			throw failure;
		}
	}

	/**
	 * Wait until the child has sent something, has exited, or has run for its settle
	 * time.
	 */
	private void awaitSettled(Child watched, long nanoseconds) throws InterruptedException {
		long left = nanoseconds;
		while (left > 0 && !watched.awaitExit(Math.min(left, SETTLE_POLL_INTERVAL))) {
			left -= SETTLE_POLL_INTERVAL;
			if (nanoseconds != UNKILLABLE && watched.hasSpoken()) {
				break;
			}
		}
		if (nanoseconds > 0 && watched.breakdown() != null) {
			// It is being ended.
			watched.awaitExit(UNKILLABLE);
		}
	}

	/**
	 * Wait until a child runs that another thread starts, or the next one, whose restart
	 * does not wait any longer.
	 * @throws IOException if it fails, or the thread is interrupted
	 */
	void join() throws IOException {
		try {
			this.state.awaitStarted();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw interrupted();
		}
	}

	private InterruptedIOException interrupted() {
		return new InterruptedIOException(
				"Interrupted while process '%s' was starting".formatted(Printable.message(this.specification.name())));
	}

	/**
	 * End the child and start no other; returns when all is over. May be called by
	 * several threads at once.
	 */
	void stop() {
		boolean interrupted = false;
		StopRequest request = this.state.requestStop();
		if (request != StopRequest.ALREADY_REQUESTED) {
			try {
				interrupted = request == StopRequest.ACCEPTED && shutDown();
			}
			finally {
				this.shutDown.countDown();
			}
		}
		interrupted |= awaitEnd(this.supervisor.finished(), this.shutDown);
		Child last = this.state.child();
		if (last != null) {
			last.stopped();
			last.cleanUp(interrupted ? Duration.ZERO : this.specification.lifetime().patienceWithDescendants());
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	/** Return whether this thread was interrupted. */
	private boolean shutDown() {
		Child last = this.state.awaitLaunched();
		return last != null && last.exit() == null && new ChildShutdown(this.specification, last).run();
	}

	/** Return whether this thread was interrupted, in which case the child was killed. */
	private boolean awaitEnd(CountDownLatch... ends) {
		boolean interrupted = false;
		long deadline = System.nanoTime() + this.specification.lifetime().stopTimeout().toNanos() + UNKILLABLE;
		while (true) {
			try {
				for (CountDownLatch end : ends) {
					end.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
				}
				return interrupted;
			}
			catch (InterruptedException ex) {
				interrupted = true;
				Child last = this.state.child();
				if (last != null) {
					kill(last);
				}
			}
		}
	}

	/**
	 * Kill the child, which then has failed like any other; returns when it is gone.
	 */
	void killChild() {
		Child last = this.state.child();
		if (last == null || last.exit() != null) {
			return;
		}
		long deadline = System.nanoTime() + UNKILLABLE;
		try {
			do {
				kill(last);
			}
			while (!last.awaitExit(KILL_INTERVAL) && System.nanoTime() - deadline < 0);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static void kill(Child child) {
		if (child.exit() == null) {
			child.tree().discover();
			child.tree().kill();
		}
	}

}
