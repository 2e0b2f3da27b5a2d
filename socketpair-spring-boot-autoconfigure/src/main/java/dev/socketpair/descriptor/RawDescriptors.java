package dev.socketpair.descriptor;

import java.nio.ByteBuffer;

import dev.socketpair.SocketFlag;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.Platforms;
import dev.socketpair.libc.ScratchMemory;

/**
 * RawDescriptors that no {@link Descriptor} owns yet, or any more.
 */
public final class RawDescriptors {

	/** No descriptor. */
	static final int NONE = Half.Host.NONE;

	private RawDescriptors() {
	}

	/**
	 * Make two, {@code socketpair(2)}.
	 * @param libc the C library
	 * @param options the arguments
	 * @param pair two elements, which get the numbers on success and are left alone
	 * otherwise: what the kernel may have written then are no descriptors
	 * @return 0, or the negated errno
	 */
	public static int pair(Libc libc, SocketPairOptions options, int[] pair) {
		int type = options.type().value();
		for (SocketFlag flag : options.flags()) {
			type |= flag.value();
		}
		ScratchMemory scratch = ScratchMemory.acquire(libc);
		try {
			ByteBuffer sv = scratch.structures();
			int result = Platforms.CURRENT.pair(libc, options.domain().value(), type, options.protocol(),
					scratch.structuresAddress());
			if (result == 0) {
				pair[0] = sv.getInt(0);
				pair[1] = sv.getInt(Integer.BYTES);
			}
			return result;
		}
		finally {
			scratch.release();
		}
	}

	/**
	 * Close a descriptor that nothing else knows.
	 * @param libc the C library
	 * @param number the number, or {@link #NONE}
	 */
	static void closeUnused(Libc libc, int number) {
		if (number != NONE) {
			libc.close(number);
		}
	}

}
