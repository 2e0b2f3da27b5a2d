package dev.socketpair.process.output;

import java.util.function.Consumer;

import dev.socketpair.text.Printable;

/**
 * Splits bytes into printable lines. A line ends with a line feed, a carriage return or
 * both: a progress bar that overwrites itself with carriage returns is many lines. Used
 * by one thread at a time.
 */
final class LineSplitter {

	private final Consumer<String> lines;

	private final LineBuffer line = new LineBuffer();

	/** Whether the line was passed on already, so that a line feed adds nothing. */
	private boolean passedOn;

	LineSplitter(Consumer<String> lines) {
		this.lines = lines;
	}

	void add(byte[] bytes, int length) {
		int start = 0;
		for (int i = 0; i < length; i++) {
			if (bytes[i] == '\n' || bytes[i] == '\r') {
				append(bytes, start, i);
				end(bytes[i]);
				start = i + 1;
			}
		}
		append(bytes, start, length);
	}

	private void append(byte[] bytes, int start, int end) {
		if (start < end) {
			this.line.append(bytes, start, end);
			this.passedOn = false;
		}
	}

	/**
	 * A carriage return alone is no empty line, and neither is the rest of a line end.
	 */
	private void end(byte by) {
		if (!this.line.isEmpty() || (by == '\n' && !this.passedOn)) {
			passOn();
		}
		if (by == '\n') {
			this.passedOn = false;
		}
	}

	/** Return whether there is an unended line. */
	boolean hasUnended() {
		return !this.line.isEmpty();
	}

	/**
	 * Pass on an unended line. The bytes that follow are a line of their own, unless they
	 * are only its end.
	 */
	void flush() {
		if (hasUnended()) {
			passOn();
		}
	}

	private void passOn() {
		this.passedOn = true;
		this.lines.accept(Printable.escape(this.line.take()));
	}

}
