package dev.socketpair.process;

import java.util.List;

import dev.socketpair.text.Printable;

/**
 * A command in a message.
 */
final class CommandLine {

	private static final int MAX_LENGTH = 200;

	private CommandLine() {
	}

	/**
	 * Return a command in one line that is not too long. Arguments may be secret, and are
	 * only counted.
	 * @param command the command and its arguments
	 * @return the line
	 */
	static String describe(List<String> command) {
		String program = Printable.escape(command.get(0));
		if (program.length() > MAX_LENGTH) {
			program = program.substring(0, MAX_LENGTH) + "...";
		}
		int arguments = command.size() - 1;
		return switch (arguments) {
			case 0 -> program;
			case 1 -> program + " with 1 argument";
			default -> program + " with " + arguments + " arguments";
		};
	}

}
