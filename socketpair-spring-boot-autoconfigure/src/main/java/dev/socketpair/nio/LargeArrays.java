package dev.socketpair.nio;

import java.nio.ByteBuffer;

import dev.socketpair.Errno;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.Platforms;
import dev.socketpair.libc.ScratchMemory;

/**
 * Heap arrays of some size in a stream, blocking mode: what can move at once is passed as
 * it is, which saves the copy; only a call that waits goes through native memory. The
 * garbage collector waits for a thread that passes an array, and sending wakes the
 * reader, which may take the processor: so only large arrays are sent that way.
 * <p>
 * Where waiting is expected, a small array is copied, which costs less than a second
 * system call; for a large one it is the other way round.
 * <p>
 * Never used in a loop that has no other call: see
 * {@link Libc#send(int, byte[], int, int)}.
 */
final class LargeArrays {

	/** Below this a copy costs nothing that shows. */
	private static final int SMALLEST = 4 * 1024;

	/** From here on a copy costs more than a system call. */
	private static final int LARGE = 16 * 1024;

	/** What of a large array is sent by a call that is expected to wait. */
	private static final int PIECE = 1024;

	/** So that a loop over arrays reaches a safepoint. */
	private static final int PLAIN_EVERY = 16;

	/** A call that took no longer than these nanoseconds has not waited. */
	private static final long AT_ONCE = 4_000;

	private static final int EAGAIN = -Errno.EAGAIN.number();

	private LargeArrays() {
	}

	static boolean suitSend(Libc libc, ScratchMemory scratch, ByteBuffer src, int length, int flags) {
		return length >= LARGE && suit(libc, scratch, src, flags);
	}

	static boolean suitReceive(Libc libc, ScratchMemory scratch, ByteBuffer dst, int length, int flags) {
		return length >= SMALLEST && suit(libc, scratch, dst, flags);
	}

	private static boolean suit(Libc libc, ScratchMemory scratch, ByteBuffer buffer, int flags) {
		return flags == 0 && libc.passesArrays() && buffer.hasArray() && scratch.countArray() % PLAIN_EVERY != 0;
	}

	/**
	 * Send bytes of a heap buffer.
	 * @return the number of bytes, or the negated errno
	 */
	static long send(Libc libc, ScratchMemory scratch, int number, ByteBuffer src, int length) {
		if (!scratch.sendWaits()) {
			long sent = libc.send(number, src.array(), src.arrayOffset() + src.position(), length);
			scratch.sendWaits(sent < length);
			if (sent != EAGAIN) {
				return sent;
			}
		}
		long sent = sendCopy(libc, scratch, number, src, PIECE);
		// There is room for the rest now.
		scratch.sendWaits(false);
		return sent;
	}

	private static long sendCopy(Libc libc, ScratchMemory scratch, int number, ByteBuffer src, int length) {
		scratch.bytes(libc, length).put(0, src, src.position(), length);
		return libc.send(number, scratch.bytesAddress(), length, Platforms.CURRENT.noSignalFlag());
	}

	/**
	 * Receive bytes into a heap buffer.
	 * @return the number of bytes, or the negated errno
	 */
	static long receive(Libc libc, ScratchMemory scratch, int number, ByteBuffer dst, int length) {
		int offset = dst.arrayOffset() + dst.position();
		if (!scratch.receiveWaits()) {
			long received = libc.recv(number, dst.array(), offset, length);
			if (received != EAGAIN) {
				return received;
			}
			scratch.receiveWaits(true);
			return receiveCopy(libc, scratch, number, dst, length);
		}
		if (length < LARGE) {
			long start = System.nanoTime();
			long received = receiveCopy(libc, scratch, number, dst, length);
			scratch.receiveWaits(System.nanoTime() - start > AT_ONCE);
			return received;
		}
		scratch.bytes(libc, 1);
		long waiting = libc.recv(number, scratch.bytesAddress(), 1, LinuxAbi.MSG_PEEK);
		if (waiting <= 0) {
			return waiting;
		}
		long received = libc.recv(number, dst.array(), offset, length);
		scratch.receiveWaits(received != length);
		return received;
	}

	private static long receiveCopy(Libc libc, ScratchMemory scratch, int number, ByteBuffer dst, int length) {
		ByteBuffer bytes = scratch.bytes(libc, length);
		long received = libc.recv(number, scratch.bytesAddress(), length, 0);
		if (received > 0) {
			dst.put(dst.position(), bytes, 0, (int) received);
		}
		return received;
	}

}
