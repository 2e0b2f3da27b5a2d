package dev.socketpair.message;

import java.net.ProtocolException;
import java.nio.ByteBuffer;

/**
 * The format of {@link Framing#LENGTH_PREFIX}.
 */
final class LengthPrefix implements WireFormat {

	/** Stands in the place of a length that does not fit into 31 bits. */
	private static final int LONG_FORM = -1;

	@Override
	public int headerSize(int length) {
		return Integer.BYTES;
	}

	@Override
	public void putHeader(int length, ByteBuffer dst) {
		// The long form is for lengths that no Java buffer can have.
		dst.putInt(length);
	}

	@Override
	public Decoder decoder(int maximum) {
		return new LengthDecoder(maximum) {

			@Override
			long readLength(ByteBuffer ahead) throws ProtocolException {
				return LengthPrefix.readLength(ahead);
			}

		};
	}

	private static long readLength(ByteBuffer ahead) throws ProtocolException {
		int start = ahead.position();
		if (ahead.remaining() < Integer.BYTES) {
			return LengthDecoder.INCOMPLETE;
		}
		int length = ahead.getInt(start);
		if (length >= 0) {
			ahead.position(start + Integer.BYTES);
			return length;
		}
		if (length != LONG_FORM) {
			throw new ProtocolException(
					"No message can have the announced length of %s bytes: %s".formatted(length, Excerpt.of(ahead)));
		}
		if (ahead.remaining() < Integer.BYTES + Long.BYTES) {
			return LengthDecoder.INCOMPLETE;
		}
		long longLength = ahead.getLong(start + Integer.BYTES);
		if (longLength < 0) {
			throw new ProtocolException("No message can have the announced length of %s bytes: %s"
				.formatted(Long.toUnsignedString(longLength), Excerpt.of(ahead)));
		}
		ahead.position(start + Integer.BYTES + Long.BYTES);
		return longLength;
	}

}
