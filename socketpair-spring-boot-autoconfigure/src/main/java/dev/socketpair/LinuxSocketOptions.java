package dev.socketpair;

import java.net.SocketOption;

/**
 * Socket options of Linux that the JDK has no name for. All are read-only.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</a>
 */
public final class LinuxSocketOptions {

	/** The communication domain of the socket, {@code SO_DOMAIN}. */
	public static final SocketOption<SocketDomain> SO_DOMAIN = new Option<>("SO_DOMAIN", SocketDomain.class);

	/** The type of the socket, without flags, {@code SO_TYPE}. */
	public static final SocketOption<SocketType> SO_TYPE = new Option<>("SO_TYPE", SocketType.class);

	/** The protocol of the socket, {@code SO_PROTOCOL}. */
	public static final SocketOption<Integer> SO_PROTOCOL = new Option<>("SO_PROTOCOL", Integer.class);

	/** The pending error, which reading clears, as a number; {@code SO_ERROR}. */
	public static final SocketOption<Integer> SO_ERROR = new Option<>("SO_ERROR", Integer.class);

	private LinuxSocketOptions() {
	}

	private record Option<T>(String name, Class<T> type) implements SocketOption<T> {

		@Override
		public String toString() {
			return this.name;
		}

	}

}
