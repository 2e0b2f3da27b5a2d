package dev.socketpair.nio;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.IllegalBlockingModeException;
import java.util.Objects;

/**
 * A socket as a stream of bytes. Of a message socket it keeps the rest of a message that
 * was longer than the caller's array.
 */
final class SocketInputStream extends InputStream {

	/** Larger than any message that the default limits of the kernel let through. */
	private static final int MESSAGE_SIZE = 256 * 1024;

	private final NativePairedSocket socket;

	private final boolean stream;

	private final Object lock = new Object();

	private ByteBuffer message = ByteBuffer.allocate(0);

	SocketInputStream(NativePairedSocket socket, boolean stream) {
		this.socket = socket;
		this.stream = stream;
	}

	@Override
	public int read() throws IOException {
		byte[] one = new byte[1];
		int count = read(one, 0, 1);
		return (count > 0) ? Byte.toUnsignedInt(one[0]) : -1;
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		Objects.checkFromIndexSize(offset, length, bytes.length);
		if (!this.socket.isBlocking()) {
			throw new IllegalBlockingModeException();
		}
		if (length == 0) {
			return 0;
		}
		if (this.stream) {
			return this.socket.read(ByteBuffer.wrap(bytes, offset, length));
		}
		return readMessage(bytes, offset, length);
	}

	private int readMessage(byte[] bytes, int offset, int length) throws IOException {
		synchronized (this.lock) {
			while (!this.message.hasRemaining()) {
				if (this.message.capacity() == 0) {
					this.message = ByteBuffer.allocate(MESSAGE_SIZE);
				}
				this.message.clear();
				int received = this.socket.read(this.message);
				this.message.flip();
				if (received == -1) {
					return -1;
				}
			}
			int count = Math.min(length, this.message.remaining());
			this.message.get(bytes, offset, count);
			return count;
		}
	}

	@Override
	public int available() throws IOException {
		synchronized (this.lock) {
			return this.message.remaining() + this.socket.available();
		}
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
