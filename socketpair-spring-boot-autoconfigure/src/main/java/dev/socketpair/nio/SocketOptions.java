package dev.socketpair.nio;

import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;

import dev.socketpair.LinuxSocketOptions;
import dev.socketpair.SocketDomain;
import dev.socketpair.SocketType;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.LinuxAbi.Ucred;
import dev.socketpair.libc.ScratchMemory;
import org.jspecify.annotations.Nullable;

/**
 * The socket options, all of which are one {@code int} to the kernel.
 */
final class SocketOptions {

	private static final Map<SocketOption<?>, Access<?>> ACCESS = Map.of(StandardSocketOptions.SO_SNDBUF,
			new BufferSize("SO_SNDBUF", LinuxAbi.SO_SNDBUF), StandardSocketOptions.SO_RCVBUF,
			new BufferSize("SO_RCVBUF", LinuxAbi.SO_RCVBUF), LinuxSocketOptions.SO_DOMAIN,
			new ReadOnly<>("SO_DOMAIN", LinuxAbi.SO_DOMAIN, SocketDomain::of), LinuxSocketOptions.SO_TYPE,
			new ReadOnly<>("SO_TYPE", LinuxAbi.SO_TYPE, SocketType::of), LinuxSocketOptions.SO_PROTOCOL,
			new ReadOnly<>("SO_PROTOCOL", LinuxAbi.SO_PROTOCOL, Integer::valueOf), LinuxSocketOptions.SO_ERROR,
			new ReadOnly<>("SO_ERROR", LinuxAbi.SO_ERROR, Integer::valueOf));

	static final Set<SocketOption<?>> SUPPORTED = ACCESS.keySet();

	private SocketOptions() {
	}

	@SuppressWarnings("unchecked")
	static <T> Access<T> of(SocketOption<T> name) {
		Access<?> access = ACCESS.get(name);
		if (access == null) {
			throw new UnsupportedOperationException(
					"Socket option %s is not supported; use one of %s".formatted(name.name(), names()));
		}
		return (Access<T>) access;
	}

	private static String names() {
		return String.join(", ", SUPPORTED.stream().map(SocketOption::name).sorted().toList());
	}

	/**
	 * Ask {@code ioctl(2)} for an amount.
	 * @return the number of bytes, or the negated errno
	 */
	static int amount(Libc libc, int number, long request) {
		ScratchMemory scratch = ScratchMemory.acquire(libc);
		try {
			int result = libc.ioctl(number, request, scratch.structuresAddress());
			return (result < 0) ? result : scratch.structures().getInt(0);
		}
		finally {
			scratch.release();
		}
	}

	/**
	 * Have received messages carry their time, or not.
	 * @return 0, or the negated errno
	 */
	static int setTimestamp(Libc libc, int number, boolean on) {
		return set(libc, number, LinuxAbi.SO_TIMESTAMP, on ? 1 : 0);
	}

	/**
	 * Read the process, user and group of the peer.
	 * @return 0, or the negated errno
	 */
	static int peerCredentials(Libc libc, int number, int[] ids) {
		ScratchMemory scratch = ScratchMemory.acquire(libc);
		try {
			ByteBuffer memory = scratch.structures();
			memory.putInt(Ucred.SIZE, Ucred.SIZE);
			int result = libc.getsockopt(number, LinuxAbi.SOL_SOCKET, LinuxAbi.SO_PEERCRED, scratch.structuresAddress(),
					scratch.structuresAddress() + Ucred.SIZE);
			ids[0] = memory.getInt(Ucred.PID);
			ids[1] = memory.getInt(Ucred.UID);
			ids[2] = memory.getInt(Ucred.GID);
			return result;
		}
		finally {
			scratch.release();
		}
	}

	/**
	 * Set {@code SO_SNDBUF}.
	 * @return 0, or the negated errno
	 */
	static int setSendBufferSize(Libc libc, int number, int size) {
		return set(libc, number, LinuxAbi.SO_SNDBUF, size);
	}

	/**
	 * Return {@code SO_SNDBUF} as it was set, which is half of what the kernel reserves.
	 * @return the size, or the negated errno
	 */
	static int sendBufferSize(Libc libc, int number) {
		int size = get(libc, number, LinuxAbi.SO_SNDBUF);
		return (size > 0) ? size / 2 : size;
	}

	static int get(Libc libc, int number, int option) {
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

	private static int set(Libc libc, int number, int option, int value) {
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
	 * Access to one option.
	 *
	 * @param <T> the type of its value
	 */
	interface Access<T> {

		int get(Libc libc, int number);

		T fromNumber(int value);

		int set(Libc libc, int number, @Nullable T value);

	}

	private record BufferSize(String name, int option) implements Access<Integer> {

		@Override
		public int get(Libc libc, int number) {
			return SocketOptions.get(libc, number, this.option);
		}

		@Override
		public Integer fromNumber(int value) {
			// The kernel doubles what was set.
			return value / 2;
		}

		@Override
		public int set(Libc libc, int number, @Nullable Integer value) {
			if (value == null || value < 0) {
				throw new IllegalArgumentException(
						"%s must be a number of bytes of 0 or more, but is %s".formatted(this.name, value));
			}
			return SocketOptions.set(libc, number, this.option, value);
		}

	}

	private record ReadOnly<T>(String name, int option, IntFunction<T> mapping) implements Access<T> {

		@Override
		public int get(Libc libc, int number) {
			return SocketOptions.get(libc, number, this.option);
		}

		@Override
		public T fromNumber(int value) {
			return this.mapping.apply(value);
		}

		@Override
		public int set(Libc libc, int number, @Nullable T value) {
			throw new UnsupportedOperationException("Socket option %s is read-only".formatted(this.name));
		}

	}

}
