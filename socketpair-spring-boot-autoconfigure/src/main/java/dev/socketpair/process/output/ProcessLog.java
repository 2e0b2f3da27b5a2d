package dev.socketpair.process.output;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

import org.jspecify.annotations.Nullable;

/**
 * A log that never throws: the supervision of a child must not end because a logger finds
 * no descriptor, or fails for another reason.
 */
public final class ProcessLog {

	private final Logger logger;

	/**
	 * Create the log of a class.
	 * @param type the class
	 */
	public ProcessLog(Class<?> type) {
		this(System.getLogger(type.getName()));
	}

	/**
	 * Create a log over a logger.
	 * @param logger the logger
	 */
	public ProcessLog(Logger logger) {
		this.logger = logger;
	}

	/**
	 * Log a message as it is.
	 * @param level the level
	 * @param message the message, in which nothing is replaced
	 * @return whether the logger took it
	 */
	public boolean log(Level level, String message) {
		return log(level, message, null);
	}

	/**
	 * Log a message as it is.
	 * @param level the level
	 * @param message the message, in which nothing is replaced
	 * @param thrown what was thrown, or {@code null}
	 * @return whether the logger took it
	 */
	public boolean log(Level level, String message, @Nullable Throwable thrown) {
		try {
			if (thrown != null) {
				this.logger.log(level, message, thrown);
			}
			else {
				this.logger.log(level, message);
			}
			return true;
		}
		catch (RuntimeException | Error ex) {
			return false;
		}
	}

}
