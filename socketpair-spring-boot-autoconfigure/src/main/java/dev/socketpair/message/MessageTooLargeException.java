package dev.socketpair.message;

import java.io.IOException;

/**
 * A message that is longer than {@link MessageConnection#maxMessageSize()}. If it was to
 * be sent, nothing of it was; if it was received, its bytes are skipped. Either way the
 * connection works on.
 */
public class MessageTooLargeException extends IOException {

	private static final long serialVersionUID = 1L;

	/** The length of the message in bytes. */
	private final long length;

	/** The maximum in bytes. */
	private final int maximum;

	/**
	 * Create the exception.
	 * @param length the length of the message in bytes
	 * @param maximum the maximum in bytes
	 */
	public MessageTooLargeException(long length, int maximum) {
		this("A message of %s bytes is larger than the maximum of %s".formatted(length, maximum), length, maximum);
	}

	/**
	 * Create the exception.
	 * @param message which message it is
	 * @param length the length of the message in bytes
	 * @param maximum the maximum in bytes
	 */
	public MessageTooLargeException(String message, long length, int maximum) {
		super(message);
		this.length = length;
		this.maximum = maximum;
	}

	/**
	 * Return the length of the message.
	 * @return a number of bytes; of a received line whose end has not come yet, the
	 * number of those that have
	 */
	public long length() {
		return this.length;
	}

	/**
	 * Return the maximum.
	 * @return a number of bytes
	 */
	public int maximum() {
		return this.maximum;
	}

}
