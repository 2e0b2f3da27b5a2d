package dev.socketpair.nio;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.IllegalBlockingModeException;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketpair.PairedSocket;

/**
 * A socket as a stream of bytes. Of a message socket it keeps the rest of a message that
 * was longer than the caller's array.
 */
final class SocketInputStream extends InputStream {

	private static final ByteBuffer NO_ROOM = ByteBuffer.allocate(0);

	private static final int SMALLEST = 8 * 1024;

	private final PairedSocket socket;

	private final boolean stream;

	/** No monitor: a virtual thread waits while it holds it. */
	private final ReentrantLock lock = new ReentrantLock();

	/** What is left of a message; guarded by the lock. */
	private ByteBuffer message = NO_ROOM;

	/** How much is left of a message, for threads that do not hold the lock. */
	private volatile int left;

	SocketInputStream(PairedSocket socket, boolean stream) {
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
		this.lock.lock();
		try {
			while (!this.message.hasRemaining()) {
				if (!nextMessage()) {
					return -1;
				}
			}
			int count = Math.min(length, this.message.remaining());
			this.message.get(bytes, offset, count);
			this.left = this.message.remaining();
			return count;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Receive a message, which is asked for its length first, so that it always fits. */
	private boolean nextMessage() throws IOException {
		int length = blocking(this.socket.peek(NO_ROOM.duplicate()));
		if (length == PairedSocket.END_OF_STREAM) {
			return false;
		}
		if (length > this.message.capacity() || this.message.capacity() == 0) {
			this.message = ByteBuffer.allocate(Math.max(length, SMALLEST));
		}
		try {
			return blocking(this.socket.receive(this.message.clear())) != PairedSocket.END_OF_STREAM;
		}
		finally {
			// Empty if nothing was received.
			this.message.flip();
		}
	}

	private static int blocking(int result) {
		if (result == PairedSocket.WOULD_BLOCK) {
			throw new IllegalBlockingModeException();
		}
		return result;
	}

	@Override
	public int available() throws IOException {
		return this.left + this.socket.available();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
