package dev.socketpair.nio;

import java.nio.ByteBuffer;

import dev.socketpair.Errno;
import dev.socketpair.descriptor.Half;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.LinuxAbi.Cmsghdr;
import dev.socketpair.libc.Pollfds;
import dev.socketpair.libc.ScratchMemory;

/**
 * How sockets of the domain {@code tipc} receive, which differs in two ways from
 * {@code unix}.
 * <p>
 * The kernel does not tell the length of a message that it cuts: {@code MSG_TRUNC} is
 * ignored. So there is always room for the largest message that there is.
 * <p>
 * The kernel reports a peer that has closed with {@code ECONNRESET}, for ever and whether
 * or not the peer had read everything; which of the two it was stands in a control
 * message. A peer that was shut down is reported once, and after that as if something
 * could still come.
 *
 * @see <a href=
 * "https://github.com/torvalds/linux/blob/v6.1/net/tipc/socket.c">net/tipc/socket.c</a>
 */
final class TipcTransfer {

	/** {@code recv(2)} from a stream: what is waiting and fits. */
	static final Half.Operation<ByteBuffer> READ_STREAM = tellingTheEnd(Transfer.READ_STREAM);

	/** Peek at the bytes that {@link #READ_STREAM} would read. */
	static final Half.Operation<ByteBuffer> PEEK_STREAM = tellingTheEnd(Transfer.PEEK_STREAM);

	/** {@code recvmsg(2)} from a stream into several buffers. */
	static final Half.Operation<Transfer.Vector> SCATTER_STREAM = tellingTheEnd(Transfer.SCATTER_STREAM);

	/** {@code recv(2)} of one message, whose real length is returned. */
	static final Half.Operation<ByteBuffer> READ_DATAGRAM = TipcTransfer::receive;

	/** Peek at the bytes that {@link #READ_DATAGRAM} would read. */
	static final Half.Operation<ByteBuffer> PEEK_DATAGRAM = (libc, number, dst, flags) -> receive(libc, number, dst,
			flags | LinuxAbi.MSG_PEEK);

	/** {@link #READ_DATAGRAM} into several buffers. */
	static final Half.Operation<Transfer.Vector> SCATTER_DATAGRAM = TipcTransfer::scatter;

	/** {@link #READ_DATAGRAM} where there is an end of the stream. */
	static final Half.Operation<ByteBuffer> READ_MESSAGE = tellingTheEnd(READ_DATAGRAM);

	/** Peek at the bytes that {@link #READ_MESSAGE} would read. */
	static final Half.Operation<ByteBuffer> PEEK_MESSAGE = tellingTheEnd(PEEK_DATAGRAM);

	/** {@link #READ_MESSAGE} into several buffers. */
	static final Half.Operation<Transfer.Vector> SCATTER_MESSAGE = tellingTheEnd(SCATTER_DATAGRAM);

	private static final int LARGEST_MESSAGE = LinuxAbi.TIPC_MAX_USER_MSG_SIZE;

	/** Why a message came back, and how long it is: two {@code int}s. */
	private static final int ERROR_CONTROL = Cmsghdr.space(2 * Integer.BYTES);

	private static final int EAGAIN = -Errno.EAGAIN.number();

	private static final int ECONNRESET = -Errno.ECONNRESET.number();

	private static final int ENOTCONN = -Errno.ENOTCONN.number();

	private TipcTransfer() {
	}

	/**
	 * Return how much can be read at once: the first message, or on a stream what was
	 * sent first. The domain has no {@code FIONREAD}.
	 * @return a number of bytes, or the negated errno
	 */
	static int available(Libc libc, int number) {
		ScratchMemory scratch = ScratchMemory.acquire(libc);
		try {
			scratch.bytes(libc, LARGEST_MESSAGE);
			long seen = libc.recv(number, scratch.bytesAddress(), LARGEST_MESSAGE,
					LinuxAbi.MSG_PEEK | LinuxAbi.MSG_DONTWAIT);
			return (seen == EAGAIN || seen == ECONNRESET || seen == ENOTCONN) ? 0 : (int) seen;
		}
		finally {
			scratch.release();
		}
	}

	private static long receive(Libc libc, int number, ByteBuffer dst, int flags) {
		ScratchMemory scratch = ScratchMemory.acquire(libc);
		try {
			ByteBuffer bytes = scratch.bytes(libc, LARGEST_MESSAGE);
			long received = libc.recv(number, scratch.bytesAddress(), LARGEST_MESSAGE, flags);
			boolean peeked = (flags & LinuxAbi.MSG_PEEK) != 0;
			if (received > 0 && (received <= dst.remaining() || peeked)) {
				int length = (int) Math.min(received, dst.remaining());
				dst.put(dst.position(), bytes, 0, length);
				dst.position(dst.position() + length);
			}
			return received;
		}
		finally {
			scratch.release();
		}
	}

	private static long scatter(Libc libc, int number, Transfer.Vector dsts, int flags) {
		ScratchMemory scratch = ScratchMemory.acquire(libc);
		try {
			ByteBuffer bytes = scratch.bytes(libc, LARGEST_MESSAGE);
			long received = libc.recv(number, scratch.bytesAddress(), LARGEST_MESSAGE, flags);
			if (received > 0 && received <= dsts.remaining()) {
				dsts.fill(bytes, (int) received);
			}
			return received;
		}
		finally {
			scratch.release();
		}
	}

	/**
	 * Make an operation of a connected socket return {@link Half#END} at the end. It
	 * never waits in the kernel, which would wait there for ever once the end was
	 * reported.
	 */
	private static <B> Half.Operation<B> tellingTheEnd(Half.Operation<B> operation) {
		return (libc, number, buffer, flags) -> {
			long received = operation.attempt(libc, number, buffer, flags | LinuxAbi.MSG_DONTWAIT);
			if (received == EAGAIN && isHungUp(libc, number)) {
				// What came between the two calls is there, and nothing comes any more.
				received = operation.attempt(libc, number, buffer, flags | LinuxAbi.MSG_DONTWAIT);
				return (received == EAGAIN) ? Half.END : orEnd(libc, number, received);
			}
			return orEnd(libc, number, received);
		};
	}

	private static long orEnd(Libc libc, int number, long received) {
		boolean atEnd = received == 0 || received == ENOTCONN || (received == ECONNRESET && !hasUnread(libc, number));
		return atEnd ? Half.END : received;
	}

	/** Whether nothing can come any more. */
	private static boolean isHungUp(Libc libc, int number) {
		int events = Pollfds.poll(libc, number);
		return events > 0 && (events & LinuxAbi.POLLHUP) != 0;
	}

	/** Whether the peer had something to read when it was closed, which came back. */
	private static boolean hasUnread(Libc libc, int number) {
		ScratchMemory scratch = ScratchMemory.acquire(libc);
		try {
			scratch.bytes(libc, 1);
			MessageHeader.write(scratch, scratch.bytesAddress(), 1, ERROR_CONTROL);
			long received = libc.recvmsg(number, scratch.structuresAddress(),
					LinuxAbi.MSG_PEEK | LinuxAbi.MSG_DONTWAIT);
			return received == 0 && MessageHeader.controlLength(scratch) == ERROR_CONTROL
					&& scratch.structures().getInt(MessageHeader.CONTROL + Cmsghdr.DATA + Integer.BYTES) > 0;
		}
		finally {
			scratch.release();
		}
	}

}
