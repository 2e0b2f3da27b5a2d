package dev.socketpair;

import dev.socketpair.libc.Platforms;
import org.jspecify.annotations.Nullable;

/**
 * The communication domain of a socket pair: the first argument of {@code socketpair(2)}.
 * <p>
 * A value rather than an enum: any number goes to the kernel unchanged, and the kernel
 * says whether it has such a domain ({@link Errno#EAFNOSUPPORT}) and whether pairs can be
 * made in it ({@link Errno#EOPNOTSUPP}). On Linux only {@link #UNIX} and {@link #TIPC}
 * support {@code socketpair(2)}. Immutable and safe for use by any thread.
 *
 * @see <a href=
 * "https://man7.org/linux/man-pages/man2/socketpair.2.html">socketpair(2)</a>
 * @see <a href=
 * "https://man7.org/linux/man-pages/man7/address_families.7.html">address_families(7)</a>
 */
public final class SocketDomain {

	private static final NamedNumbers NAMES = new NamedNumbers("socket domain", "af_|pf_", Platforms.CURRENT.domains());

	/** Local communication, {@code unix(7)}: {@code AF_UNIX}. */
	public static final SocketDomain UNIX = of("unix");

	/** The POSIX name of {@link #UNIX}, equal to it: {@code AF_LOCAL}. */
	public static final SocketDomain LOCAL = UNIX;

	/**
	 * Cluster communication of a kernel that has {@code tipc}: {@code AF_TIPC}. It makes
	 * pairs of {@code STREAM}, {@code SEQPACKET}, {@code DGRAM} and {@code RDM}, and what
	 * it cannot do is refused: see {@link PairedSocket}.
	 */
	public static final SocketDomain TIPC = of("tipc");

	/** IPv4, in which Linux makes no pairs ({@code EOPNOTSUPP}): {@code AF_INET}. */
	public static final SocketDomain INET = of("inet");

	/** IPv6, in which Linux makes no pairs ({@code EOPNOTSUPP}): {@code AF_INET6}. */
	public static final SocketDomain INET6 = of("inet6");

	/**
	 * Communication with a hypervisor, in which Linux makes no pairs
	 * ({@code EOPNOTSUPP}): {@code AF_VSOCK}.
	 */
	public static final SocketDomain VSOCK = of("vsock");

	private final int value;

	private SocketDomain(int value) {
		this.value = value;
	}

	/**
	 * Return the domain of a number.
	 * @param value any number; it is passed to the kernel as it is
	 * @return the domain
	 */
	public static SocketDomain of(int value) {
		return new SocketDomain(value);
	}

	/**
	 * Return the domain of a name or number.
	 * @param text {@code unix}, {@code local}, {@code tipc}, {@code inet}, {@code inet6}
	 * or {@code vsock} in any case and with or without the prefix {@code AF_} or
	 * {@code PF_}, or a decimal or hexadecimal ({@code 0x}) number
	 * @return the domain
	 * @throws IllegalArgumentException if the text is neither
	 */
	public static SocketDomain of(String text) {
		return new SocketDomain(NAMES.parse(text));
	}

	/**
	 * Return the number that {@code socketpair(2)} gets.
	 * @return the number
	 */
	public int value() {
		return this.value;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof SocketDomain domain && domain.value == this.value;
	}

	@Override
	public int hashCode() {
		return Integer.hashCode(this.value);
	}

	/**
	 * Return the name in lower case and without prefix, or the number where it has no
	 * name.
	 */
	@Override
	public String toString() {
		String name = NAMES.nameOf(this.value);
		return (name != null) ? name : Integer.toString(this.value);
	}

}
