package dev.socketpair.message;

import java.io.EOFException;

import org.jspecify.annotations.Nullable;

/**
 * The stream has ended inside a message: the peer was closed, or died, while it wrote.
 * For {@link Framing#LINE} that is a line without its line feed.
 * <p>
 * It is no {@code EOFException} by name, because web frameworks take one of that name for
 * their own client that has gone, and answer with an empty 200.
 */
public class IncompleteMessageException extends EOFException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param message the detail message, or {@code null}
	 */
	public IncompleteMessageException(@Nullable String message) {
		super(message);
	}

}
