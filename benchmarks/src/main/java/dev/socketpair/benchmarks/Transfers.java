package dev.socketpair.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

/**
 * What the benchmarks do with channels.
 */
final class Transfers {

	private Transfers() {
	}

	static ByteBuffer buffer(String kind, int size) {
		return kind.equals("direct") ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
	}

	static void write(ByteChannel channel, ByteBuffer buffer) throws IOException {
		buffer.clear();
		do {
			channel.write(buffer);
		}
		while (buffer.hasRemaining());
	}

	static void read(ByteChannel channel, ByteBuffer buffer) throws IOException {
		buffer.clear();
		do {
			if (channel.read(buffer) < 0) {
				throw new EOFException();
			}
		}
		while (buffer.hasRemaining());
	}

	/** Send back what comes until the connection ends. */
	static void echo(ByteChannel channel, ByteBuffer buffer) {
		try {
			while (true) {
				read(channel, buffer);
				write(channel, buffer);
			}
		}
		catch (IOException ex) {
			// The benchmark is over.
		}
	}

}
