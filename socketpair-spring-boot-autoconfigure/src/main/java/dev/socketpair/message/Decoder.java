package dev.socketpair.message;

import java.io.IOException;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * Cuts the messages of one stream from what was read ahead. Used by one thread at a time.
 */
interface Decoder {

	/** What {@link #taken()} returns of a message that is too large. */
	long SKIPPED = -1;

	/**
	 * Cut the next message.
	 * @param ahead what was read, from position to limit; the position is moved behind
	 * what was taken
	 * @return the message, or {@code null} if more has to be read
	 * @throws MessageTooLargeException if the message is too large; the next call skips
	 * it
	 * @throws java.net.ProtocolException if there is no telling where the next message
	 * starts
	 */
	@Nullable ByteBuffer next(ByteBuffer ahead) throws IOException;

	/**
	 * Return the message whose rest can be read right into it, if there is one. Nothing
	 * is left of what was read ahead then.
	 */
	default @Nullable ByteBuffer partial() {
		return null;
	}

	/**
	 * Return how much was taken of a message that is not complete, its header not
	 * counted.
	 * @return a number of bytes, or {@link #SKIPPED} where they are not kept
	 */
	long taken();

	/**
	 * Return whether something of a message was taken, and not yet all of it.
	 */
	boolean isInside();

}
