package dev.socketpair.message;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;

import dev.socketpair.PairedSocket;
import org.jspecify.annotations.Nullable;

/**
 * Whole messages over a socket.
 * <p>
 * Safe for use by any thread: one receiver and any number of senders work at the same
 * time, and receivers queue. A connection should be the only reader of its socket,
 * because on a stream it reads ahead, and the only writer.
 * <p>
 * A message leaves at once, in one system call, and {@link #sendAll(Collection)} sends
 * many messages in one. Messages that other threads send on a stream during that call
 * leave together in the next one, which the same thread makes: a {@code send} of a
 * message of up to 8 KiB returns when the kernel has all of its bytes, <em>or</em> when a
 * thread that is sending has taken the message over. A thread takes over only messages
 * for which the kernel has room, so that a peer that does not read keeps no thread
 * waiting for the messages of others; without room, {@code send} waits for its own
 * message. The order stays, and at most 64 KiB are taken over at a time. If the thread
 * that took a message over fails and the connection can still be used, the message leaves
 * before the next one; if it cannot, the next {@code send} reports it. With a write
 * time-out no message is taken over, because each sender is told about its own. When
 * {@code sendAll} returns, the kernel has its messages and all that were sent before.
 * <p>
 * {@link #close()} by another thread wakes a thread that is blocked or queues here, which
 * gets {@link java.nio.channels.AsynchronousCloseException}.
 * {@linkplain Thread#interrupt() Interrupting} a thread that is blocked in the socket
 * closes it, and the thread gets {@link java.nio.channels.ClosedByInterruptException}. A
 * thread that only queues, or is interrupted before, gets an
 * {@link java.io.InterruptedIOException}, and the connection stays open; its message may
 * leave with those of others. Every call on a closed connection throws
 * {@link java.nio.channels.ClosedChannelException}, also while there are messages that
 * were read ahead. If the socket is in non-blocking mode, {@code send} and
 * {@code receive} throw {@link java.nio.channels.IllegalBlockingModeException}.
 */
public interface MessageConnection extends Closeable {

	/**
	 * The largest message in bytes where no other maximum is given: 16 MiB.
	 */
	int DEFAULT_MAX_MESSAGE_SIZE = 16 * 1024 * 1024;

	/**
	 * Open a connection with the {@linkplain #DEFAULT_MAX_MESSAGE_SIZE usual maximum}.
	 * @param socket the socket, which is closed with the connection
	 * @param framing how messages are told apart
	 * @return a connection
	 * @throws IllegalArgumentException if the framing does not
	 * {@linkplain Framing#suits(dev.socketpair.SocketType) suit} the type of the socket
	 */
	static MessageConnection over(PairedSocket socket, Framing framing) {
		return over(socket, framing, DEFAULT_MAX_MESSAGE_SIZE);
	}

	/**
	 * Open a connection.
	 * @param socket the socket, which is closed with the connection
	 * @param framing how messages are told apart
	 * @param maxMessageSize the largest message in bytes, sent or received; at least 1.
	 * It bounds the memory that a peer can make this side take by announcing a message.
	 * With {@link Framing#NONE} a maximum of more than 64 KiB costs a second system call
	 * a message received, to learn its length.
	 * @return a connection
	 * @throws IllegalArgumentException if the framing does not
	 * {@linkplain Framing#suits(dev.socketpair.SocketType) suit} the type of the socket,
	 * or the maximum is less than 1
	 */
	static MessageConnection over(PairedSocket socket, Framing framing, int maxMessageSize) {
		Objects.requireNonNull(socket, "'socket' must not be null");
		Objects.requireNonNull(framing, "'framing' must not be null");
		if (!framing.suits(socket.options().type())) {
			throw new IllegalArgumentException("The framing '%s' does not suit a socket of the type '%s': use %s"
				.formatted(framing, socket.options().type(), (framing != Framing.NONE) ? "'none', or the type 'stream'"
						: "'length-prefix', 'line' or 'content-length', or the type 'seqpacket' or 'dgram'"));
		}
		if (maxMessageSize < 1) {
			throw new IllegalArgumentException(
					"'maxMessageSize' must be at least 1, but is %s: use a number of bytes such as %s"
						.formatted(maxMessageSize, DEFAULT_MAX_MESSAGE_SIZE));
		}
		return (framing != Framing.NONE) ? new StreamConnection(socket, framing, maxMessageSize)
				: new PacketConnection(socket, maxMessageSize);
	}

	/**
	 * Send a message.
	 * @param message the message, from position to limit, which may be empty; its
	 * position is moved to its limit, or stays where it is if an exception is thrown
	 * @throws MessageTooLargeException if it is longer than the maximum; nothing was sent
	 * @throws IllegalArgumentException if the framing is {@link Framing#LINE} and the
	 * message contains a line feed; nothing was sent
	 * @throws java.net.SocketTimeoutException if there was no room within the socket's
	 * {@linkplain PairedSocket#writeTimeout() write time-out}. If its
	 * {@code bytesTransferred} is 0, nothing of the message was sent or will be.
	 * Otherwise so many of its bytes, framing included, were sent; the rest is kept and
	 * leaves before the next message, so that the stream stays whole.
	 * @throws dev.socketpair.SocketPairException as
	 * {@link PairedSocket#write(ByteBuffer)}
	 * @throws IOException if the socket is or becomes closed
	 */
	void send(ByteBuffer message) throws IOException;

	/**
	 * Send a message.
	 * @param message the message
	 * @throws IOException as {@link #send(ByteBuffer)}
	 */
	default void send(byte[] message) throws IOException {
		send(ByteBuffer.wrap(message));
	}

	/**
	 * Send a text as its bytes in UTF-8.
	 * @param message the text
	 * @throws IOException as {@link #send(ByteBuffer)}
	 */
	default void send(String message) throws IOException {
		send(message.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Send messages together: in their order, with no other in between, and on a stream
	 * in as few system calls as possible.
	 * @param messages the messages, each as {@link #send(ByteBuffer)} takes it; if one of
	 * them is refused, none is sent
	 * @throws IOException as {@link #send(ByteBuffer)}; the positions of the messages
	 * that were sent whole are moved, in {@code bytesTransferred} all messages count
	 */
	void sendAll(Collection<ByteBuffer> messages) throws IOException;

	/**
	 * Receive the next message, waiting for it as long as the socket's
	 * {@linkplain PairedSocket#readTimeout() read time-out} allows.
	 * @return the message, in a heap buffer of its own that has position 0; {@code null}
	 * at the end of the stream, which {@code DGRAM} does not have
	 * @throws IncompleteMessageException if the stream ends inside a message, which for
	 * {@link Framing#LINE} is a line without its line feed; every later call throws it
	 * again
	 * @throws java.net.ProtocolException if bytes were read that are not of the framing,
	 * so that the next message cannot be found; every later call throws it again
	 * @throws MessageTooLargeException if the message is longer than the maximum; the
	 * next call skips it and receives the next message
	 * @throws java.net.SocketTimeoutException if no whole message came in time; nothing
	 * that was read is lost, and the next call continues
	 * @throws dev.socketpair.SocketPairException as
	 * {@link PairedSocket#read(ByteBuffer)}; the next call continues
	 * @throws IOException if the socket is or becomes closed
	 */
	@Nullable ByteBuffer receive() throws IOException;

	/**
	 * Receive the next message, waiting for it no longer than a given time, whatever the
	 * socket's read time-out is.
	 * @param timeout how long to wait; zero takes a message only if it is there already
	 * @return as {@link #receive()}
	 * @throws IllegalArgumentException if the duration is negative
	 * @throws IOException as {@link #receive()}
	 */
	@Nullable ByteBuffer receive(Duration timeout) throws IOException;

	/**
	 * Announce that no more messages will be sent, as
	 * {@link PairedSocket#shutdownOutput()} does: the peer gets the messages that were
	 * sent, and then the end of the stream. Messages that another thread has taken over
	 * leave before, unless no call of it ends for 100 ms, or this thread is interrupted.
	 * The method of the {@linkplain #socket() socket} does not wait for them.
	 * @throws dev.socketpair.SocketPairException as {@link PairedSocket#shutdownOutput()}
	 * @throws IOException if the socket is closed
	 */
	void shutdownOutput() throws IOException;

	/**
	 * Return the largest message that can be sent or received.
	 * @return a number of bytes, framing not included
	 */
	int maxMessageSize();

	/**
	 * Return how messages are told apart.
	 * @return the framing
	 */
	Framing framing();

	/**
	 * Return the socket.
	 * @return the socket
	 */
	PairedSocket socket();

	/**
	 * Return whether the socket is open.
	 * @return whether it is
	 */
	boolean isOpen();

	/**
	 * Close the socket, and with it the connection. Messages that another thread has
	 * taken over leave before, unless no call of it ends for 100 ms, or this thread is
	 * interrupted. Bytes that a failed {@code send} has left do not leave. The method of
	 * the {@linkplain #socket() socket} does not wait for them.
	 * @throws java.io.UncheckedIOException if {@code close(2)} reports an error; the
	 * socket is closed all the same
	 */
	@Override
	void close();

}
