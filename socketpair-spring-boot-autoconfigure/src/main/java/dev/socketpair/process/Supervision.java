package dev.socketpair.process;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketpair.message.MessageConnection;
import dev.socketpair.process.ProcessStartException.Reason;
import dev.socketpair.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * What a process goes through from a start to its end: one child after the other, as the
 * restart policy has it.
 * <p>
 * A thread of its own waits for the child to exit. It is there before the first child is,
 * runs no code of listeners or callers, and so is always free to notice an exit. The
 * JDK's {@code onExit()} needs a thread of the common pool, which an application may have
 * filled.
 */
final class Supervision implements Runnable {

	private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

	private static final ProcessLog logger = new ProcessLog(Supervision.class);

	private static final long KILL_INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);

	private static final Duration LONGEST_PATIENCE = Duration.ofSeconds(1);

	/** How often a start looks whether the child has said something. */
	private static final long LOOK_INTERVAL = TimeUnit.MILLISECONDS.toNanos(10);

	/** A process that the kernel does not let go holds nobody up for ever. */
	private static final long UNKILLABLE = TimeUnit.SECONDS.toNanos(10);

	private final SocketPairProcess process;

	private final ServedChild served;

	private final ChildSpecification specification;

	private final ChildLauncher launcher;

	private final ProcessLedger ledger;

	private final ProcessEvents events;

	private final List<SocketPairProcessInitializer> initializers;

	private final StateChanges changes;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	/** The thread has nothing more to do. */
	private final CountDownLatch finished = new CountDownLatch(1);

	/** Whoever stops has nothing more to do. */
	private final CountDownLatch terminated = new CountDownLatch(1);

	private volatile SocketPairProcessState state = SocketPairProcessState.STARTING;

	/** The current child, or the last one; written under the lock. */
	private volatile @Nullable Child child;

	/** Guarded by the lock, as all that follows. */
	private boolean launching = true;

	private boolean settling;

	private boolean restarting;

	private boolean failedToSettle;

	/** Whether a restart is not to wait any longer. */
	private boolean hurry;

	/** Why the last start or restart has failed. */
	private @Nullable IOException startFailure;

	private boolean stopRequested;

	/** Restarts in a row. */
	private int row;

	Supervision(SocketPairProcess process, ServedChild served, ChildSpecification specification, ChildLauncher launcher,
			List<SocketPairProcessInitializer> initializers, ProcessLedger ledger, ProcessEvents events,
			StateChanges changes) {
		this.process = process;
		this.served = served;
		this.specification = specification;
		this.launcher = launcher;
		this.ledger = ledger;
		this.events = events;
		this.initializers = initializers;
		this.changes = changes;
		this.settling = !specification.settleTime().isZero() || !initializers.isEmpty();
	}

	SocketPairProcessState state() {
		return this.state;
	}

	/**
	 * Start the first child and watch it for its settle time.
	 * @throws IOException if it cannot be started, or fails within that time
	 */
	void start() throws IOException {
		boolean supervised = false;
		Child first = null;
		try {
			DaemonThread.start(this.specification.name(), this);
			supervised = true;
			first = launch(false);
		}
		catch (IOException ex) {
			this.lock.lock();
			try {
				this.startFailure = ex;
			}
			finally {
				this.lock.unlock();
			}
			throw ex;
		}
		finally {
			if (first == null) {
				launchFailed(SocketPairProcessState.STOPPED);
			}
			if (!supervised) {
				this.finished.countDown();
			}
		}
		this.events.deliver();
		boolean initialized = this.initializers.isEmpty() || initialize(first, false);
		settle(first, initialized ? this.specification.settleTime().toNanos() : UNKILLABLE);
	}

	/**
	 * Launch a child. If a stop is requested meanwhile, whoever requests it waits for the
	 * child, and then stops it.
	 */
	private Child launch(boolean again) throws IOException {
		Child launched = this.launcher.launch();
		this.lock.lock();
		try {
			this.child = launched;
			this.launching = false;
			if (this.initializers.isEmpty()) {
				serve(launched, again);
			}
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
		logger.log(Level.INFO,
				"Process '%s' was started with pid %s".formatted(this.specification.name(), launched.pid()));
		return launched;
	}

	/** With the lock: what is told of a child is told when it is served. */
	private void serve(Child launched, boolean again) {
		if (launched.ending() != null) {
			return;
		}
		this.served.serve(launched);
		tellStart(launched, again);
		if (!this.stopRequested && !this.settling) {
			become(SocketPairProcessState.RUNNING);
		}
	}

	/** With the lock. */
	private void tellStart(Child launched, boolean again) {
		if (launched.tellStart()) {
			this.ledger.started(again);
			long pid = launched.pid();
			this.events.add((listener) -> listener.started(this.process, pid));
		}
	}

	/** Prepare a child, and then serve it. */
	private boolean initialize(Child launched, boolean again) {
		MessageConnection messages = new ProcessMessages(this.served, this.specification, launched);
		try {
			for (SocketPairProcessInitializer initializer : this.initializers) {
				initializer.initialize(this.specification.name(), messages);
			}
		}
		catch (Exception | Error ex) {
			logger.log(Level.WARNING, "The initialization of process '%s' (pid %s) failed"
				.formatted(this.specification.name(), launched.pid()), ex);
			launched.initializationFailed(ex);
			return false;
		}
		this.lock.lock();
		try {
			serve(launched, again);
		}
		finally {
			this.lock.unlock();
		}
		this.events.deliver();
		return true;
	}

	/** With the lock. */
	private void become(SocketPairProcessState next) {
		this.state = next;
		if (next != SocketPairProcessState.STARTING) {
			this.hurry = false;
		}
		this.changed.signalAll();
		this.changes.changed();
	}

	/**
	 * Wait until a child runs: one that another thread starts, or the next one, whose
	 * restart does not wait any longer.
	 * @throws IOException if it fails, or the thread is interrupted
	 */
	void join() throws IOException {
		this.lock.lock();
		try {
			if (this.state == SocketPairProcessState.WAITING_TO_RESTART) {
				this.hurry = true;
				this.changed.signalAll();
			}
			while (this.state == SocketPairProcessState.STARTING || this.hurry) {
				this.changed.await();
			}
			if (this.state == SocketPairProcessState.RUNNING) {
				return;
			}
			throw joined();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException(
					"Interrupted while process '%s' was starting".formatted(this.specification.name()));
		}
		finally {
			this.lock.unlock();
		}
	}

	/** With the lock: why there is no child after all. */
	private IOException joined() {
		Child last = this.child;
		if (this.stopRequested) {
			return EarlyExit.stopped(this.specification);
		}
		if (this.startFailure instanceof ProcessStartException failure) {
			return failure.again();
		}
		if (this.startFailure != null) {
			return new IOException(this.startFailure.getMessage(), this.startFailure);
		}
		Ending ending = (last != null) ? last.ending() : null;
		if (last == null || ending == null) {
			return EarlyExit.stopped(this.specification);
		}
		return this.failedToSettle ? failedToSettle(last, ending) : ending.exception(this.specification, null);
	}

	private ProcessStartException failedToSettle(Child failed, Ending ending) {
		if (ending.breakdown() != null) {
			return EarlyExit.brokenDown(this.specification, ending.breakdown(), failed.age(),
					failed.standardErrorTail());
		}
		return EarlyExit.failed(this.specification, ending.status(), failed.age(), failed.standardErrorTail());
	}

	private void launchFailed(SocketPairProcessState next) {
		this.lock.lock();
		try {
			this.launching = false;
			become(next);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void settle(Child watched, long nanoseconds) throws IOException {
		try {
			awaitSettled(watched, nanoseconds);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			// An interrupted thread gives nobody any time.
			stop();
			watched.discard();
			throw new InterruptedIOException("Interrupted while process '%s' was starting"
				.formatted(Printable.message(this.specification.name())));
		}
		ProcessStartException failure = settled(watched);
		if (failure != null) {
			if (failure.reason() == Reason.STOPPED) {
				stop();
			}
			else if (awaitEnd(this.finished)) {
				Thread.currentThread().interrupt();
			}
			watched.discard();
			throw failure;
		}
	}

	/**
	 * Wait until the child has said something, has ended, or has lived for its settle
	 * time.
	 */
	private void awaitSettled(Child watched, long nanoseconds) throws InterruptedException {
		long left = nanoseconds;
		while (left > 0 && !watched.awaitEnding(Math.min(left, LOOK_INTERVAL))) {
			left -= LOOK_INTERVAL;
			if (nanoseconds != UNKILLABLE && watched.hasSpoken()) {
				break;
			}
		}
		if (nanoseconds > 0 && watched.breakdown() != null) {
			// It is being ended.
			watched.awaitEnding(UNKILLABLE);
		}
	}

	private @Nullable ProcessStartException settled(Child watched) {
		this.lock.lock();
		try {
			this.settling = false;
			if (this.state == SocketPairProcessState.STARTING) {
				become(SocketPairProcessState.RUNNING);
			}
			Ending ending = watched.ending();
			if (this.failedToSettle && ending != null) {
				return failedToSettle(watched, ending);
			}
			return this.stopRequested ? EarlyExit.stopped(this.specification) : null;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void run() {
		SocketPairProcessState last = SocketPairProcessState.STOPPED;
		try {
			last = supervise();
		}
		catch (InterruptedException | RuntimeException | Error ex) {
			logger.log(Level.ERROR, "Process '%s' is not supervised any more".formatted(this.specification.name()), ex);
			Child abandoned = this.child;
			if (abandoned != null) {
				abandoned.tree().kill();
				abandoned.discard();
			}
		}
		finally {
			launchFailed(last);
			this.finished.countDown();
		}
	}

	private SocketPairProcessState supervise() throws InterruptedException {
		Child current = awaitLaunched();
		while (current != null) {
			Breakdown breakdown = new ChildWatch(this.specification, current).await(this.settling);
			Ending ending = exited(current, current.awaitLastWords(), breakdown);
			current.ended(ending);
			Child shown = this.served.child();
			if (shown != current) {
				// It ended before it served.
				current.discard();
			}
			if (shown != null && shown != current) {
				shown.ending(ending);
			}
			this.events.deliver();
			log(current, ending);
			current = (ending.restartDelay() != null) ? restart(current, ending) : null;
		}
		return this.state.isFinal() ? this.state : SocketPairProcessState.STOPPED;
	}

	private @Nullable Child awaitLaunched() {
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

	/** Note the exit, and decide what comes after it. */
	private Ending exited(Child gone, ExitStatus status, @Nullable Breakdown breakdown) {
		this.lock.lock();
		try {
			Duration delay = null;
			boolean tooMany = false;
			boolean failed = !status.isSuccess() || breakdown != null;
			this.failedToSettle = this.settling && !this.stopRequested && failed;
			this.settling = false;
			if (!this.stopRequested && !this.failedToSettle && this.specification.restart().appliesTo(failed)) {
				if (gone.age().compareTo(this.specification.restart().goodLife()) >= 0) {
					this.row = 0;
				}
				delay = nextDelay();
				tooMany = delay == null;
			}
			tellStart(gone, this.restarting);
			this.ledger.exited(status);
			Duration restartDelay = delay;
			this.events.add((listener) -> listener.exited(this.process, gone.pid(), status, restartDelay));
			become(delay, tooMany, status);
			String hint = (failed || this.stopRequested) ? "" : EarlyExit.afterSuccess(this.specification, gone.age());
			return new Ending(status, gone.standardErrorTail(), this.stopRequested ? null : breakdown, delay, tooMany,
					null, hint);
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable Duration nextDelay() {
		if (this.row >= this.specification.restart().maxRestarts()) {
			return null;
		}
		this.row++;
		return this.specification.restart().delay(this.row);
	}

	private void become(@Nullable Duration delay, boolean tooMany, ExitStatus status) {
		if (delay != null) {
			become(SocketPairProcessState.WAITING_TO_RESTART);
			return;
		}
		if (tooMany) {
			this.events.add((listener) -> listener.gaveUp(this.process, status));
		}
		become(tooMany ? SocketPairProcessState.GAVE_UP : SocketPairProcessState.STOPPED);
	}

	private void log(Child gone, Ending ending) {
		Level level = ending.isClean() ? Level.INFO : Level.WARNING;
		boolean expected = ending.isClean() || gone.isStopRequested();
		logger.log(gone.isStopRequested() ? Level.DEBUG : level,
				"Process '%s' (pid %s) exited with %s%s%s".formatted(this.specification.name(), gone.pid(),
						ending.status(), ending.outlook(), expected ? "" : StandardErrorTail.describe(ending.tail())));
	}

	/** Wait and start again, until there is a child or no restart any more. */
	private @Nullable Child restart(Child gone, Ending first) throws InterruptedException {
		Ending ending = first;
		gone.cleanUp(patience());
		while (ending.restartDelay() != null) {
			if (!awaitRestart(ending.restartDelay())) {
				gone.ending(ending.withoutRestart());
				return null;
			}
			try {
				Child next = launch(true);
				if (!this.initializers.isEmpty()) {
					// This thread is to notice the exit.
					initializeInBackground(next);
				}
				this.events.deliver();
				return next;
			}
			catch (IOException | RuntimeException | OutOfMemoryError | LinkageError ex) {
				// Errors too: out of threads is out of memory, out of descriptors no
				// class is found.
				ending = restartFailed(ending, ex);
				gone.ending(ending);
				this.events.deliver();
				logger.log(Level.WARNING, "Process '%s'%s".formatted(this.specification.name(), ending.outlook()), ex);
			}
		}
		return null;
	}

	private void initializeInBackground(Child next) {
		try {
			DaemonThread.start(this.specification.name() + "-initialize", () -> initialize(next, true));
		}
		catch (OutOfMemoryError ex) {
			// No thread to be had.
			next.initializationFailed(ex);
		}
	}

	/** Return whether it is time, and no stop was requested. */
	private boolean awaitRestart(Duration delay) throws InterruptedException {
		this.lock.lock();
		try {
			// 292 years and more are for ever.
			long left = (delay.compareTo(LONGEST) < 0) ? delay.toNanos() : Long.MAX_VALUE;
			this.restarting = true;
			while (left > 0 && !this.stopRequested && !this.hurry) {
				left = this.changed.awaitNanos(left);
			}
			this.launching = !this.stopRequested;
			return this.launching;
		}
		finally {
			this.lock.unlock();
		}
	}

	private Ending restartFailed(Ending before, Throwable failure) {
		IOException reason = (failure instanceof IOException exception) ? exception
				: new IOException(failure.getMessage(), failure);
		this.lock.lock();
		try {
			this.launching = false;
			this.startFailure = reason;
			this.changed.signalAll();
			Duration delay = this.stopRequested ? null : nextDelay();
			boolean tooMany = !this.stopRequested && delay == null;
			this.events.add((listener) -> listener.restartFailed(this.process, reason, delay));
			become(delay, tooMany, before.status());
			return new Ending(before.status(), before.tail(), before.breakdown(), delay, tooMany, reason, "");
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * End the child and start no other; returns when all is over. May be called by
	 * several threads at once.
	 */
	void stop() {
		boolean interrupted = false;
		if (requestStop()) {
			try {
				interrupted = terminate();
			}
			finally {
				this.terminated.countDown();
			}
		}
		interrupted |= awaitEnd(this.finished, this.terminated);
		Child last = this.child;
		if (last != null) {
			last.stopped();
			last.cleanUp(interrupted ? Duration.ZERO : patience());
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	/** How long descendants may take that have outlived their parent. */
	private Duration patience() {
		Duration half = this.specification.stopTimeout().dividedBy(2);
		return (half.compareTo(LONGEST_PATIENCE) < 0) ? half : LONGEST_PATIENCE;
	}

	/** End what the last child has left, before another process is started. */
	void cleanUp() {
		Child last = this.child;
		if (last != null) {
			last.cleanUp(patience());
		}
	}

	/**
	 * Kill the child, which then has failed like any other; returns when it is gone.
	 */
	void killChild() {
		Child last = this.child;
		if (last == null || last.ending() != null) {
			return;
		}
		long end = System.nanoTime() + UNKILLABLE;
		try {
			do {
				kill();
			}
			while (!last.awaitEnding(KILL_INTERVAL) && System.nanoTime() - end < 0);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private boolean terminate() {
		Child last = awaitLaunched();
		return last != null && last.ending() == null
				&& new Termination(this.specification.name(), last, this.specification.stopTimeout()).run();
	}

	/** Return whether it was not requested before. */
	private boolean requestStop() {
		this.lock.lock();
		try {
			if (this.stopRequested) {
				return false;
			}
			if (this.state.isFinal()) {
				this.terminated.countDown();
				return false;
			}
			this.stopRequested = true;
			become(SocketPairProcessState.STOPPING);
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Return whether this thread was interrupted. */
	private boolean awaitEnd(CountDownLatch... ends) {
		boolean interrupted = false;
		long deadline = System.nanoTime() + this.specification.stopTimeout().toNanos() + UNKILLABLE;
		while (true) {
			try {
				for (CountDownLatch end : ends) {
					end.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
				}
				return interrupted;
			}
			catch (InterruptedException ex) {
				interrupted = true;
				kill();
			}
		}
	}

	/** Who is interrupted while another thread stops the process does not wait either. */
	private void kill() {
		Child last = this.child;
		if (last != null && last.ending() == null) {
			last.tree().look();
			last.tree().kill();
		}
	}

}
