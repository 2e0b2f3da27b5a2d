package dev.socketpair.message;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * A decoder of messages that end with a line feed.
 */
final class LineDecoder implements Decoder {

	private static final int SMALLEST_PART = 4096;

	private final int maximum;

	/** The bytes of a line whose end has not come yet, or {@code null}. */
	private @Nullable ByteBuffer part;

	/** Whether the rest of a line that is too large is skipped. */
	private boolean skipping;

	LineDecoder(int maximum) {
		this.maximum = maximum;
	}

	@Override
	public @Nullable ByteBuffer next(ByteBuffer ahead) throws MessageTooLargeException {
		if (this.skipping && !skip(ahead)) {
			return null;
		}
		int end = LineFeed.indexIn(ahead);
		return (end >= 0) ? finish(ahead, end) : keep(ahead);
	}

	private ByteBuffer finish(ByteBuffer ahead, int end) throws MessageTooLargeException {
		ByteBuffer part = this.part;
		int before = (part != null) ? part.position() : 0;
		int count = end - ahead.position();
		long length = (long) before + count;
		if (length > this.maximum) {
			this.part = null;
			ahead.position(end + 1);
			throw new MessageTooLargeException(length, this.maximum);
		}
		ByteBuffer message = ByteBuffer.allocate((int) length);
		if (part != null) {
			message.put(0, part, 0, before);
			this.part = null;
		}
		ahead.get(message.array(), before, count);
		ahead.position(end + 1);
		return message;
	}

	private @Nullable ByteBuffer keep(ByteBuffer ahead) throws MessageTooLargeException {
		int count = ahead.remaining();
		if (count == 0) {
			return null;
		}
		ByteBuffer part = this.part;
		int before = (part != null) ? part.position() : 0;
		long length = (long) before + count;
		if (length > this.maximum) {
			this.part = null;
			this.skipping = true;
			ahead.position(ahead.limit());
			throw new MessageTooLargeException(length, this.maximum);
		}
		this.part = withRoomFor(part, before, (int) length).put(ahead);
		return null;
	}

	private ByteBuffer withRoomFor(@Nullable ByteBuffer part, int before, int length) {
		if (part != null && part.capacity() >= length) {
			return part;
		}
		int capacity = (int) Math.min(Math.max(2L * length, SMALLEST_PART), this.maximum);
		ByteBuffer larger = ByteBuffer.allocate(capacity);
		return (part != null) ? larger.put(0, part, 0, before).position(before) : larger;
	}

	/** Return whether all of it is skipped. */
	private boolean skip(ByteBuffer ahead) {
		int end = LineFeed.indexIn(ahead);
		ahead.position((end >= 0) ? end + 1 : ahead.limit());
		this.skipping = end < 0;
		return !this.skipping;
	}

	@Override
	public long taken() {
		ByteBuffer part = this.part;
		return this.skipping ? SKIPPED : (part != null) ? part.position() : 0;
	}

	@Override
	public boolean isInside() {
		return this.part != null || this.skipping;
	}

}
