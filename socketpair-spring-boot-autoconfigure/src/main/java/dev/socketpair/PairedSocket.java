package dev.socketpair;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.InterruptibleChannel;
import java.nio.channels.ScatteringByteChannel;
import java.time.Duration;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * One end of a {@link SocketPair}.
 * <p>
 * Safe for use by any thread: one reader and one writer work at the same time, two
 * readers or two writers queue. In blocking mode a call waits, at most for its time-out;
 * in non-blocking mode it returns at once. Calls that the kernel refuses throw
 * {@link SocketPairException} with the {@code errno}, and the socket stays open.
 * <p>
 * {@link #close()} by another thread wakes a thread that is blocked here, which gets
 * {@link java.nio.channels.AsynchronousCloseException}; {@linkplain Thread#interrupt()
 * interrupting} the blocked thread closes the socket, and the thread gets
 * {@link java.nio.channels.ClosedByInterruptException}. Every call on a closed socket
 * throws {@link java.nio.channels.ClosedChannelException}. Closing is {@code close(2)},
 * never {@code shutdown(2)}: another holder of the same open file description, such as a
 * child process, does not feel it.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
 */
public interface PairedSocket extends ByteChannel, ScatteringByteChannel, GatheringByteChannel, InterruptibleChannel {

	/**
	 * Read bytes or one whole message.
	 * <p>
	 * On a stream, whatever is waiting and fits is read. On the other types exactly one
	 * message is read, and a message that does not fit is never cut silently.
	 * @param dst the buffer to fill from its position on
	 * @return the number of bytes; -1 at the end of the stream, which {@code DGRAM} does
	 * not have; 0 if {@code dst} has no room, if the message is empty, or if nothing is
	 * waiting in non-blocking mode
	 * @throws MessageTruncatedException if the message is longer than {@code dst} has
	 * room for; the message is gone, and {@code dst} keeps its position
	 * @throws java.net.SocketTimeoutException if nothing came within
	 * {@link #readTimeout()}
	 * @throws SocketPairException {@link Errno#ECONNRESET} once, if the peer was closed
	 * with data that it had not read; what is waiting can still be read
	 * @throws IOException if the socket is or becomes closed
	 */
	@Override
	int read(ByteBuffer dst) throws IOException;

	/**
	 * Read bytes or one whole message into several buffers in turn.
	 * @param dsts the buffers; on a stream at most the first 1024 are filled
	 * @param offset the index of the first buffer
	 * @param length the number of buffers
	 * @return as {@link #read(ByteBuffer)}
	 * @throws SocketPairException as {@link #read(ByteBuffer)}, and
	 * {@link Errno#EMSGSIZE} for more than 1024 buffers on a message socket
	 * @throws IOException as {@link #read(ByteBuffer)}
	 */
	@Override
	long read(ByteBuffer[] dsts, int offset, int length) throws IOException;

	@Override
	default long read(ByteBuffer[] dsts) throws IOException {
		return read(dsts, 0, dsts.length);
	}

	/**
	 * Write bytes, or one message.
	 * <p>
	 * On a stream in blocking mode all of {@code src} is written; in non-blocking mode as
	 * much as there is room for. On the other types {@code src} is one message, written
	 * whole or not at all.
	 * @param src the buffer to write from its position to its limit
	 * @return the number of bytes written; 0 if {@code src} is empty, in which case
	 * nothing is sent, or if there is no room in non-blocking mode
	 * @throws java.net.SocketTimeoutException if there was no room within
	 * {@link #writeTimeout()}; {@code bytesTransferred} tells what was written, and
	 * {@code src} has moved by as much
	 * @throws SocketPairException {@link Errno#EPIPE} if the peer is closed or this end
	 * was shut down for writing. {@code SEQPACKET} reports {@link Errno#ECONNRESET} once
	 * before that, if the peer was closed with data that it had not read; {@code DGRAM}
	 * reports {@link Errno#ECONNREFUSED} once and {@link Errno#ENOTCONN} after that.
	 * {@link Errno#EMSGSIZE}: the message is larger than the send buffer can take.
	 * {@link Errno#ENOBUFS}: the kernel is out of memory.
	 * @throws IOException if the socket is or becomes closed
	 */
	@Override
	int write(ByteBuffer src) throws IOException;

	/**
	 * Write the bytes of several buffers in turn, on a message socket as one message.
	 * @param srcs the buffers; on a stream at most the first 1024 are written
	 * @param offset the index of the first buffer
	 * @param length the number of buffers
	 * @return as {@link #write(ByteBuffer)}
	 * @throws SocketPairException as {@link #write(ByteBuffer)}, and
	 * {@link Errno#EMSGSIZE} for more than 1024 buffers on a message socket
	 * @throws IOException as {@link #write(ByteBuffer)}
	 */
	@Override
	long write(ByteBuffer[] srcs, int offset, int length) throws IOException;

	@Override
	default long write(ByteBuffer[] srcs) throws IOException {
		return write(srcs, 0, srcs.length);
	}

	/**
	 * Return a stream that reads from this socket. Reading throws
	 * {@link java.nio.channels.IllegalBlockingModeException} in non-blocking mode;
	 * closing the stream closes the socket. On a message socket the rest of a message is
	 * kept between calls, and empty messages are skipped.
	 * @return always the same stream
	 */
	InputStream inputStream();

	/**
	 * Return a stream that writes to this socket, without a buffer. Writing throws
	 * {@link java.nio.channels.IllegalBlockingModeException} in non-blocking mode;
	 * closing the stream closes the socket. On a message socket each call of
	 * {@code write} is one message.
	 * @return always the same stream
	 */
	OutputStream outputStream();

	/**
	 * Shut this end down for reading, {@code shutdown(SHUT_RD)}: what is waiting can
	 * still be read, then comes the end of the stream; on a connected type the peer's
	 * writes fail with {@link Errno#EPIPE}. Every holder of this end feels it.
	 * @return this socket
	 * @throws IOException if the kernel refuses or the socket is closed
	 */
	PairedSocket shutdownInput() throws IOException;

	/**
	 * Shut this end down for writing, {@code shutdown(SHUT_WR)}: the peer reads what is
	 * waiting, then the end of the stream; writes here fail with {@link Errno#EPIPE}.
	 * Every holder of this end feels it.
	 * @return this socket
	 * @throws IOException if the kernel refuses or the socket is closed
	 */
	PairedSocket shutdownOutput() throws IOException;

	/**
	 * Return whether {@link #shutdownInput()} was called.
	 * @return whether it was
	 */
	boolean isInputShutdown();

	/**
	 * Return whether {@link #shutdownOutput()} was called.
	 * @return whether it was
	 */
	boolean isOutputShutdown();

	/**
	 * Choose between blocking and non-blocking mode. This is a state of this object: the
	 * {@code O_NONBLOCK} flag of the open file description, which other holders share, is
	 * not touched.
	 * @param block whether calls wait
	 * @return this socket
	 * @throws IOException if the socket is closed
	 */
	PairedSocket configureBlocking(boolean block) throws IOException;

	/**
	 * Return whether calls wait. A new socket does unless it was made with
	 * {@link SocketFlag#NONBLOCK}.
	 * @return whether calls wait
	 */
	boolean isBlocking();

	/**
	 * Set how long a read waits in blocking mode. Applies to reads that start afterwards.
	 * @param timeout a duration; {@code null} or zero to wait for ever
	 * @return this socket
	 * @throws IllegalArgumentException if the duration is negative
	 */
	PairedSocket readTimeout(@Nullable Duration timeout);

	/**
	 * Return how long a read waits in blocking mode.
	 * @return a positive duration, or {@code null} for ever
	 */
	@Nullable Duration readTimeout();

	/**
	 * Set how long a write waits in blocking mode. Applies to writes that start
	 * afterwards.
	 * @param timeout a duration; {@code null} or zero to wait for ever
	 * @return this socket
	 * @throws IllegalArgumentException if the duration is negative
	 */
	PairedSocket writeTimeout(@Nullable Duration timeout);

	/**
	 * Return how long a write waits in blocking mode.
	 * @return a positive duration, or {@code null} for ever
	 */
	@Nullable Duration writeTimeout();

	/**
	 * Set a socket option.
	 * @param name one of {@link #supportedOptions()} that can be set
	 * @param value the value
	 * @param <T> the type of the value
	 * @return this socket
	 * @throws UnsupportedOperationException if the option is not supported or is
	 * read-only
	 * @throws IllegalArgumentException if the value cannot be one of the option's
	 * @throws IOException if the kernel refuses or the socket is closed
	 */
	<T> PairedSocket setOption(SocketOption<T> name, T value) throws IOException;

	/**
	 * Return the value of a socket option.
	 * @param name one of {@link #supportedOptions()}
	 * @param <T> the type of the value
	 * @return the value. {@code SO_SNDBUF} and {@code SO_RCVBUF} are given as they were
	 * set, which is half of what the kernel reserves.
	 * @throws UnsupportedOperationException if the option is not supported
	 * @throws IOException if the kernel refuses or the socket is closed
	 */
	<T> T getOption(SocketOption<T> name) throws IOException;

	/**
	 * Return the options that {@link #getOption(SocketOption)} knows: {@code SO_SNDBUF}
	 * and {@code SO_RCVBUF} of {@link java.net.StandardSocketOptions}, and all of
	 * {@link LinuxSocketOptions}.
	 * @return an unmodifiable set
	 */
	Set<SocketOption<?>> supportedOptions();

	/**
	 * Return what the pair was made with.
	 * @return the options
	 */
	SocketPairOptions options();

	/**
	 * Return the number of the descriptor, which stays owned here: whoever uses it keeps
	 * this socket open, and does not close it.
	 * @return the number
	 * @throws IllegalStateException if the socket is closed
	 */
	int descriptor();

	/**
	 * Close this end, {@code close(2)}. Threads that are blocked in it are released. Does
	 * nothing on a closed socket.
	 * @throws IOException if {@code close(2)} reports an error; the socket is closed all
	 * the same
	 */
	@Override
	void close() throws IOException;

}
