package dev.socketpair.process;

import java.util.List;

/**
 * A command as it stands in a message.
 */
final class CommandLine {

	private static final int MAX_LENGTH = 200;

	private CommandLine() {
	}

	/**
	 * Return a command in one line that is not too long. A program may be an argument.
	 * @param command the command and its arguments
	 * @return the line
	 */
	static String describe(List<String> command) {
		String line = Printable.escape(String.join(" ", command));
		return (line.length() > MAX_LENGTH) ? line.substring(0, MAX_LENGTH) + "..." : line;
	}

}
