package dev.socketpair.message;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketpair.PairedSocket;

/**
 * A lock for those who use a socket one after the other. Who waits for it is treated as
 * if the wait were one in the socket: an interrupt closes it, and so does not wait.
 */
final class Turn {

	private final PairedSocket socket;

	private final ReentrantLock lock = new ReentrantLock();

	Turn(PairedSocket socket) {
		this.socket = socket;
	}

	/**
	 * Wait for the turn. Is paired with {@link #end()}.
	 * @throws IOException if the socket is or becomes closed
	 */
	void begin() throws IOException {
		ensureOpen(this.socket);
		try {
			this.lock.lockInterruptibly();
		}
		catch (InterruptedException ex) {
			throw interrupted(this.socket);
		}
		ensureStillOpen();
	}

	/**
	 * Wait for the turn for some time. Is paired with {@link #end()}.
	 * @param nanoseconds how long
	 * @throws SocketTimeoutException if it did not come
	 * @throws IOException if the socket is or becomes closed
	 */
	void begin(long nanoseconds) throws IOException {
		ensureOpen(this.socket);
		try {
			if (!this.lock.tryLock(nanoseconds, TimeUnit.NANOSECONDS)) {
				throw new SocketTimeoutException("Timed out while others were receiving");
			}
		}
		catch (InterruptedException ex) {
			throw interrupted(this.socket);
		}
		ensureStillOpen();
	}

	void end() {
		this.lock.unlock();
	}

	private void ensureStillOpen() throws AsynchronousCloseException {
		if (!this.socket.isOpen()) {
			this.lock.unlock();
			throw new AsynchronousCloseException();
		}
	}

	static void ensureOpen(PairedSocket socket) throws ClosedChannelException {
		if (!socket.isOpen()) {
			throw new ClosedChannelException();
		}
	}

	/**
	 * Close a socket because the current thread was interrupted while it waited for it.
	 * @param socket the socket
	 * @return what to throw
	 */
	static ClosedByInterruptException interrupted(PairedSocket socket) {
		Thread.currentThread().interrupt();
		close(socket);
		return new ClosedByInterruptException();
	}

	static void close(PairedSocket socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
