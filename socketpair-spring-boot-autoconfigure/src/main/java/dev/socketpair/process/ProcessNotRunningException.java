package dev.socketpair.process;

import java.nio.channels.ClosedChannelException;

import dev.socketpair.text.Printable;

/**
 * There is no child process at the other end: it was not started, was stopped, or cannot
 * be used any more.
 */
public class ProcessNotRunningException extends ClosedChannelException {

	private static final long serialVersionUID = 1L;

	/** The name of the process, and why it does not run. */
	private final String message;

	/**
	 * Create the exception.
	 * @param message the name of the process, and why it does not run
	 */
	public ProcessNotRunningException(String message) {
		this.message = Printable.message(message);
	}

	@Override
	public String getMessage() {
		return this.message;
	}

}
