package dev.socketpair.autoconfigure;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessState;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;

/**
 * Starts the processes that are beans before the web server accepts requests, and stops
 * them after it has drained. They are started, and stopped, all at once.
 */
class SocketPairProcessLifecycle implements SmartLifecycle {

	/**
	 * Before the web server, which is at {@code DEFAULT_PHASE - 2048}, and the listeners
	 * of messaging systems, which are later.
	 */
	static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

	/** For listeners that take their time: the children have gone already. */
	private static final Duration PATIENCE_WITH_LISTENERS = Duration.ofMillis(500);

	private static final Log logger = LogFactory.getLog(SocketPairProcessLifecycle.class);

	private final Supplier<Map<String, SocketPairProcess>> processes;

	private final Predicate<String> autoStart;

	private final boolean starts;

	private final BooleanSupplier factoryIsMock;

	private final ProcessEventPublisher events;

	private volatile boolean running;

	/** Those that ran when they were stopped, to be started again after a pause. */
	private volatile Set<String> paused = Set.of();

	/**
	 * Create the lifecycle.
	 * @param processes all processes by name
	 * @param autoStart whether the process of a name starts with the application
	 * @param starts whether those do here
	 * @param factoryIsMock whether the factory makes no pairs
	 * @param events what an application knows of the processes
	 */
	SocketPairProcessLifecycle(Supplier<Map<String, SocketPairProcess>> processes, Predicate<String> autoStart,
			boolean starts, BooleanSupplier factoryIsMock, ProcessEventPublisher events) {
		this.processes = processes;
		this.autoStart = autoStart;
		this.starts = starts;
		this.factoryIsMock = factoryIsMock;
		this.events = events;
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
		Map<String, SocketPairProcess> toStart = toStart();
		this.running = true;
		if (!this.starts && !toStart.isEmpty()) {
			logger.info(("The processes %s are not started, since this application is itself a child that was given a "
					+ "socket; 'socketpair.auto-start-in-child' changes that")
				.formatted(toStart.keySet()));
			return;
		}
		if (!toStart.isEmpty() && this.factoryIsMock.getAsBoolean()) {
			logger.info("The processes %s are not started, since the factory of pairs is a mock"
				.formatted(toStart.keySet()));
			return;
		}
		try {
			startAll(toStart);
		}
		catch (RuntimeException | Error ex) {
			await(stopAll());
			this.running = false;
			throw ex;
		}
	}

	private Map<String, SocketPairProcess> toStart() {
		Map<String, SocketPairProcess> toStart = new LinkedHashMap<>(this.processes.get());
		toStart.keySet().removeIf((name) -> !this.autoStart.test(name) && !this.paused.contains(name));
		return toStart;
	}

	private void startAll(Map<String, SocketPairProcess> toStart) {
		try (ShutdownWhileStarting shutdown = new ShutdownWhileStarting()) {
			startAll(toStart, shutdown);
		}
	}

	private void startAll(Map<String, SocketPairProcess> toStart, ShutdownWhileStarting shutdown) {
		List<CompletableFuture<Void>> starts = new ArrayList<>();
		toStart.forEach((name, process) -> {
			if (isStartable(process.state())) {
				starts.add(start(name, process, shutdown));
			}
		});
		SocketPairProcessStartFailedException first = null;
		for (CompletableFuture<Void> start : starts) {
			Throwable failure = await(start);
			if (failure instanceof SocketPairProcessStartFailedException failed) {
				if (first == null) {
					first = failed;
				}
				else {
					first.addSuppressed(failed);
				}
			}
		}
		if (first != null) {
			throw first;
		}
	}

	/** Not one that the application has started already, nor a mock. */
	private static boolean isStartable(SocketPairProcessState state) {
		return state == SocketPairProcessState.STOPPED || state == SocketPairProcessState.GAVE_UP;
	}

	private static CompletableFuture<Void> start(String name, SocketPairProcess process,
			ShutdownWhileStarting shutdown) {
		CompletableFuture<Void> started = new CompletableFuture<>();
		shutdown.add(process, started);
		Thread thread = new Thread(() -> {
			try {
				if (shutdown.isShutdown()) {
					throw new IllegalStateException("The application is being shut down");
				}
				process.start();
				started.complete(null);
			}
			catch (IOException | RuntimeException | Error ex) {
				started.completeExceptionally(SocketPairProcessStartFailedException.of(name, ex));
			}
		}, "socketpair-%s-start".formatted(name));
		thread.setDaemon(true);
		thread.start();
		return started;
	}

	/**
	 * Wait with a limit, though there is none: a thread that waits without one is taken
	 * for stuck if the application is stopped while it starts, and then the application
	 * context is not closed, and no child is stopped.
	 * @return what it failed with, or {@code null}
	 */
	private static @Nullable Throwable await(CompletableFuture<Void> future) {
		boolean interrupted = false;
		try {
			while (true) {
				try {
					future.get(1, TimeUnit.DAYS);
					return null;
				}
				catch (ExecutionException ex) {
					return Objects.requireNonNull(ex.getCause());
				}
				catch (TimeoutException ex) {
					// Wait on.
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	@Override
	public void stop() {
		await(stopAll());
		this.running = false;
	}

	@Override
	public void stop(Runnable callback) {
		stopAll().whenComplete((nothing, failure) -> {
			this.running = false;
			callback.run();
		});
	}

	/** Never fails, or the application would wait for it. */
	private CompletableFuture<Void> stopAll() {
		List<CompletableFuture<Void>> stops = new ArrayList<>();
		try {
			Map<String, SocketPairProcess> all = this.processes.get();
			this.paused = all.entrySet()
				.stream()
				.filter((entry) -> !isStartable(entry.getValue().state()))
				.map(Map.Entry::getKey)
				.collect(Collectors.toUnmodifiableSet());
			all.forEach((name, process) -> stops.add(stop(name, process)));
		}
		catch (RuntimeException ex) {
			logger.warn("The processes could not be stopped", ex);
		}
		return CompletableFuture.allOf(stops.toArray(CompletableFuture[]::new));
	}

	private CompletableFuture<Void> stop(String name, SocketPairProcess process) {
		CompletableFuture<Void> stopped;
		try {
			// A mock that was not told otherwise answers null
			CompletableFuture<Void> gone = Objects.requireNonNullElseGet(process.stopAsync(),
					() -> CompletableFuture.completedFuture(null));
			stopped = gone.thenRun(() -> this.events.awaitExitsOf(process, PATIENCE_WITH_LISTENERS));
		}
		catch (RuntimeException | OutOfMemoryError ex) {
			// No thread to be had, for example. It is stopped when it is destroyed.
			stopped = CompletableFuture.failedFuture(ex);
		}
		return stopped.exceptionally((failure) -> {
			logger.warn("Process '%s' could not be stopped".formatted(name), failure);
			return null;
		});
	}

}
