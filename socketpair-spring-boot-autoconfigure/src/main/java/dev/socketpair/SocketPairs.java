package dev.socketpair;

import java.util.Optional;

import dev.socketpair.libc.NativeBinding;
import dev.socketpair.nio.NativeSocketPairFactory;
import org.jspecify.annotations.Nullable;

/**
 * The way in for an application without Spring.
 * <p>
 * The system property {@code socketpair.native-binding} chooses how the C library is
 * called: {@code auto} (the default), {@code foreign} ({@code java.lang.foreign}, Java 22
 * and later) or {@code jna}.
 */
public final class SocketPairs {

	/**
	 * The environment variable that announces an inherited descriptor.
	 */
	public static final String INHERITED_VARIABLE = "SOCKETPAIR_FD";

	/**
	 * The environment variable that marks a child of a
	 * {@link dev.socketpair.process.SocketPairProcess SocketPairProcess}, wherever it
	 * finds its end: the name of the process, a slash, and what no other start has. The
	 * descendants of the child inherit it.
	 */
	public static final String PROCESS_VARIABLE = "SOCKETPAIR_PROCESS";

	private SocketPairs() {
	}

	/**
	 * Return a new factory whose default is a close-on-exec, blocking pair of the domain
	 * {@code unix} and the type {@code stream}.
	 * @return a factory, to be closed by the caller
	 * @throws NativeBindingException if the C library cannot be called; the message says
	 * what to change
	 * @throws IllegalArgumentException if the system property is none of its values
	 */
	public static SocketPairFactory factory() {
		return factory(SocketPairOptions.builder().build());
	}

	/**
	 * Return a new factory.
	 * @param defaults the options of {@link SocketPairFactory#create()}
	 * @return a factory, to be closed by the caller
	 * @throws NativeBindingException if the C library cannot be called; the message says
	 * what to change
	 * @throws IllegalArgumentException if the system property is none of its values
	 */
	public static SocketPairFactory factory(SocketPairOptions defaults) {
		return NativeSocketPairFactory.builder(NativeBinding.fromSystemProperty().load()).defaults(defaults).build();
	}

	/**
	 * Return the socket that the parent process announces in the environment variable
	 * {@code SOCKETPAIR_FD}, as the number of its descriptor. It is taken over by the
	 * first call; later calls return the same socket.
	 * @return the socket, to be closed by the caller, or empty if the variable is not set
	 * @throws IllegalStateException if the variable is set to something else than the
	 * number of an open socket
	 * @throws NativeBindingException if the C library cannot be called
	 */
	public static Optional<PairedSocket> inherited() {
		return Inherited.SOCKET.get();
	}

	private static final class Inherited {

		static final Inherited SOCKET = new Inherited();

		private @Nullable PairedSocket socket;

		synchronized Optional<PairedSocket> get() {
			String number = System.getenv(INHERITED_VARIABLE);
			if (this.socket == null && number != null) {
				this.socket = adopt(number);
			}
			return Optional.ofNullable(this.socket);
		}

		private static PairedSocket adopt(String number) {
			try {
				return factory().adopt(Integer.parseInt(number.strip()));
			}
			catch (NumberFormatException | SocketPairException ex) {
				throw new IllegalStateException(
						"Environment variable %s must be the number of an open socket, but is '%s': %s"
							.formatted(INHERITED_VARIABLE, number, ex.getMessage()),
						ex);
			}
		}

	}

}
