package dev.socketpair.nio;

import java.io.IOException;
import java.nio.ByteBuffer;

import dev.socketpair.PairedSocket;
import dev.socketpair.SocketFlag;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.libc.Libc;
import org.jspecify.annotations.Nullable;

/**
 * A pair of sockets from {@code socketpair(2)}.
 */
final class NativeSocketPair implements SocketPair {

	private final SocketPairOptions options;

	private final NativePairedSocket first;

	private final NativePairedSocket second;

	NativeSocketPair(SocketPairOptions options, NativePairedSocket first, NativePairedSocket second) {
		this.options = options;
		this.first = first;
		this.second = second;
	}

	/**
	 * Call {@code socketpair(2)}.
	 * @param libc the C library
	 * @param options its arguments
	 * @param pair two elements, which get the numbers on success and are left alone
	 * otherwise: what the kernel may have written then are no descriptors
	 * @return 0, or the negated errno
	 */
	static int socketpair(Libc libc, SocketPairOptions options, int[] pair) {
		int type = options.type().value();
		for (SocketFlag flag : options.flags()) {
			type |= flag.value();
		}
		Frame frame = Frame.acquire(libc);
		try {
			ByteBuffer sv = frame.structures();
			int result = libc.socketpair(options.domain().value(), type, options.protocol(), frame.structuresAddress());
			if (result == 0) {
				pair[0] = sv.getInt(0);
				pair[1] = sv.getInt(Integer.BYTES);
			}
			return result;
		}
		finally {
			frame.release();
		}
	}

	@Override
	public PairedSocket first() {
		return this.first;
	}

	@Override
	public PairedSocket second() {
		return this.second;
	}

	@Override
	public @Nullable String name() {
		return this.options.name();
	}

	@Override
	public SocketPairOptions options() {
		return this.options;
	}

	@Override
	public boolean isOpen() {
		return this.first.isOpen() || this.second.isOpen();
	}

	@Override
	public void close() throws IOException {
		// Both before one: a reader of one must not be told that the other is closed.
		this.first.announceClose();
		this.second.announceClose();
		try (this.first) {
			this.second.close();
		}
	}

	@Override
	public String toString() {
		return "SocketPair[%s, %s, %s]".formatted(this.options, this.first, this.second);
	}

}
