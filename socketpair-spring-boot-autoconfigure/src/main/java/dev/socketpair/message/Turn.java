package dev.socketpair.message;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketpair.PairedSocket;
import org.jspecify.annotations.Nullable;

/**
 * A lock for callers that use a socket one after the other. An interrupt ends the wait of
 * one caller, which has neither read nor written anything, and leaves the socket open.
 */
final class Turn {

	private final PairedSocket socket;

	private final ReentrantLock lock = new ReentrantLock();

	Turn(PairedSocket socket) {
		this.socket = socket;
	}

	/**
	 * Take the turn if it is free. Is paired with {@link #end()}.
	 * @return whether it was taken
	 * @throws InterruptedIOException if the thread is interrupted
	 * @throws IOException if the socket is closed
	 */
	boolean tryBegin() throws IOException {
		ensureOpen(this.socket);
		if (Thread.currentThread().isInterrupted()) {
			throw interrupted();
		}
		if (!this.lock.tryLock()) {
			return false;
		}
		ensureStillOpen();
		return true;
	}

	/**
	 * Wait for the turn. Is paired with {@link #end()}.
	 * @throws InterruptedIOException if the thread is interrupted
	 * @throws IOException if the socket is or becomes closed
	 */
	void begin() throws IOException {
		ensureOpen(this.socket);
		try {
			this.lock.lockInterruptibly();
		}
		catch (InterruptedException ex) {
			throw interrupted();
		}
		ensureStillOpen();
	}

	/**
	 * Wait for the turn until a time. Is paired with {@link #end()}.
	 * @param deadline the time, or {@code null} for no limit
	 * @throws SocketTimeoutException if it did not come
	 * @throws InterruptedIOException if the thread is interrupted
	 * @throws IOException if the socket is or becomes closed
	 */
	void begin(@Nullable Deadline deadline) throws IOException {
		if (deadline == null) {
			begin();
			return;
		}
		ensureOpen(this.socket);
		try {
			if (!this.lock.tryLock(deadline.left(), TimeUnit.NANOSECONDS)) {
				throw new SocketTimeoutException("Timed out while others were receiving");
			}
		}
		catch (InterruptedException ex) {
			throw interrupted();
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
	 * Keep the thread interrupted, which waited and has neither read nor written
	 * anything.
	 * @return what to throw
	 */
	static InterruptedIOException interrupted() {
		Thread.currentThread().interrupt();
		return new InterruptedIOException("Interrupted while waiting for other callers; the connection stays open");
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
