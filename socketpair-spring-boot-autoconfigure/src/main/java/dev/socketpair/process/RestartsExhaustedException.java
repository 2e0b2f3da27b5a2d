package dev.socketpair.process;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The child process at the other end has ended, and is not started again after too many
 * consecutive restarts.
 */
public class RestartsExhaustedException extends ProcessExitedException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception of the last child.
	 * @param name the name of the process
	 * @param command the command
	 * @param status how it ended
	 * @param detail the end of the message, or {@code null}
	 * @param standardErrorTail the last lines that the child wrote to its standard error
	 */
	public RestartsExhaustedException(String name, List<String> command, ExitStatus status, @Nullable String detail,
			List<String> standardErrorTail) {
		super(name, command, status, detail, standardErrorTail);
	}

}
