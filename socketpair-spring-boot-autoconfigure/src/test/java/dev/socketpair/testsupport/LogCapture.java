package dev.socketpair.testsupport;

import java.text.MessageFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Records what a logger is given during a test, at any level, and keeps it from the
 * console. To be a field with {@link RegisterExtension @RegisterExtension}.
 *
 *
 */
public final class LogCapture implements BeforeEachCallback, AfterEachCallback {

	/** Held, since the log manager holds loggers weakly. */
	private final Logger logger;

	private final List<LogRecord> records = new CopyOnWriteArrayList<>();

	private final Handler handler = new Handler() {

		@Override
		public void publish(LogRecord entry) {
			LogCapture.this.records.add(entry);
			LogCapture.this.action.accept(entry);
		}

		@Override
		public void flush() {
		}

		@Override
		public void close() {
		}

	};

	private volatile Consumer<LogRecord> action = (entry) -> {
	};

	/**
	 * Create the capture of a logger.
	 * @param name the name of the logger
	 */
	public LogCapture(String name) {
		this.logger = Logger.getLogger(name);
	}

	/**
	 * Create the capture of the logger of a class.
	 * @param type the class
	 */
	public LogCapture(Class<?> type) {
		this(type.getName());
	}

	/**
	 * Do something with each record, such as to fail.
	 * @param action called by the thread that logs
	 * @return this capture
	 */
	public LogCapture then(Consumer<LogRecord> action) {
		this.action = action;
		return this;
	}

	@Override
	public void beforeEach(ExtensionContext context) {
		this.logger.addHandler(this.handler);
		this.logger.setUseParentHandlers(false);
		this.logger.setLevel(Level.ALL);
	}

	@Override
	public void afterEach(ExtensionContext context) {
		this.logger.removeHandler(this.handler);
		this.logger.setUseParentHandlers(true);
		this.logger.setLevel(null);
	}

	/**
	 * Return the records.
	 * @return a live list
	 */
	public List<LogRecord> records() {
		return this.records;
	}

	/**
	 * Return the messages of all levels.
	 * @return the messages so far, as a reader sees them
	 */
	public List<String> messages() {
		return this.records.stream().map(LogCapture::message).toList();
	}

	/**
	 * Return the messages of a level.
	 * @param level the level
	 * @return the messages so far, as a reader sees them
	 */
	public List<String> messages(Level level) {
		return this.records.stream().filter((entry) -> entry.getLevel() == level).map(LogCapture::message).toList();
	}

	private static String message(LogRecord entry) {
		Object[] parameters = entry.getParameters();
		return (parameters != null && parameters.length > 0) ? MessageFormat.format(entry.getMessage(), parameters)
				: entry.getMessage();
	}

}
