package dev.socketpair.process;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketpair.PairedSocket;
import dev.socketpair.libc.EarlyLoading;
import dev.socketpair.message.MessageConnection;
import dev.socketpair.process.output.DaemonThread;
import dev.socketpair.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * A process with a {@link Supervision} for each run from a start to a stop.
 */
final class SupervisedProcess implements SocketPairProcess {

	private static final Duration LONGEST = Duration.ofDays(365);

	private final ChildSpecification specification;

	private final ChildLauncher launcher;

	private final ProcessCounters counters = new ProcessCounters();

	private final List<SocketPairProcessInitializer> initializers;

	private final ProcessEvents events;

	private final ProcessMessages messages;

	private final ServedChild served;

	private final Runs runs = new Runs();

	SupervisedProcess(ChildSpecification specification, ChildLauncher launcher,
			List<SocketPairProcessInitializer> initializers, List<SocketPairProcessListener> listeners) {
		this.initializers = initializers;
		this.specification = specification;
		this.launcher = launcher;
		this.events = new ProcessEvents(specification.name(), listeners);
		this.served = new ServedChild(specification.name());
		this.messages = new ProcessMessages(this.served, specification, null);
		EarlyLoading.initialize(ChildExit.class, ChildMessages.class, ChildShutdown.class, ChildStarter.class,
				ChildSupervisor.class, ChildWatch.class, DaemonThread.class, EarlyExit.class, ProcessReports.class,
				SocketPairProcessState.class, Supervision.class, SupervisionState.class);
	}

	@Override
	public String name() {
		return this.specification.name();
	}

	@Override
	public List<String> command() {
		return this.specification.launch().command();
	}

	@Override
	public void start() throws IOException {
		Supervision before;
		Supervision begun = null;
		synchronized (this.runs) {
			if (this.runs.closed) {
				throw new IllegalStateException("Process '%s' is closed".formatted(Printable.message(name())));
			}
			before = this.runs.last;
			SocketPairProcessState state = state();
			if (state == SocketPairProcessState.STOPPING) {
				throw new IllegalStateException(
						"Process '%s' cannot be started while it is %s".formatted(Printable.message(name()), state));
			}
			if (before == null || state.isFinal()) {
				begun = new Supervision(this.specification, this.launcher, this.initializers, this.served,
						new ProcessReports(this, this.counters, this.events, this.runs.changes));
				this.runs.last = begun;
			}
		}
		if (begun != null) {
			begun.start(before);
		}
		else if (before != null) {
			before.join();
		}
	}

	@Override
	public void restart() throws IOException {
		try {
			this.runs.restarting.lockInterruptibly();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException(
					"Interrupted while process '%s' was restarting".formatted(Printable.message(name())));
		}
		try {
			stop();
			start();
		}
		finally {
			this.runs.restarting.unlock();
		}
	}

	@Override
	public void kill() {
		Supervision current = this.runs.last;
		if (current != null) {
			current.killChild();
		}
	}

	@Override
	public boolean awaitRunning(Duration timeout) throws InterruptedException {
		if (timeout.isNegative()) {
			throw new IllegalArgumentException("'timeout' must not be negative, but is " + timeout);
		}
		long nanoseconds = (timeout.compareTo(LONGEST) < 0) ? timeout.toNanos() : LONGEST.toNanos();
		return this.runs.changes.await(() -> state() == SocketPairProcessState.RUNNING && !isDown(), nanoseconds);
	}

	@Override
	public void stop() {
		Supervision current = this.runs.last;
		if (current != null) {
			current.stop();
		}
	}

	@Override
	public CompletableFuture<Void> stopAsync() {
		CompletableFuture<Void> stopped = new CompletableFuture<>();
		DaemonThread.start(name() + "-stop", () -> {
			try {
				stop();
				stopped.complete(null);
			}
			catch (Throwable ex) {
				stopped.completeExceptionally(ex);
			}
		});
		return stopped;
	}

	@Override
	public void close() {
		synchronized (this.runs) {
			this.runs.closed = true;
		}
		try {
			stop();
		}
		finally {
			this.served.hangUp();
		}
	}

	@Override
	public SocketPairProcessState state() {
		Supervision current = this.runs.last;
		return (current != null) ? current.state() : SocketPairProcessState.STOPPED;
	}

	@Override
	public boolean isAlive() {
		Child current = this.served.child();
		return current != null && current.isAlive();
	}

	@Override
	public long pid() {
		Child current = this.served.child();
		return (current != null && current.isAlive()) ? current.pid() : NO_PID;
	}

	@Override
	public PairedSocket socket() {
		return this.served.socket();
	}

	@Override
	public MessageConnection messages() {
		return this.messages;
	}

	@Override
	public MessageConnection currentMessages() throws ProcessNotRunningException {
		return new ProcessMessages(this.served, this.specification, this.served.require());
	}

	@Override
	public void addListener(SocketPairProcessListener listener) {
		this.events.addListener(listener);
	}

	@Override
	public long starts() {
		return this.counters.starts();
	}

	@Override
	public long restarts() {
		return this.counters.restarts();
	}

	@Override
	public Map<ExitStatus, Long> exits() {
		return this.counters.exits();
	}

	@Override
	public @Nullable ExitStatus lastExit() {
		return this.counters.lastExit();
	}

	@Override
	public boolean endedByItself() {
		Child current = this.served.child();
		return current != null && !current.isAlive() && !current.isStopRequested();
	}

	@Override
	public boolean isDown() {
		Child current = this.served.child();
		if (current == null) {
			return false;
		}
		ChildExit exit = current.exit();
		return switch (state()) {
			case WAITING_TO_RESTART, GAVE_UP -> true;
			case STOPPED -> !current.isStopRequested() && exit != null && exit.isFailure();
			case RUNNING, STARTING -> current.isAlive() && current.breakdown() != null;
			case STOPPING -> false;
		};
	}

	@Override
	public @Nullable Instant startedAt() {
		Child current = this.served.child();
		return (current != null) ? current.startedAt() : null;
	}

	@Override
	public List<String> standardErrorTail() {
		Child current = this.served.child();
		return (current != null) ? current.output().standardErrorTail() : List.of();
	}

	@Override
	public String toString() {
		return "SocketPairProcess[%s, %s, %s]".formatted(name(), command().get(0), state());
	}

	/** The state that changes. A copy of this process shares it, as a test's spy does. */
	private static final class Runs {

		/** Written under the monitor of this object. */
		volatile @Nullable Supervision last;

		/** Guarded by the monitor of this object. */
		boolean closed;

		final StateChanges changes = new StateChanges();

		/** For one restart at a time. */
		final ReentrantLock restarting = new ReentrantLock();

	}

}
