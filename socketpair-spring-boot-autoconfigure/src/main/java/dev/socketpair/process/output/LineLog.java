package dev.socketpair.process.output;

import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;

/**
 * Logs a limited number of lines in a second. Used by one thread at a time.
 */
final class LineLog {

	static final int LINES_IN_A_SECOND = 1000;

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	private final ProcessLog log;

	private final Level level;

	private long second = System.nanoTime();

	private int logged;

	private long dropped;

	LineLog(ProcessLog log, Level level) {
		this.log = log;
		this.level = level;
	}

	void log(String line) {
		if (System.nanoTime() - this.second >= SECOND) {
			nextSecond();
		}
		if (this.logged < LINES_IN_A_SECOND) {
			this.logged++;
			write(line);
		}
		else {
			this.dropped++;
		}
	}

	private void nextSecond() {
		this.second = System.nanoTime();
		this.logged = 0;
		end();
	}

	/** Return whether lines were dropped, which is not logged yet. */
	boolean hasDropped() {
		return this.dropped > 0;
	}

	/** Log how many lines were dropped. */
	void end() {
		if (this.dropped > 0) {
			long count = this.dropped;
			this.dropped = 0;
			write("[%s more lines were dropped: only %s in a second are logged]".formatted(count, LINES_IN_A_SECOND));
		}
	}

	/** A logger that fails must not keep the pipe of a child full. */
	private void write(String line) {
		if (!this.log.log(this.level, line)) {
			this.dropped++;
		}
	}

}
