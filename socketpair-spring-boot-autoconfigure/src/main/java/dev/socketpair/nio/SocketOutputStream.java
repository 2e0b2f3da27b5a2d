package dev.socketpair.nio;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.IllegalBlockingModeException;

import dev.socketpair.PairedSocket;

/**
 * A socket as a stream of bytes, without a buffer.
 */
final class SocketOutputStream extends OutputStream {

	private final PairedSocket socket;

	SocketOutputStream(PairedSocket socket) {
		this.socket = socket;
	}

	@Override
	public void write(int value) throws IOException {
		write(new byte[] { (byte) value }, 0, 1);
	}

	@Override
	public void write(byte[] bytes, int offset, int length) throws IOException {
		ByteBuffer src = ByteBuffer.wrap(bytes, offset, length);
		if (!this.socket.isBlocking()) {
			throw new IllegalBlockingModeException();
		}
		this.socket.write(src);
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
