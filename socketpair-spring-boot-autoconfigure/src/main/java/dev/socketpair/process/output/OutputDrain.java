package dev.socketpair.process.output;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Reads what a child writes to its standard output or error, in a thread that ends at the
 * end of it: when the last process that has it open has gone. What is not a whole line is
 * passed on when nothing follows for a second: a child may wait for the answer to it.
 */
final class OutputDrain implements Runnable {

	private static final int BUFFER = 8192;

	/** The most characters that wait to be logged before anything more is read. */
	private static final int MAX_PENDING = 65536;

	/** How long is logged before there is a look at what is to be read. */
	private static final long SLICE = TimeUnit.MILLISECONDS.toNanos(5);

	private static final long SILENCE = TimeUnit.SECONDS.toNanos(1);

	private final InputStream stream;

	private final LineSplitter lines;

	private final LineLog log;

	/** For what is read. Never held while something is logged. */
	private final ReentrantLock lock = new ReentrantLock();

	/** Lines that are not logged yet. Guarded by the lock. */
	private final Deque<String> pending = new ArrayDeque<>();

	/** Their characters. Guarded by the lock. */
	private int pendingLength;

	/** When something was read last. Guarded by the lock. */
	private long lastRead;

	/** Whether there will be a look at it. Guarded by the lock. */
	private boolean watched;

	/** Guarded by the lock. */
	private boolean ended;

	/** For the log. Taken before the other lock, if both are. */
	private final ReentrantLock logging = new ReentrantLock();

	private final CountDownLatch done = new CountDownLatch(1);

	private final @Nullable OutputPipe pipe;

	private volatile boolean closed;

	private OutputDrain(InputStream stream, @Nullable OutputPipe pipe, Logger logger, Level level,
			Consumer<String> tail) {
		this.stream = stream;
		this.pipe = pipe;
		this.log = new LineLog(new ProcessLog(logger), level);
		this.lines = new LineSplitter((line) -> {
			tail.accept(line);
			this.pending.add(line);
			this.pendingLength += line.length();
		});
	}

	/**
	 * Start to read.
	 * @param name the name of the process
	 * @param kind {@code stdout} or {@code stderr}
	 * @param stream what to read, closed at its end
	 * @param pipe what it reads from, or {@code null} if that is not known
	 * @param level the level of the log
	 * @param tail gets every line
	 * @return the reader
	 */
	static OutputDrain start(String name, String kind, InputStream stream, @Nullable OutputPipe pipe, Level level,
			Consumer<String> tail) {
		OutputDrain drain = new OutputDrain(stream, pipe, System.getLogger("socketpair.process." + name), level, tail);
		DaemonThread.start(name + "-" + kind, drain);
		return drain;
	}

	/** A log may be slow: what the child says last is read before the rest is logged. */
	@Override
	public void run() {
		try (this.stream) {
			byte[] buffer = new byte[BUFFER];
			int read = 0;
			while (read >= 0 && !this.closed) {
				int waiting = pendingLength();
				if (waiting > 0 && (waiting > MAX_PENDING || this.stream.available() == 0)) {
					log(SLICE);
				}
				else {
					read = this.stream.read(buffer);
					if (read > 0 && !this.closed) {
						add(buffer, read);
					}
				}
			}
		}
		catch (IOException ex) {
			// The JDK closes the stream of a child that has gone.
		}
		finally {
			passOnUnended(true);
			log(Long.MAX_VALUE);
			this.done.countDown();
		}
	}

	private int pendingLength() {
		this.lock.lock();
		try {
			return this.pending.size() + this.pendingLength;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void add(byte[] bytes, int length) {
		this.lock.lock();
		try {
			this.lastRead = System.nanoTime();
			this.lines.add(bytes, length);
			if (this.lines.hasUnended()) {
				watch(SILENCE);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void passOnUnended(boolean ended) {
		this.lock.lock();
		try {
			this.ended |= ended;
			this.lines.flush();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void log(long nanoseconds) {
		this.logging.lock();
		try {
			logLocked(nanoseconds);
		}
		finally {
			this.logging.unlock();
		}
	}

	private void logLocked(long nanoseconds) {
		long start = System.nanoTime();
		String line;
		while ((line = poll()) != null) {
			this.log.log(line);
			if (System.nanoTime() - start >= nanoseconds) {
				return;
			}
		}
		if (nanoseconds == Long.MAX_VALUE) {
			this.log.end();
		}
	}

	/** Return the next line to log, or see to it that what is not logged is told. */
	private @Nullable String poll() {
		this.lock.lock();
		try {
			String line = this.pending.poll();
			if (line != null) {
				this.pendingLength -= line.length();
			}
			else if (this.log.hasDropped()) {
				watch(SILENCE);
			}
			return line;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** One look at a time is enough, however often the child writes. */
	private void watch(long nanoseconds) {
		if (!this.watched && !this.ended) {
			this.watched = SilenceWatch.lookAfter(nanoseconds, this::look);
		}
	}

	private void look() {
		this.lock.lock();
		try {
			this.watched = false;
			long left = SILENCE - (System.nanoTime() - this.lastRead);
			if (left > 0) {
				watch(left);
				return;
			}
			this.lines.flush();
		}
		finally {
			this.lock.unlock();
		}
		// A thread that has it looks for more lines before it waits.
		if (this.logging.tryLock()) {
			try {
				logLocked(Long.MAX_VALUE);
			}
			finally {
				this.logging.unlock();
			}
		}
	}

	/**
	 * Read no more, although a process may have the other end open.
	 */
	void close() {
		if (this.done.getCount() > 0) {
			this.closed = true;
			if (this.pipe != null) {
				this.pipe.wakeReader();
			}
		}
	}

	/**
	 * Wait for the end, and have all lines that were read by then in the tail.
	 * @param nanoseconds how long
	 */
	void await(long nanoseconds) throws InterruptedException {
		if (!this.done.await(nanoseconds, TimeUnit.NANOSECONDS)) {
			passOnUnended(false);
		}
	}

}
