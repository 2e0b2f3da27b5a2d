package dev.socketpair.message;

import java.io.IOException;
import java.io.InterruptedIOException;
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
 * Closing the socket ends the wait of all, because it ends the call of the one that holds
 * the lock. Each method that locks is paired with {@link #unlock()}.
 */
final class InterruptibleLock {

	private final PairedSocket socket;

	private final ReentrantLock lock = new ReentrantLock();

	InterruptibleLock(PairedSocket socket) {
		this.socket = socket;
	}

	/**
	 * Lock if no other caller holds the lock.
	 * @return whether it is locked now
	 * @throws InterruptedIOException if the thread is interrupted
	 * @throws IOException if the socket is closed
	 */
	boolean tryLock() throws IOException {
		ensureUsable(this.socket);
		if (!this.lock.tryLock()) {
			return false;
		}
		ensureStillOpen();
		return true;
	}

	/**
	 * Lock, waiting for other callers.
	 * @throws InterruptedIOException if the thread is interrupted
	 * @throws IOException if the socket is or becomes closed
	 */
	void lock() throws IOException {
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
	 * Lock, waiting for other callers within a limit of time.
	 * @param limit the limit, or {@code null} for none
	 * @throws SocketTimeoutException if another caller holds the lock until then
	 * @throws InterruptedIOException if the thread is interrupted
	 * @throws IOException if the socket is or becomes closed
	 */
	void lock(@Nullable TimeLimit limit) throws IOException {
		if (limit == null) {
			lock();
			return;
		}
		ensureOpen(this.socket);
		try {
			if (!this.lock.tryLock(limit.left(), TimeUnit.NANOSECONDS)) {
				throw new SocketTimeoutException("Timed out while others were receiving");
			}
		}
		catch (InterruptedException ex) {
			throw interrupted();
		}
		ensureStillOpen();
	}

	void unlock() {
		this.lock.unlock();
	}

	private void ensureStillOpen() throws AsynchronousCloseException {
		if (!this.socket.isOpen()) {
			this.lock.unlock();
			throw new AsynchronousCloseException();
		}
	}

	private static void ensureOpen(PairedSocket socket) throws ClosedChannelException {
		if (!socket.isOpen()) {
			throw new ClosedChannelException();
		}
	}

	/**
	 * Refuse a caller that comes too late, or interrupted.
	 * @param socket the socket
	 * @throws InterruptedIOException if the thread is interrupted
	 * @throws ClosedChannelException if the socket is closed
	 */
	static void ensureUsable(PairedSocket socket) throws IOException {
		ensureOpen(socket);
		if (Thread.currentThread().isInterrupted()) {
			throw interrupted();
		}
	}

	/**
	 * Keep this thread interrupted, which has waited for others and neither read nor
	 * written anything.
	 * @return the exception to throw
	 */
	static InterruptedIOException interrupted() {
		Thread.currentThread().interrupt();
		return new InterruptedIOException("Interrupted while waiting for other callers; the connection stays open");
	}

}
