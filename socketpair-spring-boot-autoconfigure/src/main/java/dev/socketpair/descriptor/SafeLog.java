package dev.socketpair.descriptor;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

import org.jspecify.annotations.Nullable;

/**
 * A log that never throws: nothing stays open or asleep because a logger needs a
 * descriptor where there is none, or fails for reasons of its own.
 */
public final class SafeLog {

	private final Logger logger;

	/**
	 * Create the log of a class.
	 * @param type the class
	 */
	public SafeLog(Class<?> type) {
		this.logger = System.getLogger(type.getName());
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
