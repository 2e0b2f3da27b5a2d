package dev.socketpair.process.output;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads and logs what one child writes to its standard output and error. Safe for use by
 * any thread, once reading was started.
 */
public final class ChildOutput {

	private static final int STANDARD_OUTPUT = 1;

	private static final int STANDARD_ERROR = 2;

	private final String name;

	private final Process process;

	private final StandardErrorTail tail = new StandardErrorTail();

	/** Changed only before the child is known to other threads. */
	private final List<OutputDrain> drains = new ArrayList<>();

	/**
	 * Create what reads nothing yet.
	 * @param name the name of the process, for the logger and the threads
	 * @param process the child, which has just been started
	 */
	public ChildOutput(String name, Process process) {
		this.name = name;
		this.process = process;
	}

	/**
	 * Start to read standard output, which is logged at {@code INFO}.
	 */
	public void readStandardOutput() {
		this.drains.add(OutputDrain.start(this.name, "stdout", this.process.getInputStream(),
				OutputPipe.of(this.process.pid(), STANDARD_OUTPUT), Level.INFO, (line) -> {
				}));
	}

	/**
	 * Start to read standard error, which is logged at {@code WARNING}. The last lines of
	 * it are kept.
	 */
	public void readStandardError() {
		this.drains.add(OutputDrain.start(this.name, "stderr", this.process.getErrorStream(),
				OutputPipe.of(this.process.pid(), STANDARD_ERROR), Level.WARNING, this.tail::add));
	}

	/**
	 * Return the last lines of standard error.
	 * @return the lines that are kept, none where it is not read
	 */
	public List<String> standardErrorTail() {
		return this.tail.lines();
	}

	/**
	 * Wait for the end of the output. Afterwards the tail has all lines that were read by
	 * then, whether or not the end was reached.
	 * @param nanoseconds how long to wait at most, for all streams together
	 * @throws InterruptedException if the thread is interrupted
	 */
	public void awaitEnd(long nanoseconds) throws InterruptedException {
		long deadline = System.nanoTime() + nanoseconds;
		for (OutputDrain drain : this.drains) {
			drain.await(deadline - System.nanoTime());
		}
	}

	/**
	 * Read no more, although another process may have the other end open. Does not wait
	 * for a logger.
	 */
	public void close() {
		this.drains.forEach(OutputDrain::close);
	}

}
