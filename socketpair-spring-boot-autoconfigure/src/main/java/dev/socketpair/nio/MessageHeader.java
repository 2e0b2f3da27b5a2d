package dev.socketpair.nio;

import java.nio.ByteBuffer;

import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.LinuxAbi.Cmsghdr;
import dev.socketpair.libc.LinuxAbi.Iovec;
import dev.socketpair.libc.LinuxAbi.Msghdr;

/**
 * The {@code struct msghdr} of a call, which stands at the start of the frame's
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
	 * @param frame the frame
	 * @param base the address of the memory
	 * @param length its length
	 * @param controlLength the length of the control messages
	 */
	static void write(Frame frame, long base, long length, int controlLength) {
		ByteBuffer memory = frame.structures();
		memory.putLong(Msghdr.SIZE + Iovec.BASE, base);
		memory.putLong(Msghdr.SIZE + Iovec.LENGTH, length);
		writeVector(frame, frame.structuresAddress() + Msghdr.SIZE, 1, controlLength);
	}

	/**
	 * Write a header for a vector that stands elsewhere.
	 * @param frame the frame
	 * @param vector the address of the array of {@code struct iovec}
	 * @param count the number of its elements
	 * @param controlLength the length of the control messages
	 */
	static void writeVector(Frame frame, long vector, int count, int controlLength) {
		ByteBuffer memory = frame.structures();
		memory.putLong(Msghdr.NAME, 0);
		memory.putInt(Msghdr.NAME_LENGTH, 0);
		memory.putLong(Msghdr.IOV, vector);
		memory.putLong(Msghdr.IOV_LENGTH, count);
		memory.putLong(Msghdr.CONTROL, (controlLength != 0) ? frame.structuresAddress() + CONTROL : 0);
		memory.putLong(Msghdr.CONTROL_LENGTH, controlLength);
		memory.putInt(Msghdr.FLAGS, 0);
	}

	/**
	 * Return how long the control messages are that were received.
	 */
	static int controlLength(Frame frame) {
		return (int) frame.structures().getLong(Msghdr.CONTROL_LENGTH);
	}

	/**
	 * Return the flags of the message that was received.
	 */
	static int flags(Frame frame) {
		return frame.structures().getInt(Msghdr.FLAGS);
	}

	/**
	 * Receive a message that carries a control message, or notice that it is the end of
	 * the stream, which carries none.
	 * <p>
	 * The kernel looks for a message and then for the end. A message that is sent, and
	 * followed by a close, between the two looks is missed once, so the end is believed
	 * the second time: from then on nothing can be sent any more.
	 * @param libc the C library
	 * @param number the descriptor
	 * @param frame the frame, in which the header stands
	 * @param flags a combination of {@code MSG_*}
	 * @return the length of the message, {@link Half#END}, or the negated errno
	 */
	static long receiveMessageOrEnd(Libc libc, int number, Frame frame, int flags) {
		int room = controlLength(frame);
		long received = libc.recvmsg(number, frame.structuresAddress(), flags);
		if (received != 0 || controlLength(frame) != 0) {
			return received;
		}
		frame.structures().putLong(Msghdr.CONTROL_LENGTH, room);
		received = libc.recvmsg(number, frame.structuresAddress(), flags | LinuxAbi.MSG_DONTWAIT);
		return (received == 0 && controlLength(frame) == 0) ? Half.END : received;
	}

}
