package dev.socketpair.nio;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;

import dev.socketpair.descriptor.Half;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.LinuxAbi.Iovec;
import dev.socketpair.libc.Platforms;
import dev.socketpair.libc.ScratchMemory;

/**
 * The system calls that move bytes between a buffer and a descriptor. A direct buffer is
 * passed as it is; the bytes of a heap buffer go through the {@link ScratchMemory}, and
 * so do those of an arena that could be closed during the call.
 */
final class Transfer {

	/** {@code recv(2)} from a stream: what is waiting and fits. */
	static final Half.Operation<ByteBuffer> READ_STREAM = Transfer::receive;

	/** {@code recv(2)} of one message, whose real length is returned. */
	static final Half.Operation<ByteBuffer> READ_MESSAGE = (libc, number, dst, flags) -> receive(libc, number, dst,
			flags | LinuxAbi.MSG_TRUNC);

	/**
	 * {@code recvmsg(2)} of one message, whose real length is returned; a message carries
	 * a control message, and the end of the stream does not.
	 */
	static final Half.Operation<ByteBuffer> READ_MESSAGE_OR_END = (libc, number, dst, flags) -> receiveMessage(libc,
			number, dst, flags | LinuxAbi.MSG_TRUNC);

	/** Peek at the bytes that {@link #READ_STREAM} would read. */
	static final Half.Operation<ByteBuffer> PEEK_STREAM = (libc, number, dst, flags) -> receive(libc, number, dst,
			flags | LinuxAbi.MSG_PEEK);

	/** Peek at the bytes that {@link #READ_MESSAGE} would read. */
	static final Half.Operation<ByteBuffer> PEEK_MESSAGE = (libc, number, dst, flags) -> receive(libc, number, dst,
			flags | LinuxAbi.MSG_PEEK | LinuxAbi.MSG_TRUNC);

	/** Peek at the bytes that {@link #READ_MESSAGE_OR_END} would read. */
	static final Half.Operation<ByteBuffer> PEEK_MESSAGE_OR_END = (libc, number, dst, flags) -> receiveMessage(libc,
			number, dst, flags | LinuxAbi.MSG_PEEK | LinuxAbi.MSG_TRUNC);

	/** {@code send(2)} into a stream: as much as there is room for. */
	static final Half.Operation<ByteBuffer> WRITE_STREAM = (libc, number, src, flags) -> send(libc, number, src, flags,
			Math.min(src.remaining(), ScratchMemory.CHUNK), true);

	/** {@code send(2)} of one message. */
	static final Half.Operation<ByteBuffer> WRITE_MESSAGE = (libc, number, src, flags) -> send(libc, number, src, flags,
			src.remaining(), false);

	/** {@code recvmsg(2)} from a stream into several buffers. */
	static final Half.Operation<Vector> SCATTER_STREAM = (libc, number, dsts, flags) -> scatter(libc, number, dsts,
			flags, false);

	/** {@code recvmsg(2)} of one message, whose real length is returned. */
	static final Half.Operation<Vector> SCATTER_MESSAGE = (libc, number, dsts, flags) -> scatter(libc, number, dsts,
			flags | LinuxAbi.MSG_TRUNC, false);

	/** The same where a message carries a control message, and the end does not. */
	static final Half.Operation<Vector> SCATTER_MESSAGE_OR_END = (libc, number, dsts, flags) -> scatter(libc, number,
			dsts, flags | LinuxAbi.MSG_TRUNC, true);

	/** {@code sendmsg(2)} into a stream from several buffers. */
	static final Half.Operation<Vector> GATHER_STREAM = (libc, number, srcs, flags) -> gather(libc, number, srcs, flags,
			ScratchMemory.CHUNK);

	/** {@code sendmsg(2)} of one message. */
	static final Half.Operation<Vector> GATHER_MESSAGE = (libc, number, srcs, flags) -> gather(libc, number, srcs,
			flags, Integer.MAX_VALUE);

	private Transfer() {
	}

	/**
	 * Return whether the address of a buffer's memory may stand in a structure that is
	 * passed to the kernel, whatever other threads do.
	 * @param libc the C library
	 * @param buffer the buffer, which is kept reachable
	 * @return {@code false} if its bytes have to be copied
	 * @throws IllegalStateException if the memory is that of an arena that is closed
	 */
	static boolean isInPlace(Libc libc, ByteBuffer buffer) {
		return buffer.isDirect() && !isOfOpenArena(libc, buffer);
	}

	private static boolean isOfOpenArena(Libc libc, ByteBuffer buffer) {
		if (!libc.isOfClosableArena(buffer)) {
			return false;
		}
		if (buffer.limit() > 0) {
			// Throws if it is closed, before something is received that would be lost.
			buffer.get(0);
		}
		return true;
	}

	/** The same where the buffer itself is passed to the C library. */
	private static boolean isPassed(Libc libc, ByteBuffer buffer) {
		return buffer.isDirect() && (libc.holdsArenas() || !isOfOpenArena(libc, buffer));
	}

	private static long receive(Libc libc, int number, ByteBuffer dst, int flags) {
		if (isPassed(libc, dst)) {
			long received = libc.recv(number, dst, flags);
			advance(dst, received, flags);
			Reference.reachabilityFence(dst);
			return received;
		}
		ScratchMemory scratch = ScratchMemory.acquire(libc);
		try {
			long heapRoom = heapRoom(libc, scratch, number, dst.remaining(), flags);
			if (heapRoom < 0) {
				return heapRoom;
			}
			int length = (int) heapRoom;
			if (LargeArrays.suitReceive(libc, scratch, dst, length, flags)) {
				long received = LargeArrays.receive(libc, scratch, number, dst, length);
				advance(dst, received, flags);
				return received;
			}
			ByteBuffer bytes = scratch.bytes(libc, length);
			long received = libc.recv(number, scratch.bytesAddress(), length, flags);
			return filled(dst, received, bytes, length, flags);
		}
		finally {
			scratch.release();
		}
	}

	/**
	 * Return how much memory a heap buffer needs. A stream is read in chunks; a message
	 * is asked for its length where the buffer has much more room than messages need.
	 * @param libc the C library
	 * @param scratch the scratch
	 * @param number the descriptor
	 * @param room what the buffer has room for
	 * @param flags those of the call to come, with {@code MSG_TRUNC} for a message
	 * @return a number of bytes, or the negated errno
	 */
	static long heapRoom(Libc libc, ScratchMemory scratch, int number, int room, int flags) {
		if ((flags & LinuxAbi.MSG_TRUNC) == 0) {
			return Math.min(room, ScratchMemory.CHUNK);
		}
		if (room <= ScratchMemory.LARGEST_KEPT) {
			return room;
		}
		scratch.bytes(libc, 1);
		long length = libc.recv(number, scratch.bytesAddress(), 1,
				(flags & LinuxAbi.MSG_DONTWAIT) | LinuxAbi.MSG_PEEK | LinuxAbi.MSG_TRUNC);
		return (length < 0) ? length : Math.min(room, Math.max(length, ScratchMemory.LARGEST_KEPT));
	}

	/**
	 * Return the length of a message that was cut as one that is larger than the buffer,
	 * also where another process took the message that was asked for its length.
	 * @param received the length of the message
	 * @param room what the buffer has room for
	 */
	static long cut(long received, int room) {
		return Math.max(received, room + 1L);
	}

	private static long receiveMessage(Libc libc, int number, ByteBuffer dst, int flags) {
		ScratchMemory scratch = ScratchMemory.acquire(libc);
		try {
			if (isInPlace(libc, dst)) {
				long base = libc.addressOf(dst) + dst.position();
				MessageHeader.write(scratch, base, dst.remaining(), MessageHeader.SMALL_CONTROL);
				long received = MessageHeader.receiveMessageOrEnd(libc, number, scratch, flags);
				advance(dst, received, flags);
				return received;
			}
			long heapRoom = heapRoom(libc, scratch, number, dst.remaining(), flags);
			if (heapRoom < 0) {
				return heapRoom;
			}
			int length = (int) heapRoom;
			ByteBuffer bytes = scratch.bytes(libc, length);
			MessageHeader.write(scratch, scratch.bytesAddress(), length, MessageHeader.SMALL_CONTROL);
			long received = MessageHeader.receiveMessageOrEnd(libc, number, scratch, flags);
			return filled(dst, received, bytes, length, flags);
		}
		finally {
			Reference.reachabilityFence(dst);
			scratch.release();
		}
	}

	/** Fill a heap buffer with what was received into a scratch. */
	private static long filled(ByteBuffer dst, long received, ByteBuffer bytes, int length, int flags) {
		if (received <= 0) {
			return received;
		}
		boolean peeked = (flags & LinuxAbi.MSG_PEEK) != 0;
		if (received > length && !peeked) {
			return cut(received, dst.remaining());
		}
		dst.put(dst.position(), bytes, 0, (int) Math.min(received, length));
		advance(dst, received, flags);
		return received;
	}

	/** The position stays where it is when a message that is consumed did not fit. */
	private static void advance(ByteBuffer dst, long received, int flags) {
		int room = dst.remaining();
		if (received > 0 && (received <= room || (flags & LinuxAbi.MSG_PEEK) != 0)) {
			dst.position(dst.position() + (int) Math.min(received, room));
		}
	}

	private static long send(Libc libc, int number, ByteBuffer src, int flags, int heapLength, boolean stream) {
		if (isPassed(libc, src)) {
			long sent = libc.send(number, src, flags | Platforms.CURRENT.noSignalFlag());
			if (sent > 0) {
				src.position(src.position() + (int) sent);
			}
			Reference.reachabilityFence(src);
			return sent;
		}
		ScratchMemory scratch = ScratchMemory.acquire(libc);
		try {
			long sent;
			if (stream && LargeArrays.suitSend(libc, scratch, src, heapLength, flags)) {
				sent = LargeArrays.send(libc, scratch, number, src, heapLength);
			}
			else {
				scratch.bytes(libc, heapLength).put(0, src, src.position(), heapLength);
				sent = libc.send(number, scratch.bytesAddress(), heapLength, flags | Platforms.CURRENT.noSignalFlag());
			}
			if (sent > 0) {
				src.position(src.position() + (int) sent);
			}
			return sent;
		}
		finally {
			scratch.release();
		}
	}

	private static long scatter(Libc libc, int number, Vector dsts, int flags, boolean tellsEnd) {
		ScratchMemory scratch = ScratchMemory.acquire(libc);
		try {
			long heapRoom = heapRoom(libc, scratch, number, (int) Math.min(dsts.heapRemaining(), Integer.MAX_VALUE),
					flags);
			if (heapRoom < 0) {
				return heapRoom;
			}
			long room = dsts.prepare(libc, scratch, (int) heapRoom, false, tellsEnd ? MessageHeader.SMALL_CONTROL : 0);
			long received = tellsEnd ? MessageHeader.receiveMessageOrEnd(libc, number, scratch, flags)
					: libc.recvmsg(number, scratch.structuresAddress(), flags);
			if (received > room) {
				return Math.max(received, dsts.remaining() + 1);
			}
			if (received > 0) {
				dsts.advance(scratch, received, true);
			}
			return received;
		}
		finally {
			Reference.reachabilityFence(dsts);
			scratch.release();
		}
	}

	private static long gather(Libc libc, int number, Vector srcs, int flags, int heapLimit) {
		ScratchMemory scratch = ScratchMemory.acquire(libc);
		try {
			srcs.prepare(libc, scratch, heapLimit, true, 0);
			long sent = libc.sendmsg(number, scratch.structuresAddress(), flags | Platforms.CURRENT.noSignalFlag());
			if (sent > 0) {
				srcs.advance(scratch, sent, false);
			}
			return sent;
		}
		finally {
			Reference.reachabilityFence(srcs);
			scratch.release();
		}
	}

	/**
	 * Several buffers as an array of {@code struct iovec}, which stands at the start of
	 * the scratch's bytes. The bytes of heap buffers stand behind it in the same order,
	 * and if one is of an arena that could be closed, those of all buffers.
	 */
	static final class Vector {

		private final ByteBuffer[] buffers;

		private final int offset;

		private final int count;

		/** Whether direct buffers stay where they are. */
		private final boolean inPlace;

		/**
		 * Create the vector of a range of buffers.
		 * @param libc the C library
		 * @param buffers the buffers
		 * @param offset the index of the first
		 * @param count the number of them, at most {@link LinuxAbi#IOV_MAX}
		 */
		Vector(Libc libc, ByteBuffer[] buffers, int offset, int count) {
			this.buffers = buffers;
			this.offset = offset;
			this.count = count;
			boolean inPlace = true;
			for (int i = offset; i < offset + count; i++) {
				inPlace &= !buffers[i].isDirect() || isInPlace(libc, buffers[i]);
			}
			this.inPlace = inPlace;
		}

		long remaining() {
			long remaining = 0;
			for (int i = 0; i < this.count; i++) {
				remaining += this.buffers[this.offset + i].remaining();
			}
			return remaining;
		}

		/**
		 * Write the vector and a {@code struct msghdr} for it into a scratch.
		 * @param heapLimit how many bytes of heap buffers to take at the most
		 * @param copy whether to copy the bytes of heap buffers too
		 * @param controlLength the room for control messages
		 * @return the number of bytes that the vector spans
		 */
		private long prepare(Libc libc, ScratchMemory scratch, int heapLimit, boolean copy, int controlLength) {
			int vectorSize = this.count * Iovec.SIZE;
			boolean inPlace = this.inPlace;
			int heapSize = (int) Math.min(heapRemaining(), heapLimit);
			ByteBuffer memory = scratch.bytes(libc, Math.addExact(vectorSize, heapSize));
			long address = scratch.bytesAddress();
			int heapAt = vectorSize;
			int heapEnd = vectorSize + heapSize;
			long total = 0;
			int taken = 0;
			for (; taken < this.count; taken++) {
				ByteBuffer buffer = this.buffers[this.offset + taken];
				int length = buffer.remaining();
				long base;
				if (inPlace && buffer.isDirect()) {
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
			MessageHeader.writeVector(scratch, address, taken, controlLength);
			return total;
		}

		/** Fill the buffers from memory that has no more than they have room for. */
		void fill(ByteBuffer memory, int length) {
			int taken = 0;
			for (int i = 0; i < this.count && taken < length; i++) {
				ByteBuffer buffer = this.buffers[this.offset + i];
				int part = Math.min(length - taken, buffer.remaining());
				buffer.put(buffer.position(), memory, taken, part);
				buffer.position(buffer.position() + part);
				taken += part;
			}
		}

		/** Move the positions on, and fill heap buffers from the scratch. */
		private void advance(ScratchMemory scratch, long moved, boolean fill) {
			ByteBuffer memory = scratch.lastBytes();
			int heapAt = this.count * Iovec.SIZE;
			long left = moved;
			for (int i = 0; i < this.count && left > 0; i++) {
				ByteBuffer buffer = this.buffers[this.offset + i];
				int length = (int) Math.min(left, memory.getLong(i * Iovec.SIZE + Iovec.LENGTH));
				if (!this.inPlace || !buffer.isDirect()) {
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
				remaining += (this.inPlace && buffer.isDirect()) ? 0 : buffer.remaining();
			}
			return remaining;
		}

	}

}
