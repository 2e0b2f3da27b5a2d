package dev.socketpair.process;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The child process at the other end has ended, and was started again too often already.
 */
public class RestartsExhaustedException extends ProcessExitedException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception of the last child.
	 * @param name the name of the process
	 * @param command the command
	 * @param status how it ended
	 * @param detail what else there is to say, or {@code null}
	 * @param standardErrorTail the last lines that the child wrote to its standard error
	 */
	public RestartsExhaustedException(String name, List<String> command, ExitStatus status, @Nullable String detail,
			List<String> standardErrorTail) {
		super(name, command, status, detail, standardErrorTail);
	}

}
