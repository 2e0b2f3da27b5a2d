package dev.socketpair.nio;

import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;

import dev.socketpair.LinuxSocketOptions;
import dev.socketpair.SocketDomain;
import dev.socketpair.SocketType;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.Platforms;
import dev.socketpair.libc.Sockopt;
import org.jspecify.annotations.Nullable;

/**
 * The socket options, all of which are one {@code int} to the kernel.
 */
final class SocketOptions {

	private static final Map<SocketOption<?>, Access<?>> ACCESS = Map.of(StandardSocketOptions.SO_SNDBUF,
			new BufferSize("SO_SNDBUF", LinuxAbi.SO_SNDBUF), StandardSocketOptions.SO_RCVBUF,
			new BufferSize("SO_RCVBUF", LinuxAbi.SO_RCVBUF), LinuxSocketOptions.SO_DOMAIN,
			new ReadOnly<>("SO_DOMAIN", Platforms.CURRENT::domain, SocketDomain::of), LinuxSocketOptions.SO_TYPE,
			new ReadOnly<>("SO_TYPE", (libc, number) -> Sockopt.get(libc, number, LinuxAbi.SO_TYPE), SocketType::of),
			LinuxSocketOptions.SO_PROTOCOL,
			new ReadOnly<>("SO_PROTOCOL", Platforms.CURRENT::protocol, Integer::valueOf), LinuxSocketOptions.SO_ERROR,
			new ReadOnly<>("SO_ERROR", (libc, number) -> Sockopt.get(libc, number, LinuxAbi.SO_ERROR),
					Integer::valueOf));

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
	 * Set {@code SO_SNDBUF}.
	 * @return 0, or the negated errno
	 */
	static int setSendBufferSize(Libc libc, int number, int size) {
		return Sockopt.set(libc, number, LinuxAbi.SO_SNDBUF, size);
	}

	/**
	 * Return {@code SO_SNDBUF} as it was set, which is half of what the kernel reserves.
	 * @return the size, or the negated errno
	 */
	static int sendBufferSize(Libc libc, int number) {
		int size = Sockopt.get(libc, number, LinuxAbi.SO_SNDBUF);
		return (size > 0) ? size / 2 : size;
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
			return Sockopt.get(libc, number, this.option);
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
			return Sockopt.set(libc, number, this.option, value);
		}

	}

	private record ReadOnly<T>(String name, Question question, IntFunction<T> mapping) implements Access<T> {

		@Override
		public int get(Libc libc, int number) {
			return this.question.ask(libc, number);
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

	/** Asks for a number. */
	@FunctionalInterface
	private interface Question {

		int ask(Libc libc, int number);

	}

}
