package dev.socketpair.process;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import dev.socketpair.process.output.DaemonThread;
import dev.socketpair.process.output.ProcessLog;

/**
 * Delivers events to listeners, in order, in a thread that ends when there are none left:
 * a listener that waits delays neither the supervisor nor a caller that stops the
 * process.
 */
final class ProcessEvents implements Runnable {

	private static final ProcessLog logger = new ProcessLog(ProcessEvents.class);

	private final String name;

	private final List<SocketPairProcessListener> listeners;

	private final Queue<Consumer<SocketPairProcessListener>> events = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean delivering = new AtomicBoolean();

	ProcessEvents(String name, List<SocketPairProcessListener> listeners) {
		this.name = name;
		this.listeners = new CopyOnWriteArrayList<>(listeners);
	}

	void addListener(SocketPairProcessListener listener) {
		this.listeners.add(Objects.requireNonNull(listener, "'listener' must not be null"));
	}

	/**
	 * Add an event, to be delivered by the next {@link #deliver()}.
	 */
	void add(Consumer<SocketPairProcessListener> event) {
		if (!this.listeners.isEmpty()) {
			this.events.add(event);
		}
	}

	void deliver() {
		if (!this.events.isEmpty() && this.delivering.compareAndSet(false, true)) {
			try {
				DaemonThread.start(this.name + "-events", this);
			}
			catch (OutOfMemoryError ex) {
				// No thread is available. The next event tries again.
				this.delivering.set(false);
			}
		}
	}

	@Override
	public void run() {
		do {
			try {
				Consumer<SocketPairProcessListener> event;
				while ((event = this.events.poll()) != null) {
					deliver(event);
				}
			}
			finally {
				this.delivering.set(false);
			}
		}
		while (!this.events.isEmpty() && this.delivering.compareAndSet(false, true));
	}

	private void deliver(Consumer<SocketPairProcessListener> event) {
		for (SocketPairProcessListener listener : this.listeners) {
			try {
				event.accept(listener);
			}
			catch (Exception | Error ex) {
				logger.log(Level.WARNING, "A listener of process '%s' failed".formatted(this.name), ex);
			}
		}
	}

}
