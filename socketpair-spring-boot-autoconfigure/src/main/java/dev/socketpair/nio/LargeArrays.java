package dev.socketpair.nio;

import java.nio.ByteBuffer;

import dev.socketpair.Errno;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;

/**
 * Large heap arrays in a stream, blocking mode: what can move at once is passed as it is,
 * which saves the copy; only the call that waits goes through native memory, and with a
 * small piece where waiting is expected.
 * <p>
 * Never used in a loop that has no other call: see
 * {@link Libc#send(int, byte[], int, int)}.
 */
final class LargeArrays {

	/** Below this a copy costs nothing that shows. */
	private static final int SMALLEST = 16 * 1024;

	/** What is sent by a call that is expected to wait. */
	private static final int PIECE = 1024;

	/** So that a loop over arrays reaches a safepoint. */
	private static final int PLAIN_EVERY = 16;

	private static final int EAGAIN = -Errno.EAGAIN.number();

	private LargeArrays() {
	}

	static boolean suits(Libc libc, Frame frame, ByteBuffer buffer, int length, int flags) {
		return flags == 0 && length >= SMALLEST && libc.passesArrays() && buffer.hasArray()
				&& frame.countArray() % PLAIN_EVERY != 0;
	}

	/**
	 * Send bytes of a heap buffer.
	 * @return the number of bytes, or the negated errno
	 */
	static long send(Libc libc, Frame frame, int number, ByteBuffer src, int length) {
		int offset = src.arrayOffset() + src.position();
		if (!frame.sendWaits()) {
			long sent = libc.send(number, src.array(), offset, length);
			if (sent != EAGAIN) {
				return sent;
			}
			frame.sendWaits(true);
		}
		frame.bytes(libc, PIECE).put(0, src, src.position(), PIECE);
		long sent = libc.send(number, frame.bytesAddress(), PIECE, LinuxAbi.MSG_NOSIGNAL);
		if (sent < PIECE) {
			return sent;
		}
		long more = libc.send(number, src.array(), offset + PIECE, length - PIECE);
		frame.sendWaits(more != length - PIECE);
		return sent + Math.max(0, more);
	}

	/**
	 * Receive bytes into a heap buffer.
	 * @return the number of bytes, or the negated errno
	 */
	static long receive(Libc libc, Frame frame, int number, ByteBuffer dst, int length) {
		int offset = dst.arrayOffset() + dst.position();
		if (!frame.receiveWaits()) {
			long received = libc.recv(number, dst.array(), offset, length);
			if (received != EAGAIN) {
				return received;
			}
			frame.receiveWaits(true);
		}
		frame.bytes(libc, PIECE);
		long waiting = libc.recv(number, frame.bytesAddress(), 1, LinuxAbi.MSG_PEEK);
		if (waiting <= 0) {
			return waiting;
		}
		long received = libc.recv(number, dst.array(), offset, length);
		frame.receiveWaits(received != length);
		return received;
	}

}
