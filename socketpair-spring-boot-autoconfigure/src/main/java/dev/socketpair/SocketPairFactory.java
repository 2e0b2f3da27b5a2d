package dev.socketpair;

import java.io.IOException;

/**
 * Makes socket pairs and keeps count of them. Safe for use by any thread.
 *
 * @see <a href=
 * "https://man7.org/linux/man-pages/man2/socketpair.2.html">socketpair(2)</a>
 */
public interface SocketPairFactory extends AutoCloseable {

	/**
	 * Make a pair with the {@link #defaultOptions() default options}.
	 * @return a new pair, to be closed by the caller
	 * @throws SocketPairException if the kernel refuses; nothing is left behind
	 * @throws IllegalStateException if the factory is closed
	 * @see #create(SocketPairOptions)
	 */
	SocketPair create() throws SocketPairException;

	/**
	 * Make a pair by one call of {@code socketpair(2)} with exactly the domain, type,
	 * flags and protocol that the options have.
	 * @param options what the pair is to be
	 * @return a new pair, to be closed by the caller
	 * @throws SocketPairException if the kernel refuses; nothing is left behind.
	 * {@link Errno#EAFNOSUPPORT}: it has no such domain. {@link Errno#EOPNOTSUPP}: the
	 * domain has no pairs. {@link Errno#EPROTONOSUPPORT}: the domain has no such
	 * protocol. {@link Errno#ESOCKTNOSUPPORT} or {@link Errno#EPROTOTYPE}: the domain has
	 * no such type. {@link Errno#EINVAL}: the type is not one at all.
	 * {@link Errno#EMFILE}: the process has reached its limit of descriptors
	 * ({@code RLIMIT_NOFILE}). {@link Errno#ENFILE}: the system has reached its limit of
	 * open files. {@link Errno#ENOBUFS} or {@link Errno#ENOMEM}: the kernel is out of
	 * memory.
	 * @throws IllegalStateException if the factory is closed
	 */
	SocketPair create(SocketPairOptions options) throws SocketPairException;

	/**
	 * Find out whether {@link #create()} would succeed now: make such a pair and close it
	 * at once, without a trace in the {@link #statistics()} and the log. An
	 * implementation that does not say otherwise calls {@link #create()}, which leaves
	 * one.
	 * @throws SocketPairException if the kernel refuses, as {@link #create()} has it
	 * @throws IOException if the pair cannot be closed
	 * @throws IllegalStateException if the factory is closed
	 */
	default void probe() throws IOException {
		create().close();
	}

	/**
	 * Take over a descriptor that came from elsewhere, such as a parent process. Its
	 * domain and type are asked of the kernel, and close-on-exec is set.
	 * @param descriptor the number of a connected socket, from now on owned by the
	 * returned socket
	 * @return the socket, to be closed by the caller; blocking unless the open file
	 * description has {@code O_NONBLOCK}, with the time-outs and the busy polling of the
	 * {@link #defaultOptions() default options}
	 * @throws SocketPairException {@link Errno#EBADF} if the number is not open,
	 * {@link Errno#ENOTSOCK} if it is no socket; it stays the caller's then
	 * @throws IllegalArgumentException if the number is that of an open socket of this
	 * factory
	 * @throws IllegalStateException if the factory is closed
	 */
	PairedSocket adopt(int descriptor) throws SocketPairException;

	/**
	 * Return the options of {@link #create()}.
	 * @return the options
	 */
	SocketPairOptions defaultOptions();

	/**
	 * Return how the C library is called.
	 * @return {@code foreign} ({@code java.lang.foreign}, Java 22 and later) or
	 * {@code jna}
	 */
	String nativeBinding();

	/**
	 * Return what this factory has counted.
	 * @return a live view
	 */
	SocketPairStatistics statistics();

	/**
	 * Close every end that this factory made and that is still owned here. Threads that
	 * are blocked in one are released. Does nothing on a closed factory.
	 */
	@Override
	void close();

}
