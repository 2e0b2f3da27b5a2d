package dev.socketpair;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;

import dev.socketpair.libc.Platforms;

/**
 * The flags that {@code socketpair(2)} takes in its type argument, set on both new
 * descriptors in the same system call.
 *
 * @see <a href=
 * "https://man7.org/linux/man-pages/man2/socketpair.2.html">socketpair(2)</a>
 */
public enum SocketFlag {

	/**
	 * Set {@code O_NONBLOCK} on both open file descriptions: {@code SOCK_NONBLOCK}.
	 */
	NONBLOCK(Platforms.CURRENT.nonBlockFlag()),

	/**
	 * Set {@code FD_CLOEXEC} on both descriptors, so that no child process inherits them:
	 * {@code SOCK_CLOEXEC}.
	 */
	CLOEXEC(Platforms.CURRENT.closeOnExecFlag());

	private final int value;

	SocketFlag(int value) {
		this.value = value;
	}

	/**
	 * Return the bit of this flag in the type argument.
	 * @return a number with one bit set
	 */
	public int value() {
		return this.value;
	}

	static Set<SocketFlag> in(int type) {
		Set<SocketFlag> flags = EnumSet.noneOf(SocketFlag.class);
		for (SocketFlag flag : values()) {
			if ((type & flag.value) != 0) {
				flags.add(flag);
			}
		}
		return flags;
	}

	static int bits(Collection<SocketFlag> flags) {
		int bits = 0;
		for (SocketFlag flag : flags) {
			bits |= flag.value;
		}
		return bits;
	}

}
