package dev.socketpair.process;

import java.io.IOException;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The child process at the other end has ended. The message has its command, its status
 * and the last lines that it wrote to its standard error, where these are logged.
 */
public class ProcessExitedException extends IOException {

	private static final long serialVersionUID = 1L;

	/** The name of the process. */
	private final String name;

	/** The command and its arguments. */
	private final String[] command;

	/** The code of the status: how the child ended. */
	private final int code;

	/**
	 * Create the exception of a child that ended.
	 * @param name the name of the process
	 * @param command the command
	 * @param status how it ended
	 * @param detail what else there is to say, or {@code null}
	 */
	public ProcessExitedException(String name, List<String> command, ExitStatus status, @Nullable String detail) {
		super("Process '%s' (%s) exited with %s%s".formatted(name, CommandLine.describe(command), status,
				(detail != null) ? detail : ""));
		this.name = name;
		this.command = command.toArray(String[]::new);
		this.code = status.code();
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

}
