package dev.socketpair.process.output;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Reads the standard output or error of a child, in a thread that ends at the end of the
 * stream: when no process has it open any more. An unended line is passed on when nothing
 * follows for a second, since it may be a prompt.
 */
final class OutputDrain implements Runnable {

	private static final int BUFFER = 8192;

	private static final int END_OF_STREAM = -1;

	/** Reading pauses while more characters than these wait to be logged. */
	private static final int MAX_PENDING = 65536;

	/** How long lines are logged before the stream is polled again. */
	private static final long SLICE = TimeUnit.MILLISECONDS.toNanos(5);

	private static final long SILENCE = TimeUnit.SECONDS.toNanos(1);

	private final InputStream stream;

	private final LineSplitter lines;

	private final LineLog log;

	/** Guards the lines that were read. Never held while a line is logged. */
	private final ReentrantLock lock = new ReentrantLock();

	/** Lines that are not logged yet. Guarded by the lock, as are the fields below. */
	private final Deque<String> pending = new ArrayDeque<>();

	/** Their characters. */
	private int pendingLength;

	/** When the last bytes were read. */
	private long lastRead;

	/** Whether the silence watch will call. */
	private boolean watched;

	/** Whether the thread has read everything. */
	private boolean ended;

	/** Guards the log. Taken before the other lock where both are. */
	private final ReentrantLock logging = new ReentrantLock();

	private final CountDownLatch done = new CountDownLatch(1);

	private final @Nullable OutputPipe pipe;

	/** Whether the output is not to be read any more. Set once. */
	private final AtomicBoolean closed = new AtomicBoolean();

	/** Whether the thread is in a read, or about to find out whether it may read. */
	private volatile boolean reading;

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
	 * @param pipe the pipe that the stream reads from, or {@code null} if it is not known
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

	/** A log may be slow: the last output is read before the lines are logged. */
	@Override
	public void run() {
		try {
			readAll();
		}
		catch (IOException ex) {
			// Lines that were read are logged.
		}
		finally {
			end();
		}
	}

	/**
	 * The stream is locked for the time. When the child exits, the JDK would otherwise
	 * read what there is into memory: all of it, where a descendant goes on writing.
	 */
	private void readAll() throws IOException {
		synchronized (this.stream) {
			try (this.stream) {
				byte[] buffer = new byte[BUFFER];
				int read = 0;
				while (read >= 0 && !this.closed.get()) {
					int waiting = pendingLength();
					if (waiting > 0 && (waiting > MAX_PENDING || this.stream.available() == 0)) {
						log(SLICE);
					}
					else {
						read = read(buffer);
						if (read > 0 && !this.closed.get()) {
							add(buffer, read);
						}
					}
				}
			}
		}
	}

	/**
	 * Read once. The flag is set before {@code closed} is read, and a thread that closes
	 * sets {@code closed} before it reads the flag: one of the two sees the other.
	 */
	private int read(byte[] buffer) throws IOException {
		this.reading = true;
		try {
			return this.closed.get() ? END_OF_STREAM : this.stream.read(buffer);
		}
		finally {
			this.reading = false;
		}
	}

	private void end() {
		try {
			passOnUnended(true);
			log(Long.MAX_VALUE);
		}
		finally {
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
		catch (OutOfMemoryError ex) {
			// A line is lost. Without a reader the child would be lost.
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

	/** Return the next line to log, or have the count of dropped lines logged later. */
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

	/** One call at a time is enough, however often the child writes. */
	private void watch(long nanoseconds) {
		if (!this.watched && !this.ended) {
			this.watched = SilenceWatch.schedule(nanoseconds, this::flushAfterSilence);
		}
	}

	private void flushAfterSilence() {
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
		// A thread that holds it polls for more lines before it waits.
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
	 * Read no more, although a process may have the other end open. A thread that waits
	 * for the logger is not waited for: it sees this before it reads again.
	 */
	void close() {
		if (this.done.getCount() > 0 && this.closed.compareAndSet(false, true) && this.reading && this.pipe != null) {
			this.pipe.wakeReader();
		}
	}

	/**
	 * Wait for the end of the stream. Afterwards the tail has all lines that were read.
	 * @param nanoseconds how long
	 */
	void await(long nanoseconds) throws InterruptedException {
		if (!this.done.await(nanoseconds, TimeUnit.NANOSECONDS)) {
			passOnUnended(false);
		}
	}

}
