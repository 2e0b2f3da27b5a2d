package dev.socketpair.nio;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;

import dev.socketpair.PassedDescriptor;
import dev.socketpair.descriptor.Half;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.LinuxAbi.Cmsghdr;
import dev.socketpair.libc.Platforms;
import dev.socketpair.libc.ScratchMemory;

/**
 * Bytes together with descriptors: {@code sendmsg(2)} and {@code recvmsg(2)} with
 * {@code SCM_RIGHTS}.
 */
final class PassDescriptors {

	/** Send the bytes and descriptors of a parcel. */
	static final Half.Operation<PassDescriptors> SEND = (libc, number, parcel, flags) -> parcel.send(libc, number,
			flags);

	/** Receive bytes and descriptors into a parcel. */
	static final Half.Operation<PassDescriptors> RECEIVE = (libc, number, parcel, flags) -> parcel.receive(libc, number,
			flags);

	private static final int LARGEST_CONTROL = Cmsghdr.space(LinuxAbi.SCM_MAX_FD * Integer.BYTES)
			+ MessageHeader.SMALL_CONTROL;

	private final ByteBuffer data;

	private final boolean stream;

	private final boolean tellsEnd;

	private int[] numbers;

	private boolean cut;

	/**
	 * Create a parcel.
	 * @param data the bytes, or the room for them
	 * @param stream whether the socket is a stream
	 * @param tellsEnd whether a message without a control message is the end
	 * @param numbers the descriptors to send
	 */
	PassDescriptors(ByteBuffer data, boolean stream, boolean tellsEnd, int... numbers) {
		this.data = data;
		this.stream = stream;
		this.tellsEnd = tellsEnd;
		this.numbers = numbers;
	}

	/**
	 * Hand over the descriptors that were received, one by one.
	 * @param into gets them
	 */
	void handOver(Collection<? super PassedDescriptor> into) {
		while (this.numbers.length > 0) {
			into.add(PassedDescriptor.of(this.numbers[0]));
			this.numbers = Arrays.copyOfRange(this.numbers, 1, this.numbers.length);
		}
	}

	/**
	 * Return whether some of the descriptors that came could not be received.
	 */
	boolean cut() {
		return this.cut;
	}

	/**
	 * Close the descriptors that were received and not handed over.
	 */
	void close(Libc libc) {
		for (int number : this.numbers) {
			libc.close(number);
		}
		this.numbers = new int[0];
	}

	private long send(Libc libc, int number, int flags) {
		ScratchMemory scratch = ScratchMemory.acquire(libc);
		try {
			int length = this.data.remaining();
			MessageHeader.write(scratch, address(libc, scratch, length, true), length, writeControl(scratch));
			long sent = libc.sendmsg(number, scratch.structuresAddress(), flags | Platforms.CURRENT.noSignalFlag());
			if (sent > 0) {
				this.data.position(this.data.position() + (int) sent);
			}
			return sent;
		}
		finally {
			Reference.reachabilityFence(this.data);
			scratch.release();
		}
	}

	private int writeControl(ScratchMemory scratch) {
		int length = this.numbers.length * Integer.BYTES;
		ByteBuffer memory = scratch.structures();
		memory.putLong(MessageHeader.CONTROL + Cmsghdr.LENGTH, Cmsghdr.DATA + length);
		memory.putInt(MessageHeader.CONTROL + Cmsghdr.LEVEL, LinuxAbi.SOL_SOCKET);
		memory.putInt(MessageHeader.CONTROL + Cmsghdr.TYPE, LinuxAbi.SCM_RIGHTS);
		for (int i = 0; i < this.numbers.length; i++) {
			memory.putInt(MessageHeader.CONTROL + Cmsghdr.DATA + i * Integer.BYTES, this.numbers[i]);
		}
		return (length != 0) ? Cmsghdr.space(length) : 0;
	}

	private long receive(Libc libc, int number, int flags) {
		ScratchMemory scratch = ScratchMemory.acquire(libc);
		try {
			int length = this.data.remaining();
			boolean inPlace = Transfer.isInPlace(libc, this.data);
			if (!inPlace) {
				length = (int) Transfer.heapRoom(libc, scratch, number, length,
						this.stream ? flags : flags | LinuxAbi.MSG_TRUNC);
				if (length < 0) {
					return length;
				}
			}
			MessageHeader.write(scratch, address(libc, scratch, length, false), length, LARGEST_CONTROL);
			int all = flags | Platforms.CURRENT.closeReceivedOnExecFlag() | (this.stream ? 0 : LinuxAbi.MSG_TRUNC);
			long received = this.tellsEnd ? MessageHeader.receiveMessageOrEnd(libc, number, scratch, all)
					: libc.recvmsg(number, scratch.structuresAddress(), all);
			if (received < 0) {
				return received;
			}
			this.cut = (MessageHeader.flags(scratch) & LinuxAbi.MSG_CTRUNC) != 0;
			readControl(libc, scratch);
			if (received > length) {
				return Transfer.cut(received, this.data.remaining());
			}
			if (received > 0) {
				if (!inPlace) {
					this.data.put(this.data.position(), scratch.lastBytes(), 0, (int) received);
				}
				this.data.position(this.data.position() + (int) received);
			}
			return received;
		}
		finally {
			Reference.reachabilityFence(this.data);
			scratch.release();
		}
	}

	private void readControl(Libc libc, ScratchMemory scratch) {
		ByteBuffer memory = scratch.structures();
		int end = MessageHeader.CONTROL + MessageHeader.controlLength(scratch);
		int at = MessageHeader.CONTROL;
		while (end - at >= Cmsghdr.DATA) {
			int length = (int) memory.getLong(at + Cmsghdr.LENGTH);
			if (length < Cmsghdr.DATA) {
				return;
			}
			if (memory.getInt(at + Cmsghdr.LEVEL) == LinuxAbi.SOL_SOCKET) {
				readDescriptors(libc, memory, at, length);
			}
			at += Cmsghdr.space(length - Cmsghdr.DATA);
		}
	}

	private void readDescriptors(Libc libc, ByteBuffer memory, int at, int length) {
		int type = memory.getInt(at + Cmsghdr.TYPE);
		if (type == LinuxAbi.SCM_RIGHTS) {
			this.numbers = new int[(length - Cmsghdr.DATA) / Integer.BYTES];
			for (int i = 0; i < this.numbers.length; i++) {
				this.numbers[i] = memory.getInt(at + Cmsghdr.DATA + i * Integer.BYTES);
			}
		}
		else if (type == LinuxAbi.SCM_PIDFD) {
			// Another holder of the description has set SO_PASSPIDFD, and it is of no use
			// here.
			libc.close(memory.getInt(at + Cmsghdr.DATA));
		}
	}

	private long address(Libc libc, ScratchMemory scratch, int length, boolean copy) {
		if (Transfer.isInPlace(libc, this.data)) {
			return libc.addressOf(this.data) + this.data.position();
		}
		ByteBuffer bytes = scratch.bytes(libc, length);
		if (copy) {
			bytes.put(0, this.data, this.data.position(), length);
		}
		return scratch.bytesAddress();
	}

}
