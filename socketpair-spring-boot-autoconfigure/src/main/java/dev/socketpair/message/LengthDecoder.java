package dev.socketpair.message;

import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * A decoder of messages whose length comes before them.
 */
abstract class LengthDecoder implements Decoder {

	/** The value of {@link #readLength(ByteBuffer)} for an incomplete header. */
	static final long INCOMPLETE = -1;

	/** No process can address more (x86-64 and aarch64 with four levels of tables). */
	private static final long LARGEST_LENGTH = 1L << 47;

	private final int maximum;

	/** How many bytes of a message that is too large are still to come. */
	private long toSkip;

	private @Nullable ByteBuffer partial;

	LengthDecoder(int maximum) {
		this.maximum = maximum;
	}

	/**
	 * Take the header of a message.
	 * @param ahead the bytes that were read; the position is moved behind the header if
	 * that is complete, and stays otherwise
	 * @return the length of the message, or {@link #INCOMPLETE}
	 * @throws ProtocolException if it is no header
	 */
	abstract long readLength(ByteBuffer ahead) throws ProtocolException;

	@Override
	public final @Nullable ByteBuffer next(ByteBuffer ahead) throws IOException {
		if (this.toSkip > 0 && !skip(ahead)) {
			return null;
		}
		ByteBuffer partial = this.partial;
		return (partial != null) ? resume(partial, ahead) : start(ahead);
	}

	private @Nullable ByteBuffer start(ByteBuffer ahead) throws IOException {
		int before = ahead.position();
		long length = readLength(ahead);
		if (length <= this.maximum) {
			return (length != INCOMPLETE) ? start(ahead, before, (int) length) : null;
		}
		if (length > LARGEST_LENGTH) {
			ahead.position(before);
			throw new ProtocolException("No message can have the announced length of %s bytes: %s"
				.formatted(Long.toUnsignedString(length), Excerpt.of(ahead)));
		}
		this.toSkip = length;
		throw new MessageTooLargeException(length, this.maximum);
	}

	private @Nullable ByteBuffer start(ByteBuffer ahead, int before, int length) {
		ByteBuffer message;
		try {
			message = ByteBuffer.allocate(length);
		}
		catch (OutOfMemoryError ex) {
			// The next call reads the header again.
			ahead.position(before);
			throw ex;
		}
		if (ahead.remaining() >= length) {
			ahead.get(message.array(), 0, length);
			return message;
		}
		message.put(ahead);
		this.partial = message;
		return null;
	}

	private @Nullable ByteBuffer resume(ByteBuffer message, ByteBuffer ahead) {
		int count = Math.min(message.remaining(), ahead.remaining());
		ahead.get(message.array(), message.position(), count);
		message.position(message.position() + count);
		if (message.hasRemaining()) {
			return null;
		}
		this.partial = null;
		return message.flip();
	}

	/** Return whether all of it is skipped. */
	private boolean skip(ByteBuffer ahead) {
		int count = (int) Math.min(this.toSkip, ahead.remaining());
		ahead.position(ahead.position() + count);
		this.toSkip -= count;
		return this.toSkip == 0;
	}

	@Override
	public final @Nullable ByteBuffer partial() {
		return this.partial;
	}

	@Override
	public final long taken() {
		ByteBuffer partial = this.partial;
		return (this.toSkip > 0) ? SKIPPED : (partial != null) ? partial.position() : 0;
	}

	@Override
	public final boolean isInside() {
		return this.partial != null || this.toSkip > 0;
	}

}
