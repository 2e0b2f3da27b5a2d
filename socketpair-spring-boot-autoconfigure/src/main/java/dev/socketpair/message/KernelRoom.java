package dev.socketpair.message;

import java.io.IOException;
import java.net.StandardSocketOptions;

import dev.socketpair.PairedSocket;
import dev.socketpair.SocketDomain;

/**
 * How much can surely be written without waiting for the peer, which only ever makes
 * room. Guarded by the lock of the {@link MessageWriter}.
 * <p>
 * The kernel charges the memory of its buffers and not the bytes in them, and lets the
 * writer wait when {@code SO_SNDBUF} is reached: {@code sock_alloc_send_pskb} in
 * {@code net/core/sock.c}.
 */
final class KernelRoom {

	/** What a byte may cost, because the kernel rounds to powers of two. */
	private static final int CHARGE = 2;

	/** What a call may cost besides: two buffers, each with less than 1 KiB around it. */
	private static final int CALL = 2048;

	private final PairedSocket socket;

	/** What was there beyond all that was taken. */
	private long left;

	/** How far the writing was when the kernel was asked. */
	private long askedAt = -1;

	/** What is being written besides. */
	private long untracked;

	KernelRoom(PairedSocket socket) {
		this.socket = socket;
	}

	/**
	 * Return whether there is room behind everything that is to leave.
	 * @param size how many bytes
	 * @param done how far the writing is: the kernel is asked once until that changes
	 * @param leaving how many bytes were taken and may not have left yet
	 */
	boolean isSureFor(long size, long done, long leaving) {
		long needed = CHARGE * size + CALL;
		if (this.left < needed && this.askedAt != done) {
			this.askedAt = done;
			this.left = ask() - CHARGE * (leaving + this.untracked) - CALL;
		}
		return this.left >= needed;
	}

	private long ask() {
		if (!this.socket.options().domain().equals(SocketDomain.UNIX)) {
			return 0;
		}
		try {
			// Half of what the kernel reserves.
			return 2L * this.socket.getOption(StandardSocketOptions.SO_SNDBUF) - this.socket.unsent();
		}
		catch (IOException | UnsupportedOperationException ex) {
			return 0;
		}
	}

	/** Bytes were added to those that are to leave. */
	void take(long size) {
		this.left -= CHARGE * size;
	}

	/** What was added leaves, and what is added from now on leaves in another call. */
	void nextCall() {
		this.left -= CALL;
	}

	/**
	 * Something else is being written.
	 * @param size how many bytes that were not taken
	 */
	void untracked(long size) {
		if (size > 0 || this.untracked > 0) {
			this.left = 0;
			this.askedAt = -1;
		}
		this.untracked = size;
	}

}
