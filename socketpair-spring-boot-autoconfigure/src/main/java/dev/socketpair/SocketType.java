package dev.socketpair;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The communication semantics of a socket pair: the second argument of
 * {@code socketpair(2)}.
 * <p>
 * A value rather than an enum: any number goes to the kernel unchanged, flag bits
 * included, and the kernel says whether it knows it ({@link Errno#EINVAL},
 * {@link Errno#ESOCKTNOSUPPORT}). Immutable and safe for use by any thread.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/socket.2.html">socket(2)</a>
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
 */
public final class SocketType {

	private static final NamedNumbers NAMES = new NamedNumbers("socket type", "sock_",
			Map.of("stream", 1, "dgram", 2, "raw", 3, "rdm", 4, "seqpacket", 5));

	/** A stream of bytes without boundaries: {@code SOCK_STREAM}. */
	public static final SocketType STREAM = of("stream");

	/** Messages without an end of stream: {@code SOCK_DGRAM}. */
	public static final SocketType DGRAM = of("dgram");

	/** Messages in order with an end of stream: {@code SOCK_SEQPACKET}. */
	public static final SocketType SEQPACKET = of("seqpacket");

	/** In the domain {@code unix} another name of {@link #DGRAM}: {@code SOCK_RAW}. */
	public static final SocketType RAW = of("raw");

	/**
	 * Messages without an end of stream, which {@code tipc} has and {@code unix} has not:
	 * {@code SOCK_RDM}. Between the ends of a pair they are no more reliable than
	 * {@code DGRAM}: a message for which the receiver has no room is dropped silently.
	 */
	public static final SocketType RDM = of("rdm");

	private final int value;

	private SocketType(int value) {
		this.value = value;
	}

	/**
	 * Return the type of a number.
	 * @param value any number; it is passed to the kernel as it is. The bits of
	 * {@link SocketFlag} count as flags.
	 * @return the type
	 */
	public static SocketType of(int value) {
		return new SocketType(value);
	}

	/**
	 * Return the type of a name or number.
	 * @param text {@code stream}, {@code dgram}, {@code seqpacket}, {@code raw} or
	 * {@code rdm} in any case and with or without the prefix {@code SOCK_}, or a decimal
	 * or hexadecimal ({@code 0x}) number
	 * @return the type
	 * @throws IllegalArgumentException if the text is neither
	 */
	public static SocketType of(String text) {
		return new SocketType(NAMES.parse(text));
	}

	/**
	 * Return the number of this type.
	 * @return the number, with the flag bits that it was given
	 */
	public int value() {
		return this.value;
	}

	/**
	 * Return this type without the bits of {@link SocketFlag}.
	 * @return the type alone
	 */
	public SocketType withoutFlags() {
		return new SocketType(this.value & ~SocketFlag.bits(SocketFlag.in(this.value)));
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof SocketType type && type.value == this.value;
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
