package dev.socketpair.message;

import java.nio.ByteBuffer;

/**
 * The bytes that a framing puts around a message in a stream. Has no state: a
 * {@link Decoder} keeps what has been read of a message.
 */
interface WireFormat {

	/** The most that {@link #headerSize(int)} returns. */
	int LARGEST_HEADER = 64;

	static WireFormat of(Framing framing) {
		return switch (framing) {
			case LENGTH_PREFIX -> new LengthPrefix();
			case LINE -> new Line();
			case CONTENT_LENGTH -> new ContentLength();
			case NONE -> throw new IllegalArgumentException("'none' is no framing of a stream");
		};
	}

	/**
	 * Refuse a message that the format cannot carry.
	 * @param message the message, from position to limit, both of which stay
	 * @throws IllegalArgumentException if it cannot be carried
	 */
	default void check(ByteBuffer message) {
	}

	/**
	 * Return the number of bytes before a message.
	 * @param length the length of the message
	 */
	default int headerSize(int length) {
		return 0;
	}

	/**
	 * Put the bytes before a message.
	 * @param length the length of the message
	 * @param dst has room for them
	 */
	default void putHeader(int length, ByteBuffer dst) {
	}

	/**
	 * Return the number of bytes after a message.
	 */
	default int trailerSize() {
		return 0;
	}

	/**
	 * Put the bytes after a message.
	 * @param dst has room for them
	 */
	default void putTrailer(ByteBuffer dst) {
	}

	/**
	 * Return the number of bytes that a message takes in the stream.
	 * @param message the message, from position to limit
	 */
	default long sizeOf(ByteBuffer message) {
		int length = message.remaining();
		return (long) length + headerSize(length) + trailerSize();
	}

	/**
	 * Return a decoder for one stream.
	 * @param maximum the largest message in bytes
	 */
	Decoder decoder(int maximum);

}
