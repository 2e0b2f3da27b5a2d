package dev.socketpair.message;

import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The format of {@link Framing#CONTENT_LENGTH}.
 */
final class ContentLength implements WireFormat {

	private static final byte[] NAME = "Content-Length: ".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

	@Override
	public int headerSize(int length) {
		return NAME.length + digits(length) + END.length;
	}

	@Override
	public void putHeader(int length, ByteBuffer dst) {
		dst.put(NAME);
		int start = dst.position();
		int end = start + digits(length);
		int left = length;
		for (int i = end - 1; i >= start; i--) {
			dst.put(i, (byte) ('0' + left % 10));
			left /= 10;
		}
		dst.position(end);
		dst.put(END);
	}

	private static int digits(int length) {
		int digits = 1;
		for (int left = length; left >= 10; left /= 10) {
			digits++;
		}
		return digits;
	}

	@Override
	public Decoder decoder(int maximum) {
		return new LengthDecoder(maximum) {

			@Override
			long readLength(ByteBuffer ahead) throws ProtocolException {
				return HeaderFields.readContentLength(ahead);
			}

		};
	}

}
