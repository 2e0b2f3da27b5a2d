package dev.socketpair;

import java.net.SocketException;

import org.jspecify.annotations.Nullable;

/**
 * A system call on a socket pair that failed, with the number that the C library left in
 * {@code errno}.
 */
public class SocketPairException extends SocketException {

	private static final long serialVersionUID = 1L;

	/** The system call that failed. */
	private final String operation;

	/** The error by name. */
	private final Errno errno;

	/** The error by number. */
	private final int errnoNumber;

	/**
	 * Create the exception of a failed call.
	 * @param operation the name of the system call, such as {@code socketpair}
	 * @param errnoNumber the value of {@code errno} after the call
	 * @param detail what the call was asked to do, or {@code null}
	 */
	public SocketPairException(String operation, int errnoNumber, @Nullable String detail) {
		super(message(operation, errnoNumber, detail));
		this.operation = operation;
		this.errno = Errno.of(errnoNumber);
		this.errnoNumber = errnoNumber;
	}

	private static String message(String operation, int errnoNumber, @Nullable String detail) {
		Errno errno = Errno.of(errnoNumber);
		String message = "%s failed with %s (%s): %s".formatted(operation, errno, errnoNumber, errno.description());
		return (detail != null) ? message + " [" + detail + "]" : message;
	}

	/**
	 * Return the error by name.
	 * @return the error, {@link Errno#UNKNOWN} where the number has no name
	 */
	public Errno errno() {
		return this.errno;
	}

	/**
	 * Return the error by number.
	 * @return the value of {@code errno} after the call
	 */
	public int errnoNumber() {
		return this.errnoNumber;
	}

	/**
	 * Return the system call that failed.
	 * @return its name, such as {@code socketpair}, {@code recv} or {@code send}
	 */
	public String operation() {
		return this.operation;
	}

}
