package dev.socketpair.sample;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import dev.socketpair.sample.TransferStatus.State;
import org.jspecify.annotations.Nullable;

/**
 * A file that is streamed a number of times, each time through a pair of its own. Its
 * status may be asked for by any thread.
 */
final class TransferJob implements Runnable {

	static final String THREAD_NAME = "transfer-job";

	private static final int PERCENT = 100;

	private final FileTransfer transfer;

	private final long id;

	private final Path path;

	private final int times;

	private final int atOnce;

	private final long totalBytes;

	private final long start = System.nanoTime();

	private final LongAdder arrived = new LongAdder();

	private volatile @Nullable TransferStatus end;

	TransferJob(FileTransfer transfer, long id, Path path, int times, int atOnce, long totalBytes) {
		this.transfer = transfer;
		this.id = id;
		this.path = path;
		this.times = times;
		this.atOnce = atOnce;
		this.totalBytes = totalBytes;
	}

	@Override
	public void run() {
		try {
			List<TransferResult> results = streamAll();
			boolean matches = results.stream().allMatch(TransferResult::matches);
			this.end = status(State.DONE, PERCENT, results.get(0).sentSha256(), matches, null);
		}
		catch (ExecutionException ex) {
			Throwable cause = Objects.requireNonNullElse(ex.getCause(), ex);
			this.end = failed(Objects.requireNonNullElse(cause.getMessage(), cause.toString()));
		}
		catch (InterruptedException ex) {
			this.end = failed("The application is being stopped");
		}
		catch (RuntimeException | Error ex) {
			// Such as that there can be no more threads
			this.end = failed(ex.toString());
			throw ex;
		}
	}

	/**
	 * Return how far the job is.
	 */
	TransferStatus status() {
		TransferStatus last = this.end;
		return (last != null) ? last : status(State.RUNNING, percent(), null, null, null);
	}

	private List<TransferResult> streamAll() throws InterruptedException, ExecutionException {
		Callable<TransferResult> once = () -> this.transfer.transfer(this.path, this.arrived::add);
		ExecutorService threads = Executors.newFixedThreadPool(this.atOnce, (task) -> new Thread(task, THREAD_NAME));
		try {
			List<Future<TransferResult>> results = threads.invokeAll(Collections.nCopies(this.times, once));
			List<TransferResult> all = new ArrayList<>();
			for (Future<TransferResult> result : results) {
				all.add(result.get());
			}
			return all;
		}
		finally {
			threads.shutdownNow();
			threads.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
		}
	}

	private TransferStatus failed(String error) {
		return status(State.FAILED, percent(), null, null, error);
	}

	/** Until the digests are compared something is left to do. */
	private int percent() {
		return (this.totalBytes > 0) ? (int) Math.min(PERCENT - 1, this.arrived.sum() * PERCENT / this.totalBytes) : 0;
	}

	private TransferStatus status(State state, int percent, @Nullable String sha256, @Nullable Boolean matches,
			@Nullable String error) {
		return new TransferStatus(this.id, state, this.path, this.times, this.atOnce, this.arrived.sum(),
				this.totalBytes, percent, Duration.ofNanos(System.nanoTime() - this.start), sha256, matches, error);
	}

}
