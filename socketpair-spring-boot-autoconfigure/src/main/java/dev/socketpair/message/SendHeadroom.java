package dev.socketpair.message;

import java.io.IOException;
import java.net.StandardSocketOptions;

import dev.socketpair.PairedSocket;
import dev.socketpair.SocketDomain;

/**
 * How much can surely be written without waiting for the peer. Only this side uses
 * headroom up, and the peer only makes more, so that an answer of the kernel holds until
 * so much has been taken. Guarded by the lock of the {@link CoalescingStreamWriter}.
 * <p>
 * The kernel charges the memory of its buffers and not the bytes in them, and lets the
 * writer wait when {@code SO_SNDBUF} is reached: {@code sock_alloc_send_pskb} in
 * {@code net/core/sock.c}.
 */
final class SendHeadroom {

	/** The most that a byte is charged, because the kernel rounds to powers of two. */
	private static final int CHARGE_OF_BYTE = 2;

	/** The most that a call is charged besides: two buffers of less than 1 KiB each. */
	private static final int CHARGE_OF_CALL = 2048;

	private final PairedSocket socket;

	/** The headroom that has not been taken. */
	private long left;

	/** How far writing was when the kernel was last asked. */
	private long askedAt = -1;

	/** How many bytes are being written that were not taken. */
	private long untracked;

	SendHeadroom(PairedSocket socket) {
		this.socket = socket;
	}

	/**
	 * Return whether there is headroom behind everything that is to leave.
	 * @param size how many bytes are needed
	 * @param completed how far writing is: the kernel is asked once until that changes
	 * @param leaving how many bytes were taken and may not have left yet
	 */
	boolean isEnoughFor(long size, long completed, long leaving) {
		long needed = CHARGE_OF_BYTE * size + CHARGE_OF_CALL;
		if (this.left < needed && this.askedAt != completed) {
			this.askedAt = completed;
			this.left = ask() - CHARGE_OF_BYTE * (leaving + this.untracked) - CHARGE_OF_CALL;
		}
		return this.left >= needed;
	}

	private long ask() {
		if (!this.socket.options().domain().equals(SocketDomain.UNIX)) {
			return 0;
		}
		try {
			// The option tells half of what the kernel allows: socket(7).
			return 2L * this.socket.getOption(StandardSocketOptions.SO_SNDBUF) - this.socket.unsent();
		}
		catch (IOException | UnsupportedOperationException ex) {
			return 0;
		}
	}

	/** Bytes are added to those that are to leave. */
	void take(long size) {
		this.left -= CHARGE_OF_BYTE * size;
	}

	/** A call begins; bytes that are taken from now on leave in another one. */
	void nextCall() {
		this.left -= CHARGE_OF_CALL;
	}

	/**
	 * Bytes are being written that were not taken.
	 * @param size how many, or 0 when they have left
	 */
	void untracked(long size) {
		if (size > 0 || this.untracked > 0) {
			this.left = 0;
			this.askedAt = -1;
		}
		this.untracked = size;
	}

}
