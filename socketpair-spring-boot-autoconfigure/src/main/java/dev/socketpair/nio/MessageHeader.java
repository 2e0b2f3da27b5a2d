package dev.socketpair.nio;

import java.nio.ByteBuffer;

import dev.socketpair.descriptor.Half;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.LinuxAbi.Cmsghdr;
import dev.socketpair.libc.LinuxAbi.Iovec;
import dev.socketpair.libc.LinuxAbi.Msghdr;
import dev.socketpair.libc.ScratchMemory;

/**
 * The {@code struct msghdr} of a call, which stands at the start of the scratch's
 * structures, followed by one {@code struct iovec} and the control messages.
 */
final class MessageHeader {

	/** Where the control messages stand. */
	static final int CONTROL = Msghdr.SIZE + Iovec.SIZE;

	/**
	 * Room for the time of a message, which tells it from the end, and for nothing
	 * behind: descriptors that come with it are dropped by the kernel.
	 */
	static final int SMALL_CONTROL = Cmsghdr.space(2 * Long.BYTES);

	private MessageHeader() {
	}

	/**
	 * Write a header for one piece of memory.
	 * @param scratch the scratch
	 * @param base the address of the memory
	 * @param length its length
	 * @param controlLength the length of the control messages
	 */
	static void write(ScratchMemory scratch, long base, long length, int controlLength) {
		ByteBuffer memory = scratch.structures();
		memory.putLong(Msghdr.SIZE + Iovec.BASE, base);
		memory.putLong(Msghdr.SIZE + Iovec.LENGTH, length);
		writeVector(scratch, scratch.structuresAddress() + Msghdr.SIZE, 1, controlLength);
	}

	/**
	 * Write a header for a vector that stands elsewhere.
	 * @param scratch the scratch
	 * @param vector the address of the array of {@code struct iovec}
	 * @param count the number of its elements
	 * @param controlLength the length of the control messages
	 */
	static void writeVector(ScratchMemory scratch, long vector, int count, int controlLength) {
		ByteBuffer memory = scratch.structures();
		memory.putLong(Msghdr.NAME, 0);
		memory.putInt(Msghdr.NAME_LENGTH, 0);
		memory.putLong(Msghdr.IOV, vector);
		memory.putLong(Msghdr.IOV_LENGTH, count);
		memory.putLong(Msghdr.CONTROL, (controlLength != 0) ? scratch.structuresAddress() + CONTROL : 0);
		memory.putLong(Msghdr.CONTROL_LENGTH, controlLength);
		memory.putInt(Msghdr.FLAGS, 0);
	}

	/**
	 * Return how long the control messages are that were received.
	 */
	static int controlLength(ScratchMemory scratch) {
		return (int) scratch.structures().getLong(Msghdr.CONTROL_LENGTH);
	}

	/**
	 * Return the flags of the message that was received.
	 */
	static int flags(ScratchMemory scratch) {
		return scratch.structures().getInt(Msghdr.FLAGS);
	}

	/**
	 * Receive a message that carries a control message, or notice that it is the end of
	 * the stream, which carries none.
	 * <p>
	 * The kernel checks for a message and then for the end. A message that is sent, and
	 * followed by a close, between the two checks is missed once, so the end is believed
	 * the second time: from then on nothing can be sent any more.
	 * @param libc the C library
	 * @param number the descriptor
	 * @param scratch the scratch, in which the header stands
	 * @param flags a combination of {@code MSG_*}
	 * @return the length of the message, {@link Half#END}, or the negated errno
	 */
	static long receiveMessageOrEnd(Libc libc, int number, ScratchMemory scratch, int flags) {
		int room = controlLength(scratch);
		long received = libc.recvmsg(number, scratch.structuresAddress(), flags);
		if (received != 0 || controlLength(scratch) != 0) {
			return received;
		}
		scratch.structures().putLong(Msghdr.CONTROL_LENGTH, room);
		received = libc.recvmsg(number, scratch.structuresAddress(), flags | LinuxAbi.MSG_DONTWAIT);
		return (received == 0 && controlLength(scratch) == 0) ? Half.END : received;
	}

}
