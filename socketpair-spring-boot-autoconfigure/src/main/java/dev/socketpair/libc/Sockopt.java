package dev.socketpair.libc;

import java.nio.ByteBuffer;

/**
 * The options of the level {@code SOL_SOCKET} that are one {@code int}:
 * {@code getsockopt(2)} and {@code setsockopt(2)}, and amounts from {@code ioctl(2)}.
 */
public final class Sockopt {

	private Sockopt() {
	}

	/**
	 * Read an option.
	 * @param libc the C library
	 * @param number the socket
	 * @param option the option
	 * @return its value, or the negated errno
	 */
	public static int get(Libc libc, int number, int option) {
		ScratchMemory scratch = ScratchMemory.acquire(libc);
		try {
			ByteBuffer memory = scratch.structures();
			memory.putInt(0, 0);
			memory.putInt(Integer.BYTES, Integer.BYTES);
			int result = libc.getsockopt(number, LinuxAbi.SOL_SOCKET, option, scratch.structuresAddress(),
					scratch.structuresAddress() + Integer.BYTES);
			return (result < 0) ? result : memory.getInt(0);
		}
		finally {
			scratch.release();
		}
	}

	/**
	 * Set an option.
	 * @param libc the C library
	 * @param number the socket
	 * @param option the option
	 * @param value the value
	 * @return 0, or the negated errno
	 */
	public static int set(Libc libc, int number, int option, int value) {
		ScratchMemory scratch = ScratchMemory.acquire(libc);
		try {
			scratch.structures().putInt(0, value);
			return libc.setsockopt(number, LinuxAbi.SOL_SOCKET, option, scratch.structuresAddress(), Integer.BYTES);
		}
		finally {
			scratch.release();
		}
	}

	/**
	 * Ask for an amount.
	 * @param libc the C library
	 * @param number the socket
	 * @param request the request of {@code ioctl(2)}
	 * @return the amount, or the negated errno
	 */
	public static int amount(Libc libc, int number, long request) {
		ScratchMemory scratch = ScratchMemory.acquire(libc);
		try {
			int result = libc.ioctl(number, request, scratch.structuresAddress());
			return (result < 0) ? result : scratch.structures().getInt(0);
		}
		finally {
			scratch.release();
		}
	}

}
