package dev.socketpair;

import java.net.SocketException;

/**
 * A message that was longer than the buffer it was read into. The message is consumed, as
 * the kernel does it; the buffer keeps its position, and the next call gets the next
 * message.
 */
public class MessageTruncatedException extends SocketException {

	private static final long serialVersionUID = 1L;

	/** The real length of the message in bytes. */
	private final int length;

	/**
	 * Create the exception.
	 * @param length the length of the message in bytes
	 * @param capacity the number of bytes that the buffer had room for
	 */
	public MessageTruncatedException(int length, int capacity) {
		super("A message of %s bytes does not fit into a buffer with room for %s".formatted(length, capacity));
		this.length = length;
	}

	/**
	 * Return the real length of the message.
	 * @return a number of bytes
	 */
	public int length() {
		return this.length;
	}

}
