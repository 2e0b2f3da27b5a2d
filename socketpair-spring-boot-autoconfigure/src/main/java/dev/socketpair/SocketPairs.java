package dev.socketpair;

import java.util.Set;

import dev.socketpair.libc.NativeBinding;
import dev.socketpair.nio.NativeSocketPairFactory;

/**
 * The way in for an application without Spring.
 * <p>
 * The system property {@code socketpair.native-binding} chooses how the C library is
 * called: {@code auto} (the default), {@code foreign} ({@code java.lang.foreign}, Java 22
 * and later) or {@code jna}.
 */
public final class SocketPairs {

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
		return new NativeSocketPairFactory(NativeBinding.fromSystemProperty().load(), defaults, Set.of());
	}

}
