package dev.socketpair.nio;

import java.io.IOException;
import java.nio.ByteBuffer;

import dev.socketpair.PairedSocket;
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
		return (socket instanceof WaitingCalls calls) ? calls : new TimedCalls(socket);
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

}
