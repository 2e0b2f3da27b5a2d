package dev.socketpair.process;

import java.io.IOException;
import java.util.List;

import dev.socketpair.process.output.StandardErrorTail;
import dev.socketpair.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * A child process could not be started, or ended as soon as it was. Nothing is left
 * behind.
 */
public class ProcessStartException extends IOException {

	private static final long serialVersionUID = 1L;

	/** The name of the process. */
	private final String name;

	/** The command and its arguments. */
	private final String[] command;

	/** The kind of failure. */
	private final Reason reason;

	/** What is wrong, and what would be right. */
	private final String detail;

	/** The last lines of standard error. */
	private final String[] standardErrorTail;

	/**
	 * Create the exception.
	 * @param name the name of the process
	 * @param command the command
	 * @param reason the kind of failure
	 * @param detail what is wrong, and what would be right
	 * @param standardErrorTail the last lines that the child wrote to its standard error
	 * @param cause the exception of the JDK, or {@code null}
	 */
	public ProcessStartException(String name, List<String> command, Reason reason, String detail,
			List<String> standardErrorTail, @Nullable Throwable cause) {
		super(Printable.message("Process '%s' (%s) cannot be started: %s%s".formatted(name,
				CommandLine.describe(command), detail, StandardErrorTail.describe(standardErrorTail))), cause);
		this.name = name;
		this.command = command.toArray(String[]::new);
		this.reason = reason;
		this.detail = detail;
		this.standardErrorTail = standardErrorTail.toArray(String[]::new);
	}

	/**
	 * Return the name of the process.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/** Return a copy for another caller, with the stack of that caller. */
	ProcessStartException again() {
		return new ProcessStartException(this.name, command(), this.reason, this.detail, standardErrorTail(), this);
	}

	/**
	 * Return what was to be run.
	 * @return the command and its arguments
	 */
	public List<String> command() {
		return List.of(this.command);
	}

	/**
	 * Return the kind of failure.
	 * @return the reason
	 */
	public Reason reason() {
		return this.reason;
	}

	/**
	 * Return what is wrong, and what would be right.
	 * @return a part of a sentence, without the name and the command
	 */
	public String detail() {
		return this.detail;
	}

	/**
	 * Return the last lines that the child wrote to its standard error.
	 * @return the lines, none where standard error is not logged
	 */
	public List<String> standardErrorTail() {
		return List.of(this.standardErrorTail);
	}

	/**
	 * Kinds of failures.
	 */
	public enum Reason {

		/** There is no such command, or what runs it (the first line of a script). */
		COMMAND_NOT_FOUND,

		/** The command is there but cannot be executed. */
		NOT_EXECUTABLE,

		/** The working directory is missing or not a directory. */
		NO_DIRECTORY,

		/** There is no {@code /bin/sh} to attach a descriptor with. */
		NO_SHELL,

		/**
		 * The child ended with a failure, closed its end or could not be initialized
		 * within its settle time.
		 */
		EXITED_AT_ONCE,

		/** It was stopped while it started. */
		STOPPED,

		/**
		 * The system refused: out of descriptors, processes or memory, or the file is
		 * being written.
		 */
		REFUSED

	}

}
