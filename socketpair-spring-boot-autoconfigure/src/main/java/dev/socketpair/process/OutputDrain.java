package dev.socketpair.process;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Reads what a child writes to its standard output or error, in a thread that ends at the
 * end of it: when the last process that has it open has gone. What is not a whole line is
 * passed on when nothing follows for a second: a child may wait for the answer to it.
 */
final class OutputDrain implements Runnable {

	private static final int BUFFER = 8192;

	private static final long SILENCE = TimeUnit.SECONDS.toNanos(1);

	private final InputStream stream;

	private final LineSplitter lines;

	private final LineLog log;

	/** For the lines and the log, which {@link SilenceWatch} flushes too. */
	private final ReentrantLock lock = new ReentrantLock();

	/** When something was read last. Guarded by the lock. */
	private long lastRead;

	/** Whether there will be a look at it. Guarded by the lock. */
	private boolean watched;

	private final CountDownLatch done = new CountDownLatch(1);

	private OutputDrain(InputStream stream, Logger logger, Level level, Consumer<String> tail) {
		this.stream = stream;
		this.log = new LineLog(new ProcessLog(logger), level);
		this.lines = new LineSplitter((line) -> {
			tail.accept(line);
			this.log.log(line);
		});
	}

	/**
	 * Start to read.
	 * @param name the name of the process
	 * @param kind {@code stdout} or {@code stderr}
	 * @param stream what to read, closed at its end
	 * @param level the level of the log
	 * @param tail gets every line
	 * @return the reader
	 */
	static OutputDrain start(String name, String kind, InputStream stream, Level level, Consumer<String> tail) {
		OutputDrain drain = new OutputDrain(stream, System.getLogger("socketpair.process." + name), level, tail);
		DaemonThread.start(name + "-" + kind, drain);
		return drain;
	}

	@Override
	public void run() {
		try (this.stream) {
			byte[] buffer = new byte[BUFFER];
			int read;
			while ((read = this.stream.read(buffer)) >= 0) {
				add(buffer, read);
			}
		}
		catch (IOException ex) {
			// The JDK closes the stream of a child that has gone.
		}
		finally {
			end();
			this.done.countDown();
		}
	}

	private void add(byte[] bytes, int length) {
		this.lock.lock();
		try {
			this.lastRead = System.nanoTime();
			this.lines.add(bytes, length);
			watch(SILENCE);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void end() {
		this.lock.lock();
		try {
			flush();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void flush() {
		this.lines.flush();
		this.log.end();
	}

	/** One look at a time is enough, however often the child writes. */
	private void watch(long nanoseconds) {
		if (!this.watched && (this.lines.hasUnended() || this.log.hasDropped())) {
			this.watched = SilenceWatch.lookAfter(nanoseconds, this::look);
		}
	}

	/** Waits for no lock: what is busy is not silent. */
	private void look() {
		if (!this.lock.tryLock()) {
			SilenceWatch.lookAfter(SILENCE, this::look);
			return;
		}
		try {
			this.watched = false;
			long left = SILENCE - (System.nanoTime() - this.lastRead);
			if (left > 0) {
				watch(left);
			}
			else {
				flush();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait for the end.
	 * @param nanoseconds how long
	 */
	void await(long nanoseconds) throws InterruptedException {
		this.done.await(nanoseconds, TimeUnit.NANOSECONDS);
	}

}
