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
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Collection;
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
 * <p>
 * The first virtual thread of the process that has to wait makes the poller, which takes
 * up to two descriptors for good; where there are none left the call throws
 * {@link Errno#EMFILE}, and the next one tries again. The memory of a buffer whose arena
 * can be closed by another thread, a confined or shared arena of
 * {@code java.lang.foreign}, is copied like that of a heap buffer where the call cannot
 * hold the arena open.
 * <p>
 * The rules for the types below are those of the domain {@code unix}. The domain
 * {@code tipc} differs in this:
 * <ul>
 * <li>A message has 1 to 66000 bytes. {@link #send(ByteBuffer)} refuses an empty one with
 * {@link IllegalArgumentException}, because the kernel would drop it, and a longer one
 * with {@link Errno#EMSGSIZE}.
 * <li>A peer that was closed with data that it had not read is reported after the waiting
 * data on {@code SEQPACKET} too; a write then gives {@link Errno#EPIPE}. A child process
 * reads {@code ECONNRESET} where another domain has the end of the stream.
 * <li>{@code DGRAM} and {@code RDM} do not wait for room: the kernel drops a message for
 * which the peer has no room, or whose peer is closed, and reports success.
 * <li>The send buffer's size bounds nothing. Closing a connected end whose queue is full
 * waits until the peer has read, or for 8 seconds.
 * <li>{@link #shutdownInput()} and {@link #shutdownOutput()} give {@link Errno#EINVAL},
 * {@link #unsent()} gives {@link Errno#ENOTTY}. {@link #peerCredentials()} and the calls
 * that pass descriptors throw {@link UnsupportedOperationException}.
 * </ul>
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
 */
public interface PairedSocket extends ByteChannel, ScatteringByteChannel, GatheringByteChannel, InterruptibleChannel {

	/**
	 * Returned by {@link #receive(ByteBuffer)}, {@link #peek(ByteBuffer)} and
	 * {@link #receiveDescriptors(ByteBuffer, Collection)} at the end of the stream.
	 */
	int END_OF_STREAM = -1;

	/**
	 * Returned by the message and descriptor calls in non-blocking mode when they would
	 * have to wait, so that 0 is an empty message.
	 */
	int WOULD_BLOCK = -2;

	/**
	 * Read bytes or one whole message.
	 * <p>
	 * On a stream, whatever is waiting and fits is read, into a heap buffer 64 KiB at the
	 * most. On the other types exactly one message is read, and a message that does not
	 * fit is never cut silently. A reader that queues behind another one waits for its
	 * turn first, and its time-out counts from then on.
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
	 * Receive one whole message.
	 * @param dst the buffer to fill from its position on
	 * @return the length of the message, 0 for an empty one; {@link #END_OF_STREAM} once
	 * the peer is closed and all is read, which {@code DGRAM} never reports; or
	 * {@link #WOULD_BLOCK}
	 * @throws MessageTruncatedException if the message is longer than {@code dst} has
	 * room for; the message is gone, and {@code dst} keeps its position
	 * @throws UnsupportedOperationException on a stream, which has no messages
	 * @throws IOException as {@link #read(ByteBuffer)}
	 */
	int receive(ByteBuffer dst) throws IOException;

	/**
	 * Send one message, which may be empty.
	 * @param src the message, from position to limit
	 * @return the length of the message, or {@link #WOULD_BLOCK}
	 * @throws UnsupportedOperationException on a stream, which has no messages
	 * @throws IllegalArgumentException if the message is empty in the domain {@code tipc}
	 * @throws IOException as {@link #write(ByteBuffer)}
	 */
	int send(ByteBuffer src) throws IOException;

	/**
	 * Look at the next message, or at the next bytes of a stream, without consuming it.
	 * @param dst the buffer to fill from its position on with as much as there is room
	 * for
	 * @return the real length of the message, even where {@code dst} has less room; on a
	 * stream the number of bytes that were copied, into a heap buffer 64 KiB at the most;
	 * {@link #END_OF_STREAM} or {@link #WOULD_BLOCK}
	 * @throws IOException as {@link #read(ByteBuffer)}
	 */
	int peek(ByteBuffer dst) throws IOException;

	/**
	 * Return how much waits to be read, {@code FIONREAD}.
	 * @return a number of bytes: of the first message on {@code DGRAM}, of all that is
	 * waiting on the other types; in the domain {@code tipc}, which has no
	 * {@code FIONREAD}, of what was sent first
	 * @throws IOException if the kernel refuses or the socket is closed
	 */
	int available() throws IOException;

	/**
	 * Return how much kernel memory is charged for what the peer has not read,
	 * {@code SIOCOUTQ}.
	 * @return a number of bytes, larger than what was sent; 0 exactly when the peer has
	 * read it all
	 * @throws IOException if the kernel refuses or the socket is closed
	 */
	int unsent() throws IOException;

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
	 * Shut this end down for reading, {@code shutdown(SHUT_RD)}: waiting data can still
	 * be read, then comes the end of the stream; on a connected type the peer's writes
	 * fail with {@link Errno#EPIPE}. It affects every holder of this end. The kernel does
	 * not wake a writer that waits for room, {@code DGRAM} included: a writer in this
	 * process is woken, one in another process that uses this library tries again within
	 * a second.
	 * @return this socket
	 * @throws IOException if the kernel refuses or the socket is closed
	 */
	PairedSocket shutdownInput() throws IOException;

	/**
	 * Shut this end down for writing, {@code shutdown(SHUT_WR)}: the peer reads the
	 * waiting data, then the end of the stream; writes here fail with
	 * {@link Errno#EPIPE}. It affects every holder of this end.
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
	 * Return whether nothing more can be sent or received, except data that already waits
	 * to be read: the peer was closed by all of its holders, or both directions were shut
	 * down. Asks {@code poll(2)} for {@code POLLHUP}, reads nothing and does not wait.
	 * @return whether it is so; of {@code DGRAM} the kernel does not tell that the peer
	 * was closed
	 * @throws SocketPairException if the kernel refuses
	 * @throws IOException if the socket is closed
	 */
	boolean isHungUp() throws IOException;

	/**
	 * Return whether the descriptor was given away by {@link #release()} or
	 * {@link #toSocketChannel()}, and so this socket is not open though the connection
	 * may be.
	 * @return whether it was
	 */
	default boolean isReleased() {
		return false;
	}

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
	 * Return the process that made the pair, {@code SO_PEERCRED}.
	 * @return the credentials of the creator, on both ends
	 * @throws UnsupportedOperationException in the domain {@code tipc}
	 * @throws IOException if the kernel refuses or the socket is closed
	 */
	PeerCredentials peerCredentials() throws IOException;

	/**
	 * Send bytes or one message, and with it descriptors, of which the receiver gets
	 * duplicates: {@code SCM_RIGHTS}. All of them go or none does.
	 * @param data the message, or the bytes, of which a stream needs at least one; they
	 * are sent as {@link #write(ByteBuffer)} does it, the descriptors with the first of
	 * them
	 * @param descriptors at most 253 open descriptors, which stay the caller's
	 * @return the number of bytes sent, or {@link #WOULD_BLOCK}, in which case nothing
	 * was sent
	 * @throws IllegalArgumentException if there are more than 253 descriptors, or no data
	 * on a stream
	 * @throws UnsupportedOperationException in the domain {@code tipc}
	 * @throws SocketPairException {@link Errno#ETOOMANYREFS}: too many descriptors are on
	 * their way already; otherwise as {@link #write(ByteBuffer)}
	 * @throws IOException as {@link #write(ByteBuffer)}
	 */
	int sendDescriptors(ByteBuffer data, PassedDescriptor... descriptors) throws IOException;

	/**
	 * Receive bytes or one message, and the descriptors that came with it, on which
	 * close-on-exec is set. Any other way of reading drops such descriptors.
	 * @param data the buffer to fill from its position on
	 * @param into gets the descriptors, which are the caller's to close
	 * @return the number of bytes; 0 for an empty message; {@link #END_OF_STREAM} or
	 * {@link #WOULD_BLOCK}
	 * @throws UnsupportedOperationException in the domain {@code tipc}
	 * @throws SocketPairException {@link Errno#EMFILE}: this process has no room for all
	 * descriptors that came; those that were received are closed, and the message is gone
	 * @throws MessageTruncatedException if the message is longer than {@code data} has
	 * room for; descriptors that came with it are closed
	 * @throws IOException as {@link #read(ByteBuffer)}
	 */
	int receiveDescriptors(ByteBuffer data, Collection<? super PassedDescriptor> into) throws IOException;

	/**
	 * Duplicate this end, {@code dup(2)} with close-on-exec: both sockets stand for the
	 * same open file description, and the peer sees the end of the stream when both are
	 * closed.
	 * @return a new socket, to be closed by the caller, with the mode and time-outs of
	 * this one
	 * @throws IOException if the kernel refuses or the socket is closed
	 */
	PairedSocket duplicate() throws IOException;

	/**
	 * Give this end away. Threads that are blocked in it are released, and this socket is
	 * closed.
	 * @return the number of its descriptor, from now on the caller's to close; another
	 * one than {@link #descriptor()} if threads had to be released
	 * @throws IOException if the kernel refuses or the socket is closed
	 */
	int release() throws IOException;

	/**
	 * Turn this end into a channel of the JDK, which works with its selectors and with
	 * everything that takes one. Threads that are blocked here are released, and this
	 * socket is closed.
	 * <p>
	 * The channel starts in this socket's mode. From then on it is the JDK that sets
	 * {@code O_NONBLOCK} on the open file description: it does so for good when a virtual
	 * thread blocks in the channel. Its remote address is a path that does not exist. To
	 * make it, a socket is bound for an instant in the directory for temporary files.
	 * @return a connected channel, to be closed by the caller
	 * @throws UnsupportedOperationException on {@code DGRAM}
	 * @throws IOException if the directory for temporary files cannot be used, the kernel
	 * refuses, or the socket is closed; in the first two cases this socket stays open
	 */
	SocketChannel toSocketChannel() throws IOException;

	/**
	 * Return this end as standard input or output of a child process. It stays owned
	 * here, and is to be closed by the calling thread after
	 * {@link ProcessBuilder#start()}, or the child's end will never be noticed. If
	 * another thread closes it before, the child finds the end of the stream there, and
	 * never another descriptor: until the calling thread closes this socket too, or the
	 * redirect is garbage, the number is not used again. One descriptor cannot be both:
	 * {@link #duplicate()} it for the second.
	 * @return a redirect for
	 * {@link ProcessBuilder#redirectInput(ProcessBuilder.Redirect)} or
	 * {@link ProcessBuilder#redirectOutput(ProcessBuilder.Redirect)}
	 * @throws java.nio.channels.IllegalBlockingModeException if the open file description
	 * has {@code O_NONBLOCK}, which few programs expect
	 * @throws IOException if the socket is closed or junixsocket cannot be used
	 */
	ProcessBuilder.Redirect toRedirect() throws IOException;

	/**
	 * Return the number of the descriptor, which stays owned here: the caller must keep
	 * this socket open while it uses the number, and must not close the number.
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
