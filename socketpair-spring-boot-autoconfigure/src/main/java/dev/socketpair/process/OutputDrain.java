package dev.socketpair.process;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Reads what a child writes to its standard output or error, in a thread that ends at the
 * end of it: when the last process that has it open has gone.
 */
final class OutputDrain implements Runnable {

	private static final int BUFFER = 8192;

	private final InputStream stream;

	private final LineSplitter lines;

	private final LineLog log;

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
				this.lines.add(buffer, read);
			}
		}
		catch (IOException ex) {
			// The JDK closes the stream of a child that has gone.
		}
		finally {
			this.lines.end();
			this.log.end();
			this.done.countDown();
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
