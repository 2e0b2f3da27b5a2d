package dev.socketpair.process.output;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The last lines that a child wrote to its standard error. Safe for use by any thread.
 */
public final class StandardErrorTail {

	private static final int LINES = 20;

	/** The most characters of a line. */
	private static final int LENGTH = 1024;

	/** Of a longer line so many of them are its beginning. */
	private static final int BEGINNING = 256;

	private static final int DESCRIBED_LINES = 5;

	/** Guarded by itself. */
	private final Deque<String> lines = new ArrayDeque<>(LINES);

	/** Create the tail of a child that has written nothing yet. */
	StandardErrorTail() {
	}

	void add(String line) {
		synchronized (this.lines) {
			if (this.lines.size() == LINES) {
				this.lines.removeFirst();
			}
			this.lines.addLast((line.length() > LENGTH) ? cut(line) : line);
		}
	}

	/** The end is longer, since the cause of an error is there. */
	private static String cut(String line) {
		String mark = "[cut]";
		int end = line.length() - (LENGTH - BEGINNING - mark.length());
		return line.substring(0, Character.isHighSurrogate(line.charAt(BEGINNING - 1)) ? BEGINNING - 1 : BEGINNING)
				+ mark + line.substring(Character.isLowSurrogate(line.charAt(end)) ? end + 1 : end);
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
	public static String describe(List<String> lines) {
		if (lines.isEmpty()) {
			return "";
		}
		List<String> last = lines.subList(Math.max(0, lines.size() - DESCRIBED_LINES), lines.size());
		return "; its standard error ends with: " + String.join(" | ", last);
	}

}
