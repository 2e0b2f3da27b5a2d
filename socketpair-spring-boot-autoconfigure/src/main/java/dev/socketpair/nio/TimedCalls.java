package dev.socketpair.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

import dev.socketpair.PairedSocket;
import dev.socketpair.descriptor.Deadline;
import dev.socketpair.descriptor.Wait;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a socket of another library, which knows no deadline: its time-out is
 * changed for as long as a call lasts.
 */
final class TimedCalls implements WaitingCalls {

	private final PairedSocket socket;

	TimedCalls(PairedSocket socket) {
		this.socket = socket;
	}

	@Override
	public int read(ByteBuffer dst, @Nullable Wait wait) throws IOException {
		return (int) reading(() -> this.socket.read(dst), wait);
	}

	@Override
	public int receive(ByteBuffer dst, @Nullable Wait wait) throws IOException {
		return (int) reading(() -> this.socket.receive(dst), wait);
	}

	@Override
	public int peek(ByteBuffer dst, @Nullable Wait wait) throws IOException {
		return (int) reading(() -> this.socket.peek(dst), wait);
	}

	@Override
	public int write(ByteBuffer src, @Nullable Wait wait) throws IOException {
		return (int) writing(() -> this.socket.write(src), wait);
	}

	@Override
	public long write(ByteBuffer[] srcs, int offset, int length, @Nullable Wait wait) throws IOException {
		return writing(() -> this.socket.write(srcs, offset, length), wait);
	}

	@Override
	public int send(ByteBuffer src, @Nullable Wait wait) throws IOException {
		return (int) writing(() -> this.socket.send(src), wait);
	}

	private long reading(Call call, @Nullable Wait wait) throws IOException {
		Duration timeout = timeout(wait);
		if (timeout == null) {
			return call.make();
		}
		Duration before = this.socket.readTimeout();
		this.socket.readTimeout(timeout);
		try {
			return call.make();
		}
		finally {
			// Unless another thread has changed it meanwhile.
			if (timeout.equals(this.socket.readTimeout())) {
				this.socket.readTimeout(before);
			}
		}
	}

	private long writing(Call call, @Nullable Wait wait) throws IOException {
		Duration timeout = timeout(wait);
		if (timeout == null) {
			return call.make();
		}
		Duration before = this.socket.writeTimeout();
		this.socket.writeTimeout(timeout);
		try {
			return call.make();
		}
		finally {
			if (timeout.equals(this.socket.writeTimeout())) {
				this.socket.writeTimeout(before);
			}
		}
	}

	private static @Nullable Duration timeout(@Nullable Wait wait) {
		if (wait == null || wait.deadline() == Deadline.NEVER) {
			return null;
		}
		return Duration.ofNanos(Math.max(1, wait.deadline() - System.nanoTime()));
	}

	@FunctionalInterface
	private interface Call {

		long make() throws IOException;

	}

}
