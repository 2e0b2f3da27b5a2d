package dev.socketpair.nio;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;

import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.LinuxAbi.Iovec;

/**
 * The system calls that move bytes between a buffer and a descriptor. A direct buffer is
 * passed as it is; the bytes of a heap buffer go through the {@link Frame}.
 */
final class Transfer {

	/** {@code recv(2)} from a stream: what is waiting and fits. */
	static final Half.Operation<ByteBuffer> READ_STREAM = (libc, number, dst, flags) -> receive(libc, number, dst,
			flags, Math.min(dst.remaining(), Frame.CHUNK));

	/** {@code recv(2)} of one message, whose real length is returned. */
	static final Half.Operation<ByteBuffer> READ_MESSAGE = (libc, number, dst, flags) -> receive(libc, number, dst,
			flags | LinuxAbi.MSG_TRUNC, dst.remaining());

	/**
	 * {@code recvmsg(2)} of one message, whose real length is returned; a message carries
	 * a control message, and the end of the stream does not.
	 */
	static final Half.Operation<ByteBuffer> READ_MESSAGE_OR_END = (libc, number, dst, flags) -> receiveMessage(libc,
			number, dst, flags | LinuxAbi.MSG_TRUNC);

	/** Look at what {@link #READ_STREAM} would read. */
	static final Half.Operation<ByteBuffer> PEEK_STREAM = (libc, number, dst, flags) -> receive(libc, number, dst,
			flags | LinuxAbi.MSG_PEEK, Math.min(dst.remaining(), Frame.CHUNK));

	/** Look at what {@link #READ_MESSAGE} would read. */
	static final Half.Operation<ByteBuffer> PEEK_MESSAGE = (libc, number, dst, flags) -> receive(libc, number, dst,
			flags | LinuxAbi.MSG_PEEK | LinuxAbi.MSG_TRUNC, dst.remaining());

	/** Look at what {@link #READ_MESSAGE_OR_END} would read. */
	static final Half.Operation<ByteBuffer> PEEK_MESSAGE_OR_END = (libc, number, dst, flags) -> receiveMessage(libc,
			number, dst, flags | LinuxAbi.MSG_PEEK | LinuxAbi.MSG_TRUNC);

	/** {@code send(2)} into a stream: as much as there is room for. */
	static final Half.Operation<ByteBuffer> WRITE_STREAM = (libc, number, src, flags) -> send(libc, number, src, flags,
			Math.min(src.remaining(), Frame.CHUNK), true);

	/** {@code send(2)} of one message. */
	static final Half.Operation<ByteBuffer> WRITE_MESSAGE = (libc, number, src, flags) -> send(libc, number, src, flags,
			src.remaining(), false);

	/** {@code recvmsg(2)} from a stream into several buffers. */
	static final Half.Operation<Vector> SCATTER_STREAM = (libc, number, dsts, flags) -> scatter(libc, number, dsts,
			flags, Frame.CHUNK, false);

	/** {@code recvmsg(2)} of one message, whose real length is returned. */
	static final Half.Operation<Vector> SCATTER_MESSAGE = (libc, number, dsts, flags) -> scatter(libc, number, dsts,
			flags | LinuxAbi.MSG_TRUNC, Integer.MAX_VALUE, false);

	/** The same where a message carries a control message, and the end does not. */
	static final Half.Operation<Vector> SCATTER_MESSAGE_OR_END = (libc, number, dsts, flags) -> scatter(libc, number,
			dsts, flags | LinuxAbi.MSG_TRUNC, Integer.MAX_VALUE, true);

	/** {@code sendmsg(2)} into a stream from several buffers. */
	static final Half.Operation<Vector> GATHER_STREAM = (libc, number, srcs, flags) -> gather(libc, number, srcs, flags,
			Frame.CHUNK);

	/** {@code sendmsg(2)} of one message. */
	static final Half.Operation<Vector> GATHER_MESSAGE = (libc, number, srcs, flags) -> gather(libc, number, srcs,
			flags, Integer.MAX_VALUE);

	private Transfer() {
	}

	private static long receive(Libc libc, int number, ByteBuffer dst, int flags, int heapLength) {
		if (dst.isDirect()) {
			long received = libc.recv(number, dst, flags);
			advance(dst, received, flags);
			Reference.reachabilityFence(dst);
			return received;
		}
		Frame frame = Frame.acquire(libc);
		try {
			if (LargeArrays.suits(libc, frame, dst, heapLength, flags)) {
				long received = LargeArrays.receive(libc, frame, number, dst, heapLength);
				advance(dst, received, flags);
				return received;
			}
			ByteBuffer bytes = frame.bytes(libc, heapLength);
			long received = libc.recv(number, frame.bytesAddress(), heapLength, flags);
			if (received > 0) {
				dst.put(dst.position(), bytes, 0, (int) Math.min(received, heapLength));
				advance(dst, received, flags);
			}
			return received;
		}
		finally {
			frame.release();
		}
	}

	private static long receiveMessage(Libc libc, int number, ByteBuffer dst, int flags) {
		Frame frame = Frame.acquire(libc);
		try {
			int room = dst.remaining();
			boolean direct = dst.isDirect();
			long base;
			if (direct) {
				base = libc.addressOf(dst) + dst.position();
			}
			else {
				frame.bytes(libc, room);
				base = frame.bytesAddress();
			}
			MessageHeader.write(frame, base, room, MessageHeader.SMALL_CONTROL);
			long received = MessageHeader.receiveMessageOrEnd(libc, number, frame, flags);
			if (received > 0) {
				if (!direct) {
					dst.put(dst.position(), frame.lastBytes(), 0, (int) Math.min(received, room));
				}
				advance(dst, received, flags);
			}
			return received;
		}
		finally {
			Reference.reachabilityFence(dst);
			frame.release();
		}
	}

	/** The position stays where it is when a message that is consumed did not fit. */
	private static void advance(ByteBuffer dst, long received, int flags) {
		int room = dst.remaining();
		if (received > 0 && (received <= room || (flags & LinuxAbi.MSG_PEEK) != 0)) {
			dst.position(dst.position() + (int) Math.min(received, room));
		}
	}

	private static long send(Libc libc, int number, ByteBuffer src, int flags, int heapLength, boolean stream) {
		if (src.isDirect()) {
			long sent = libc.send(number, src, flags | LinuxAbi.MSG_NOSIGNAL);
			if (sent > 0) {
				src.position(src.position() + (int) sent);
			}
			Reference.reachabilityFence(src);
			return sent;
		}
		Frame frame = Frame.acquire(libc);
		try {
			long sent;
			if (stream && LargeArrays.suits(libc, frame, src, heapLength, flags)) {
				sent = LargeArrays.send(libc, frame, number, src, heapLength);
			}
			else {
				frame.bytes(libc, heapLength).put(0, src, src.position(), heapLength);
				sent = libc.send(number, frame.bytesAddress(), heapLength, flags | LinuxAbi.MSG_NOSIGNAL);
			}
			if (sent > 0) {
				src.position(src.position() + (int) sent);
			}
			return sent;
		}
		finally {
			frame.release();
		}
	}

	private static long scatter(Libc libc, int number, Vector dsts, int flags, int heapLimit, boolean tellsEnd) {
		Frame frame = Frame.acquire(libc);
		try {
			long room = dsts.prepare(libc, frame, heapLimit, false, tellsEnd ? MessageHeader.SMALL_CONTROL : 0);
			long received = tellsEnd ? MessageHeader.receiveMessageOrEnd(libc, number, frame, flags)
					: libc.recvmsg(number, frame.structuresAddress(), flags);
			if (received > 0 && received <= room) {
				dsts.advance(frame, received, true);
			}
			return received;
		}
		finally {
			Reference.reachabilityFence(dsts);
			frame.release();
		}
	}

	private static long gather(Libc libc, int number, Vector srcs, int flags, int heapLimit) {
		Frame frame = Frame.acquire(libc);
		try {
			srcs.prepare(libc, frame, heapLimit, true, 0);
			long sent = libc.sendmsg(number, frame.structuresAddress(), flags | LinuxAbi.MSG_NOSIGNAL);
			if (sent > 0) {
				srcs.advance(frame, sent, false);
			}
			return sent;
		}
		finally {
			Reference.reachabilityFence(srcs);
			frame.release();
		}
	}

	/**
	 * Several buffers as an array of {@code struct iovec}, which stands at the start of
	 * the frame's bytes. The bytes of heap buffers stand behind it in the same order.
	 */
	static final class Vector {

		private final ByteBuffer[] buffers;

		private final int offset;

		private final int count;

		/**
		 * Create the vector of a range of buffers.
		 * @param buffers the buffers
		 * @param offset the index of the first
		 * @param count the number of them, at most {@link LinuxAbi#IOV_MAX}
		 */
		Vector(ByteBuffer[] buffers, int offset, int count) {
			this.buffers = buffers;
			this.offset = offset;
			this.count = count;
		}

		long remaining() {
			long remaining = 0;
			for (int i = 0; i < this.count; i++) {
				remaining += this.buffers[this.offset + i].remaining();
			}
			return remaining;
		}

		/**
		 * Write the vector and a {@code struct msghdr} for it into a frame.
		 * @param heapLimit how many bytes of heap buffers to take at the most
		 * @param copy whether to copy the bytes of heap buffers too
		 * @param controlLength the room for control messages
		 * @return the number of bytes that the vector spans
		 */
		private long prepare(Libc libc, Frame frame, int heapLimit, boolean copy, int controlLength) {
			int vectorSize = this.count * Iovec.SIZE;
			int heapSize = (int) Math.min(heapRemaining(), heapLimit);
			ByteBuffer memory = frame.bytes(libc, Math.addExact(vectorSize, heapSize));
			long address = frame.bytesAddress();
			int heapAt = vectorSize;
			int heapEnd = vectorSize + heapSize;
			long total = 0;
			int taken = 0;
			for (; taken < this.count; taken++) {
				ByteBuffer buffer = this.buffers[this.offset + taken];
				int length = buffer.remaining();
				long base;
				if (buffer.isDirect()) {
					base = libc.addressOf(buffer) + buffer.position();
				}
				else {
					length = Math.min(length, heapEnd - heapAt);
					base = address + heapAt;
					if (copy) {
						memory.put(heapAt, buffer, buffer.position(), length);
					}
					heapAt += length;
				}
				memory.putLong(taken * Iovec.SIZE + Iovec.BASE, base);
				memory.putLong(taken * Iovec.SIZE + Iovec.LENGTH, length);
				total += length;
				if (length < buffer.remaining()) {
					taken++;
					break;
				}
			}
			MessageHeader.writeVector(frame, address, taken, controlLength);
			return total;
		}

		/** Move the positions on, and fill heap buffers from the frame. */
		private void advance(Frame frame, long moved, boolean fill) {
			ByteBuffer memory = frame.lastBytes();
			int heapAt = this.count * Iovec.SIZE;
			long left = moved;
			for (int i = 0; i < this.count && left > 0; i++) {
				ByteBuffer buffer = this.buffers[this.offset + i];
				int length = (int) Math.min(left, memory.getLong(i * Iovec.SIZE + Iovec.LENGTH));
				if (!buffer.isDirect()) {
					if (fill) {
						buffer.put(buffer.position(), memory, heapAt, length);
					}
					heapAt += length;
				}
				buffer.position(buffer.position() + length);
				left -= length;
			}
		}

		private long heapRemaining() {
			long remaining = 0;
			for (int i = 0; i < this.count; i++) {
				ByteBuffer buffer = this.buffers[this.offset + i];
				remaining += buffer.isDirect() ? 0 : buffer.remaining();
			}
			return remaining;
		}

	}

}
