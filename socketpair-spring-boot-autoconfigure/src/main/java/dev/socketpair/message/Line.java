package dev.socketpair.message;

import java.nio.ByteBuffer;

/**
 * The format of {@link Framing#LINE}.
 */
final class Line implements WireFormat {

	@Override
	public void check(ByteBuffer message) {
		int index = LineFeed.indexIn(message);
		if (index >= 0) {
			throw new IllegalArgumentException(
					("A message of the framing 'line' must not contain a line feed, but byte "
							+ "%s of %s is one: use 'length-prefix' for such messages, or write JSON on one line")
						.formatted(index - message.position(), message.remaining()));
		}
	}

	@Override
	public int trailerSize() {
		return 1;
	}

	@Override
	public void putTrailer(ByteBuffer dst) {
		dst.put(LineFeed.VALUE);
	}

	@Override
	public Decoder decoder(int maximum) {
		return new LineDecoder(maximum);
	}

}
