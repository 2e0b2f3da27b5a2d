package dev.socketpair.process;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.socketpair.PairedSocket;
import dev.socketpair.message.MessageConnection;
import org.jspecify.annotations.Nullable;

/**
 * A process with a supervision for every time that it is started.
 */
final class SupervisedProcess implements SocketPairProcess {

	private final ChildSpecification specification;

	private final ChildLauncher launcher;

	private final ProcessLedger ledger = new ProcessLedger();

	private final ProcessEvents events;

	private final ProcessMessages messages;

	private final Object monitor = new Object();

	/** Written under the monitor. */
	private volatile @Nullable Supervision supervision;

	/** The child that is served, which may have ended. */
	private volatile @Nullable Child child;

	/** Guarded by the monitor. */
	private boolean closed;

	SupervisedProcess(ChildSpecification specification, ChildLauncher launcher,
			List<SocketPairProcessListener> listeners) {
		this.specification = specification;
		this.launcher = launcher;
		this.events = new ProcessEvents(specification.name(), listeners);
		this.messages = new ProcessMessages(this, specification, null);
	}

	@Override
	public String name() {
		return this.specification.name();
	}

	@Override
	public List<String> command() {
		return this.specification.command();
	}

	@Override
	public void start() throws IOException {
		Supervision started;
		synchronized (this.monitor) {
			if (this.closed) {
				throw new IllegalStateException("Process '%s' is closed".formatted(name()));
			}
			SocketPairProcessState state = state();
			if (!state.isFinal()) {
				throw new IllegalStateException(
						"Process '%s' cannot be started while it is %s".formatted(name(), state));
			}
			started = new Supervision(this, this.specification, this.launcher, this.ledger, this.events);
			this.supervision = started;
		}
		started.start();
	}

	@Override
	public void stop() {
		Supervision current = this.supervision;
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
		synchronized (this.monitor) {
			this.closed = true;
		}
		try {
			stop();
		}
		finally {
			hangUp();
		}
	}

	/**
	 * From here on messages go to this child, and what nobody received from the one
	 * before is dropped.
	 */
	void serve(Child next) {
		Child before = this.child;
		this.child = next;
		if (before != null) {
			before.discard();
		}
	}

	/**
	 * Return the child that is served.
	 * @throws ProcessNotRunningException if there was none yet
	 */
	Child served() throws ProcessNotRunningException {
		Child current = this.child;
		if (current == null) {
			throw new ProcessNotRunningException("Process '%s' was not started".formatted(name()));
		}
		return current;
	}

	boolean hasOpenConnection() {
		Child current = this.child;
		return current != null && current.connection().isOpen();
	}

	/** Close our end towards the current child. */
	void hangUp() {
		Child current = this.child;
		if (current != null) {
			current.discard();
		}
	}

	@Override
	public SocketPairProcessState state() {
		Supervision current = this.supervision;
		return (current != null) ? current.state() : SocketPairProcessState.STOPPED;
	}

	@Override
	public boolean isAlive() {
		Child current = this.child;
		return current != null && current.isAlive();
	}

	@Override
	public long pid() {
		Child current = this.child;
		return (current != null && current.isAlive()) ? current.pid() : NO_PID;
	}

	@Override
	public PairedSocket socket() {
		Child current = this.child;
		if (current == null) {
			throw new IllegalStateException("Process '%s' was not started".formatted(name()));
		}
		return current.socket();
	}

	@Override
	public MessageConnection messages() {
		return this.messages;
	}

	@Override
	public MessageConnection currentMessages() throws ProcessNotRunningException {
		return new ProcessMessages(this, this.specification, served());
	}

	@Override
	public long starts() {
		return this.ledger.starts();
	}

	@Override
	public long restarts() {
		return this.ledger.restarts();
	}

	@Override
	public Map<ExitStatus, Long> exits() {
		return this.ledger.exits();
	}

	@Override
	public @Nullable ExitStatus lastExit() {
		return this.ledger.lastExit();
	}

	@Override
	public boolean endedByItself() {
		Child current = this.child;
		return current != null && !current.isAlive() && !current.isStopRequested();
	}

	@Override
	public @Nullable Instant startedAt() {
		Child current = this.child;
		return (current != null) ? current.startedAt() : null;
	}

	@Override
	public List<String> standardErrorTail() {
		Child current = this.child;
		return (current != null) ? current.standardErrorTail() : List.of();
	}

	@Override
	public String toString() {
		return "SocketPairProcess[%s, %s, %s]".formatted(name(), command().get(0), state());
	}

}
