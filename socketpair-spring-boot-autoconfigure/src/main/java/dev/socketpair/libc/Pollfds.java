package dev.socketpair.libc;

import java.nio.ByteBuffer;

import dev.socketpair.libc.LinuxAbi.Pollfd;

/**
 * The descriptors that a call of {@code poll(2)} asks about, in scratch memory.
 */
public final class Pollfds {

	private Pollfds() {
	}

	/**
	 * Write one descriptor.
	 * @param memory the memory
	 * @param index its place among the descriptors
	 * @param number the descriptor; -1 is skipped by the kernel
	 * @param events the events to ask for
	 */
	public static void write(ByteBuffer memory, int index, int number, short events) {
		int offset = index * Pollfd.SIZE;
		memory.putInt(offset + Pollfd.FD, number);
		memory.putShort(offset + Pollfd.EVENTS, events);
		memory.putShort(offset + Pollfd.REVENTS, (short) 0);
	}

	/**
	 * Ask for the events that are reported without being asked for: {@code POLLHUP} and
	 * {@code POLLERR}. Does not wait.
	 * @param libc the C library
	 * @param number the descriptor
	 * @return the events, or the negated errno
	 */
	public static int poll(Libc libc, int number) {
		ScratchMemory scratch = ScratchMemory.acquire(libc);
		try {
			ByteBuffer memory = scratch.structures();
			write(memory, 0, number, (short) 0);
			int ready = libc.poll(scratch.structuresAddress(), 1, 0);
			return (ready < 0) ? ready : memory.getShort(Pollfd.REVENTS);
		}
		finally {
			scratch.release();
		}
	}

}
