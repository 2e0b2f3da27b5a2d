package dev.socketpair.sample;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

import dev.socketpair.sample.TransferStatus.State;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Service;

/**
 * Runs one job after the other in the background, and knows the latest.
 */
@Service
class TransferJobs implements DisposableBean {

	static final int MAX_TIMES = 1000;

	static final int MAX_AT_ONCE = 16;

	private final FileTransfer transfer;

	private long started;

	private @Nullable TransferJob latest;

	/** An executor would have the end of the application wait for the end of the job. */
	private @Nullable Thread thread;

	TransferJobs(FileTransfer transfer) {
		this.transfer = transfer;
	}

	/**
	 * Start a job, unless one runs.
	 * @param path a regular file
	 * @param times how often it is to be streamed
	 * @param atOnce how many pairs it is to be streamed through at the same time
	 * @return the job as it starts, or nothing if another one runs
	 * @throws IOException if the file cannot be read
	 */
	synchronized Optional<TransferStatus> start(Path path, int times, int atOnce) throws IOException {
		if (isRunning()) {
			return Optional.empty();
		}
		long bytes = Math.multiplyExact(this.transfer.size(path), times);
		this.latest = new TransferJob(this.transfer, ++this.started, path, times, atOnce, bytes);
		this.thread = new Thread(this.latest, TransferJob.THREAD_NAME);
		this.thread.start();
		return latest();
	}

	/**
	 * Return how far the latest job is.
	 */
	synchronized Optional<TransferStatus> latest() {
		return Optional.ofNullable(this.latest).map(TransferJob::status);
	}

	/** The thread outlives its job by a moment in which the next one may be asked for. */
	private boolean isRunning() {
		return this.thread != null && this.thread.isAlive() && this.latest != null
				&& this.latest.status().state() == State.RUNNING;
	}

	@Override
	public void destroy() throws InterruptedException {
		Thread running;
		synchronized (this) {
			running = this.thread;
		}
		if (running != null) {
			running.interrupt();
			running.join();
		}
	}

}
