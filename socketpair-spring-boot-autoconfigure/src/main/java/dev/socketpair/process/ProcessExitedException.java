package dev.socketpair.process;

import java.io.IOException;
import java.util.List;

import dev.socketpair.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * The child process at the other end has ended. The message has its program and its
 * status. It does not have the standard error of the child, whose words could be
 * misunderstood: web frameworks take an exception whose message has {@code broken pipe}
 * for the disconnect of their own client.
 */
public class ProcessExitedException extends IOException {

	private static final long serialVersionUID = 1L;

	/** The name of the process. */
	private final String name;

	/** The command and its arguments. */
	private final String[] command;

	/** The code of the status: how the child ended. */
	private final int code;

	/** The last lines of standard error. */
	private final String[] standardErrorTail;

	/**
	 * Create the exception of a child that ended.
	 * @param name the name of the process
	 * @param command the command
	 * @param status how it ended
	 * @param detail the end of the message, or {@code null}
	 * @param standardErrorTail the last lines that the child wrote to its standard error
	 */
	public ProcessExitedException(String name, List<String> command, ExitStatus status, @Nullable String detail,
			List<String> standardErrorTail) {
		super(Printable.message("Process '%s' (%s) exited with %s%s".formatted(name, CommandLine.describe(command),
				status, (detail != null) ? detail : "")));
		this.name = name;
		this.command = command.toArray(String[]::new);
		this.code = status.code();
		this.standardErrorTail = standardErrorTail.toArray(String[]::new);
	}

	/**
	 * Return the name of the process.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Return what was run.
	 * @return the command and its arguments
	 */
	public List<String> command() {
		return List.of(this.command);
	}

	/**
	 * Return how it ended.
	 * @return the status
	 */
	public ExitStatus status() {
		return new ExitStatus(this.code);
	}

	/**
	 * Return the last lines that the child wrote to its standard error.
	 * @return the lines, none where standard error is not logged
	 */
	public List<String> standardErrorTail() {
		return List.of(this.standardErrorTail);
	}

}
