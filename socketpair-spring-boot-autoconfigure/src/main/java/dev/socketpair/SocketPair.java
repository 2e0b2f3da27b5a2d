package dev.socketpair;

import java.io.Closeable;
import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * Two connected, unnamed sockets: data written to one can be read from the other, in both
 * directions. Safe for use by any thread.
 *
 * @see <a href=
 * "https://man7.org/linux/man-pages/man2/socketpair.2.html">socketpair(2)</a>
 */
public interface SocketPair extends Closeable {

	/**
	 * Return the end that the kernel put into {@code sv[0]}.
	 * @return always the same socket
	 */
	PairedSocket first();

	/**
	 * Return the end that the kernel put into {@code sv[1]}.
	 * @return always the same socket
	 */
	PairedSocket second();

	/**
	 * Return the name of the pair.
	 * @return the name, or {@code null} for an anonymous pair
	 */
	@Nullable String name();

	/**
	 * Return what the pair was made with.
	 * @return the options
	 */
	SocketPairOptions options();

	/**
	 * Return whether at least one end is open and owned here.
	 * @return {@code false} once both ends are closed
	 */
	boolean isOpen();

	/**
	 * Close both ends. Does nothing on an end that is closed.
	 * @throws IOException if {@code close(2)} reports an error; both ends are closed all
	 * the same
	 */
	@Override
	void close() throws IOException;

}
