package dev.socketpair.autoconfigure;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.socketpair.process.SocketPairProcess;

/**
 * Ends the start of processes when the virtual machine shuts down. The application
 * context, whose shutdown waits for the end of its start, cannot do it.
 */
final class ShutdownWhileStarting implements AutoCloseable {

	/** A start that cannot be stopped yet is tried again. */
	private static final long STOP_INTERVAL_MILLIS = 20;

	private final List<Start> starts = new CopyOnWriteArrayList<>();

	private final Thread hook = new Thread(this::stopStarting, "socketpair-shutdown");

	private volatile boolean shutdown;

	ShutdownWhileStarting() {
		try {
			Runtime.getRuntime().addShutdownHook(this.hook);
		}
		catch (IllegalStateException ex) {
			// It has begun.
			this.shutdown = true;
		}
	}

	/** Return whether the shutdown has begun, so that nothing may start. */
	boolean isShutdown() {
		return this.shutdown;
	}

	void add(SocketPairProcess process, CompletableFuture<Void> started) {
		this.starts.add(new Start(process, started));
	}

	private void stopStarting() {
		this.shutdown = true;
		this.starts.forEach(Start::stop);
	}

	@Override
	public void close() {
		try {
			Runtime.getRuntime().removeShutdownHook(this.hook);
		}
		catch (IllegalStateException ex) {
			// It runs, or has run.
		}
	}

	/** A process that is being started. */
	private record Start(SocketPairProcess process, CompletableFuture<Void> started) {

		void stop() {
			while (!this.started.isDone()) {
				this.process.stopAsync();
				try {
					this.started.get(STOP_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
				}
				catch (TimeoutException ex) {
					// Once more.
				}
				catch (ExecutionException ex) {
					return;
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
					return;
				}
			}
		}

	}

}
