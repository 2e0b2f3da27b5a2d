package dev.socketpair.process;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

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

	/** A process that the kernel does not let go holds nobody up for ever. */
	private static final long UNKILLABLE = TimeUnit.SECONDS.toNanos(10);

	private final SocketPairProcess process;

	private final ServedChild served;

	private final ChildSpecification specification;

	private final ChildLauncher launcher;

	private final ProcessLedger ledger;

	private final ProcessEvents events;

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

	private boolean failedToSettle;

	private boolean stopRequested;

	/** Restarts in a row. */
	private int row;

	Supervision(SocketPairProcess process, ServedChild served, ChildSpecification specification, ChildLauncher launcher,
			ProcessLedger ledger, ProcessEvents events) {
		this.process = process;
		this.served = served;
		this.specification = specification;
		this.launcher = launcher;
		this.ledger = ledger;
		this.events = events;
		this.settling = !specification.settleTime().isZero();
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
		finally {
			if (first == null) {
				launchFailed(SocketPairProcessState.STOPPED);
			}
			if (!supervised) {
				this.finished.countDown();
			}
		}
		this.events.deliver();
		settle(first);
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
			this.ledger.started(again);
			long pid = launched.pid();
			this.events.add((listener) -> listener.started(this.process, pid));
			if (!this.stopRequested && !this.settling) {
				this.state = SocketPairProcessState.RUNNING;
			}
			this.served.serve(launched);
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
		logger.log(Level.INFO,
				"Process '%s' was started with pid %s".formatted(this.specification.name(), launched.pid()));
		return launched;
	}

	private void launchFailed(SocketPairProcessState next) {
		this.lock.lock();
		try {
			this.launching = false;
			this.state = next;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void settle(Child watched) throws IOException {
		try {
			watched.awaitEnding(this.specification.settleTime().toNanos());
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

	private @Nullable ProcessStartException settled(Child watched) {
		this.lock.lock();
		try {
			this.settling = false;
			if (this.state == SocketPairProcessState.STARTING) {
				this.state = SocketPairProcessState.RUNNING;
			}
			if (this.failedToSettle) {
				return EarlyExit.failed(this.specification, this.ledger.lastExit(), watched.age(),
						watched.standardErrorTail());
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
			Ending ending = exited(current, current.awaitExit());
			current.ended(ending);
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
	private Ending exited(Child gone, ExitStatus status) {
		this.lock.lock();
		try {
			Duration delay = null;
			boolean tooMany = false;
			this.failedToSettle = this.settling && !this.stopRequested && !status.isSuccess();
			this.settling = false;
			if (!this.stopRequested && !this.failedToSettle && this.specification.restart().appliesTo(status)) {
				if (gone.age().compareTo(this.specification.restart().goodLife()) >= 0) {
					this.row = 0;
				}
				delay = nextDelay();
				tooMany = delay == null;
			}
			this.ledger.exited(status);
			Duration restartDelay = delay;
			this.events.add((listener) -> listener.exited(this.process, gone.pid(), status, restartDelay));
			become(delay, tooMany, status);
			return new Ending(status, gone.standardErrorTail(), delay, tooMany, null);
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
			this.state = SocketPairProcessState.WAITING_TO_RESTART;
			return;
		}
		if (tooMany) {
			this.events.add((listener) -> listener.gaveUp(this.process, status));
		}
		this.state = tooMany ? SocketPairProcessState.GAVE_UP : SocketPairProcessState.STOPPED;
	}

	private void log(Child gone, Ending ending) {
		boolean expected = ending.isClean() || gone.isStopRequested();
		logger.log(expected ? Level.DEBUG : Level.WARNING,
				"Process '%s' (pid %s) exited with %s%s%s".formatted(this.specification.name(), gone.pid(),
						ending.status(), ending.outlook(), expected ? "" : StandardErrorTail.describe(ending.tail())));
	}

	/** Wait and start again, until there is a child or no restart any more. */
	private @Nullable Child restart(Child gone, Ending first) throws InterruptedException {
		Ending ending = first;
		while (ending.restartDelay() != null) {
			if (!awaitRestart(ending.restartDelay())) {
				gone.ending(ending.withoutRestart());
				return null;
			}
			try {
				Child next = launch(true);
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

	/** Return whether it is time, and no stop was requested. */
	private boolean awaitRestart(Duration delay) throws InterruptedException {
		this.lock.lock();
		try {
			// 292 years and more are for ever.
			long left = (delay.compareTo(LONGEST) < 0) ? delay.toNanos() : Long.MAX_VALUE;
			while (left > 0 && !this.stopRequested) {
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
			this.changed.signalAll();
			Duration delay = this.stopRequested ? null : nextDelay();
			boolean tooMany = !this.stopRequested && delay == null;
			this.events.add((listener) -> listener.restartFailed(this.process, reason, delay));
			become(delay, tooMany, before.status());
			return new Ending(before.status(), before.tail(), delay, tooMany, reason);
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
		}
		if (interrupted) {
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
			this.state = SocketPairProcessState.STOPPING;
			this.changed.signalAll();
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
