package dev.socketpair.autoconfigure.process;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessState;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.SmartLifecycle;

/**
 * Starts the configured processes before the web server accepts requests, and stops them
 * after it has drained. They are started, and stopped, all at once.
 */
class SocketPairProcessLifecycle implements SmartLifecycle {

	/**
	 * Before the web server, which is at {@code DEFAULT_PHASE - 2048}, and the listeners
	 * of messaging systems, which are later.
	 */
	static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

	private static final Log logger = LogFactory.getLog(SocketPairProcessLifecycle.class);

	private final Supplier<Map<String, SocketPairProcess>> processes;

	private final List<String> namesToStart;

	private final boolean starts;

	private volatile boolean running;

	/**
	 * Create the lifecycle.
	 * @param processes all processes by name
	 * @param namesToStart those that start with the application
	 * @param starts whether they do here
	 */
	SocketPairProcessLifecycle(Supplier<Map<String, SocketPairProcess>> processes, List<String> namesToStart,
			boolean starts) {
		this.processes = processes;
		this.namesToStart = namesToStart;
		this.starts = starts;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public void start() {
		this.running = true;
		Map<String, SocketPairProcess> all = this.processes.get();
		List<SocketPairProcess> toStart = this.namesToStart.stream()
			.map(all::get)
			.filter((process) -> isStartable(process.state()))
			.toList();
		if (!this.starts && !toStart.isEmpty()) {
			logger.info(("The processes %s are not started, since this application is itself a child that was given a "
					+ "socket; 'socketpair.processes-in-child' changes that")
				.formatted(toStart.stream().map(SocketPairProcess::name).toList()));
			return;
		}
		try {
			startAll(toStart);
		}
		catch (SocketPairProcessStartFailedException ex) {
			stopAll().join();
			this.running = false;
			throw ex;
		}
	}

	private static boolean isStartable(SocketPairProcessState state) {
		return state == SocketPairProcessState.STOPPED || state == SocketPairProcessState.GAVE_UP;
	}

	private static void startAll(List<SocketPairProcess> processes) {
		List<CompletableFuture<Void>> starts = new ArrayList<>();
		for (SocketPairProcess process : processes) {
			CompletableFuture<Void> start = new CompletableFuture<>();
			starts.add(start);
			Thread thread = new Thread(() -> start(process, start), "socketpair-%s-start".formatted(process.name()));
			thread.setDaemon(true);
			thread.start();
		}
		SocketPairProcessStartFailedException first = null;
		for (CompletableFuture<Void> start : starts) {
			try {
				start.join();
			}
			catch (CompletionException ex) {
				SocketPairProcessStartFailedException failure = (SocketPairProcessStartFailedException) ex.getCause();
				if (first == null) {
					first = failure;
				}
				else {
					first.addSuppressed(failure);
				}
			}
		}
		if (first != null) {
			throw first;
		}
	}

	private static void start(SocketPairProcess process, CompletableFuture<Void> start) {
		try {
			process.start();
			start.complete(null);
		}
		catch (IOException | RuntimeException | Error ex) {
			start.completeExceptionally(new SocketPairProcessStartFailedException(process.name(), ex));
		}
	}

	@Override
	public void stop() {
		stopAll().join();
		this.running = false;
	}

	@Override
	public void stop(Runnable callback) {
		stopAll().whenComplete((nothing, failure) -> {
			this.running = false;
			callback.run();
		});
	}

	private CompletableFuture<Void> stopAll() {
		return CompletableFuture.allOf(this.processes.get()
			.values()
			.stream()
			.map(SocketPairProcess::stopAsync)
			.toArray(CompletableFuture[]::new));
	}

}
