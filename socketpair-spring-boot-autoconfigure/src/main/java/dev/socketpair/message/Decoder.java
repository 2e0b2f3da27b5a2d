package dev.socketpair.message;

import java.io.IOException;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * Cuts the messages of one stream from bytes that were read ahead. Used by one thread at
 * a time.
 */
interface Decoder {

	/** The value of {@link #taken()} for a message that is too large. */
	long SKIPPED = -1;

	/**
	 * Cut the next message.
	 * @param ahead the bytes that were read, from position to limit; the position is
	 * moved behind those that were taken
	 * @return the message, or {@code null} if more has to be read
	 * @throws MessageTooLargeException if the message is too large; the next call skips
	 * it
	 * @throws java.net.ProtocolException if it is unknown where the next message starts
	 */
	@Nullable ByteBuffer next(ByteBuffer ahead) throws IOException;

	/**
	 * Return a message whose rest can be read directly into it, if there is one. No bytes
	 * are left that were read ahead then.
	 */
	default @Nullable ByteBuffer partial() {
		return null;
	}

	/**
	 * Return how many bytes were taken of a message that is not complete, not counting
	 * its header.
	 * @return a number of bytes, or {@link #SKIPPED} where they are not kept
	 */
	long taken();

	/**
	 * Return whether a message was taken in part.
	 */
	boolean isInside();

}
