package dev.socketpair.process;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The last lines that a child wrote to its standard error. Safe for use by any thread.
 */
final class StandardErrorTail {

	private static final int LINES = 20;

	private static final int LENGTH = 1024;

	private static final int DESCRIBED_LINES = 5;

	/** Guarded by itself. */
	private final Deque<String> lines = new ArrayDeque<>(LINES);

	void add(String line) {
		synchronized (this.lines) {
			if (this.lines.size() == LINES) {
				this.lines.removeFirst();
			}
			this.lines.addLast((line.length() > LENGTH) ? line.substring(0, LENGTH) : line);
		}
	}

	List<String> lines() {
		synchronized (this.lines) {
			return List.copyOf(this.lines);
		}
	}

	/**
	 * Return the end of an exception's message.
	 * @param lines the tail
	 * @return nothing where there are no lines
	 */
	static String describe(List<String> lines) {
		if (lines.isEmpty()) {
			return "";
		}
		List<String> last = lines.subList(Math.max(0, lines.size() - DESCRIBED_LINES), lines.size());
		return "; its standard error ends with: " + String.join(" | ", last);
	}

}
