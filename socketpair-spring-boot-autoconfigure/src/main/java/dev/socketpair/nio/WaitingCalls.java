package dev.socketpair.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

import dev.socketpair.PairedSocket;
import dev.socketpair.descriptor.Deadline;
import dev.socketpair.descriptor.Wait;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a socket that take how they wait from their caller, for the layers above
 * the socket. They leave the socket's time-outs alone. With an
 * {@linkplain Wait#interruptible() interruptible} wait an interrupt ends the call and not
 * the socket, and {@link Wait#cancel()} does so with every wait.
 * <p>
 * Each call is that of the same name in {@link PairedSocket} otherwise. Beyond what that
 * throws it throws {@link java.io.InterruptedIOException} if the thread is interrupted,
 * {@link dev.socketpair.descriptor.WaitCancelledException} if the wait is cancelled, and
 * {@link java.net.SocketTimeoutException} if the deadline of the wait comes. None of them
 * closes the socket or loses a byte: a call that has read returns what it read, and
 * {@code bytesTransferred} of the exception tells how much a write had written. In
 * non-blocking mode nothing waits but for other callers of the same direction.
 */
public interface WaitingCalls {

	/**
	 * Return the calls of a socket.
	 * @param socket the socket
	 * @return the calls. Of a socket that is not one of this library only the deadline of
	 * a wait is observed.
	 */
	static WaitingCalls of(PairedSocket socket) {
		return (socket instanceof WaitingCalls calls) ? calls : new Timed(socket);
	}

	/**
	 * Read bytes or one whole message.
	 * @param dst the buffer to fill
	 * @param wait how to wait, or {@code null} for what the socket has
	 * @return as {@link PairedSocket#read(ByteBuffer)}
	 * @throws IOException as {@link PairedSocket#read(ByteBuffer)}, or if the wait ended
	 */
	int read(ByteBuffer dst, @Nullable Wait wait) throws IOException;

	/**
	 * Receive one whole message.
	 * @param dst the buffer to fill
	 * @param wait how to wait, or {@code null} for what the socket has
	 * @return as {@link PairedSocket#receive(ByteBuffer)}
	 * @throws IOException as {@link PairedSocket#receive(ByteBuffer)}, or if the wait
	 * ended
	 */
	int receive(ByteBuffer dst, @Nullable Wait wait) throws IOException;

	/**
	 * Return what comes next without consuming it.
	 * @param dst the buffer to fill
	 * @param wait how to wait, or {@code null} for what the socket has
	 * @return as {@link PairedSocket#peek(ByteBuffer)}
	 * @throws IOException as {@link PairedSocket#peek(ByteBuffer)}, or if the wait ended
	 */
	int peek(ByteBuffer dst, @Nullable Wait wait) throws IOException;

	/**
	 * Write bytes, or one message.
	 * @param src the buffer to write
	 * @param wait how to wait, or {@code null} for what the socket has
	 * @return as {@link PairedSocket#write(ByteBuffer)}
	 * @throws IOException as {@link PairedSocket#write(ByteBuffer)}, or if the wait ended
	 */
	int write(ByteBuffer src, @Nullable Wait wait) throws IOException;

	/**
	 * Write the bytes of several buffers in turn.
	 * @param srcs the buffers
	 * @param offset the index of the first buffer
	 * @param length the number of buffers
	 * @param wait how to wait, or {@code null} for what the socket has
	 * @return as {@link PairedSocket#write(ByteBuffer[], int, int)}
	 * @throws IOException as {@link PairedSocket#write(ByteBuffer[], int, int)}, or if
	 * the wait ended
	 */
	long write(ByteBuffer[] srcs, int offset, int length, @Nullable Wait wait) throws IOException;

	/**
	 * Send one message, which may be empty.
	 * @param src the message
	 * @param wait how to wait, or {@code null} for what the socket has
	 * @return as {@link PairedSocket#send(ByteBuffer)}
	 * @throws IOException as {@link PairedSocket#send(ByteBuffer)}, or if the wait ended
	 */
	int send(ByteBuffer src, @Nullable Wait wait) throws IOException;

	/**
	 * The calls of a socket of another library, which knows no deadline: its time-out is
	 * changed for as long as a call lasts.
	 */
	final class Timed implements WaitingCalls {

		private final PairedSocket socket;

		Timed(PairedSocket socket) {
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

}
