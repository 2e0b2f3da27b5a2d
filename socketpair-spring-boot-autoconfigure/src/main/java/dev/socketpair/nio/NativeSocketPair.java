package dev.socketpair.nio;

import java.io.IOException;

import dev.socketpair.PairedSocket;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairOptions;
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
