package dev.socketpair.process;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.socketpair.process.output.ProcessLog;
import dev.socketpair.process.output.StandardErrorTail;
import org.jspecify.annotations.Nullable;

/**
 * The thread of a supervision: waits for the exit of a child, makes it known, and starts
 * the next child where the restart policy says so.
 * <p>
 * It runs no code of listeners or callers, and so is always free to notice an exit. The
 * JDK's {@code onExit()} needs a thread of the common pool, which an application may have
 * filled.
 */
final class ChildSupervisor implements Runnable {

	private static final ProcessLog logger = new ProcessLog(Supervision.class);

	/** How long a killed child may take to exit before it is left to the kernel. */
	private static final long UNKILLABLE = TimeUnit.SECONDS.toNanos(10);

	private final ChildSpecification specification;

	private final ChildStarter starter;

	private final ServedChild served;

	private final SupervisionState state;

	private final ProcessReports reports;

	/** Counted down when the thread has nothing more to do. */
	private final CountDownLatch finished = new CountDownLatch(1);

	ChildSupervisor(ChildSpecification specification, ChildStarter starter, ServedChild served, SupervisionState state,
			ProcessReports reports) {
		this.specification = specification;
		this.starter = starter;
		this.served = served;
		this.state = state;
		this.reports = reports;
	}

	/**
	 * Return the latch that is counted down at the end of the supervision.
	 */
	CountDownLatch finished() {
		return this.finished;
	}

	@Override
	public void run() {
		try {
			supervise();
		}
		catch (InterruptedException | RuntimeException | Error ex) {
			logger.log(Level.ERROR, "Process '%s' is not supervised any more".formatted(this.specification.name()), ex);
			abandon();
		}
		finally {
			this.state.ended();
			this.finished.countDown();
		}
	}

	private void supervise() throws InterruptedException {
		Child current = this.state.awaitLaunched();
		while (current != null) {
			Breakdown breakdown = new ChildWatch(this.specification, current).await(this.state.isSettling());
			ChildExit exit = exited(current, current.awaitLastOutput(), breakdown);
			current = (exit.restartDelay() != null) ? restart(current, exit) : null;
		}
	}

	private ChildExit exited(Child gone, ExitStatus status, @Nullable Breakdown breakdown) {
		ChildExit exit = this.state.exited(gone, status, breakdown);
		gone.exited(exit);
		Child shown = this.served.child();
		if (shown != gone) {
			// It exited before it served.
			gone.discard();
			if (shown != null) {
				shown.exit(exit);
			}
		}
		this.reports.deliver();
		log(gone, exit);
		return exit;
	}

	private void log(Child gone, ChildExit exit) {
		boolean stopped = gone.isStopRequested();
		Level level = stopped ? Level.DEBUG : exit.isClean() ? Level.INFO : Level.WARNING;
		String tail = (stopped || exit.isClean()) ? "" : StandardErrorTail.describe(exit.tail());
		logger.log(level, "Process '%s' (pid %s) exited with %s%s%s".formatted(this.specification.name(), gone.pid(),
				exit.status(), exit.outlook(), tail));
	}

	/** Wait and launch, until there is a child or no restart any more. */
	private @Nullable Child restart(Child gone, ChildExit first) throws InterruptedException {
		ChildExit exit = first;
		cleanUp(gone);
		while (exit.restartDelay() != null) {
			if (!this.state.awaitRestart(exit.restartDelay())) {
				gone.exit(exit.withoutRestart());
				return null;
			}
			try {
				ChildMessages next = this.starter.launch();
				this.starter.prepareInBackground(next);
				this.reports.deliver();
				return next.child();
			}
			catch (IOException | RuntimeException | OutOfMemoryError | LinkageError ex) {
				// Without threads there is an OutOfMemoryError, and without descriptors
				// classes are not found.
				exit = this.state.restartFailed(exit, asIOException(ex));
				gone.exit(exit);
				this.reports.deliver();
				logger.log(Level.WARNING, "Process '%s'%s".formatted(this.specification.name(), exit.outlook()), ex);
			}
		}
		return null;
	}

	private void cleanUp(Child gone) {
		try {
			gone.cleanUp(this.specification.lifetime().patienceWithDescendants());
		}
		catch (RuntimeException | OutOfMemoryError | LinkageError ex) {
			// The next child must be started all the same.
			logger.log(Level.WARNING, "What process '%s' (pid %s) has left could not be ended"
				.formatted(this.specification.name(), gone.pid()), ex);
		}
	}

	private static IOException asIOException(Throwable failure) {
		return (failure instanceof IOException exception) ? exception : new IOException(failure.getMessage(), failure);
	}

	/** End a child that nothing watches any more, and release its callers. */
	private void abandon() {
		Child abandoned = this.state.child();
		if (abandoned == null) {
			return;
		}
		try {
			abandoned.tree().kill();
			this.state.abandoned();
			ChildExit exit = abandoned.exit();
			if (exit != null) {
				abandoned.exit(exit.withoutRestart());
			}
			else if (awaitKilled(abandoned)) {
				exited(abandoned, abandoned.status(), null);
			}
		}
		finally {
			abandoned.discard();
		}
	}

	/** An interrupt is why the thread is here: another one does not matter. */
	private static boolean awaitKilled(Child killed) {
		long deadline = System.nanoTime() + UNKILLABLE;
		while (true) {
			try {
				return killed.awaitProcessExit(deadline - System.nanoTime());
			}
			catch (InterruptedException ex) {
				// Goes on until the deadline.
			}
		}
	}

}
