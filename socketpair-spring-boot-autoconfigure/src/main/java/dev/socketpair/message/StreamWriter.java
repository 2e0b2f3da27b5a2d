package dev.socketpair.message;

import java.io.IOException;
import java.nio.ByteBuffer;

import dev.socketpair.PairedSocket;

/**
 * Writes messages to a stream, for any number of threads.
 * <p>
 * Every implementation keeps the promises of {@link MessageConnection#send(ByteBuffer)}
 * and {@link MessageConnection#sendAll(java.util.Collection)}: a message is never mixed
 * with another, the messages of a thread stay in order, a message that a failure has cut
 * is finished before anything else leaves, and an interrupt of a thread that waits for
 * other senders ends the wait of that thread alone.
 * <p>
 * {@link PlainStreamWriter} is the shortest code that does so, a lock and a write.
 * {@link CoalescingStreamWriter} is the one that connections use: it writes the messages
 * of several threads in one call. The same tests run over both, so what they have in
 * common is read in the plain one, and what the coalescing one adds is speed.
 */
interface StreamWriter {

	/**
	 * Set to {@code false}, this system property makes connections write plainly. It is
	 * no configuration: it answers the question whether a fault lies in the coalescing.
	 */
	String COALESCE = "dev.socketpair.message.coalesce";

	/**
	 * Return the writer of a connection.
	 * @param socket the socket
	 * @param format the format of the stream
	 * @return a writer
	 */
	static StreamWriter over(PairedSocket socket, WireFormat format) {
		return Boolean.parseBoolean(System.getProperty(COALESCE, "true")) ? new CoalescingStreamWriter(socket, format)
				: new PlainStreamWriter(socket, format);
	}

	/**
	 * Send a message.
	 * @param message the message; its position is moved to its limit, or stays if an
	 * exception is thrown
	 * @throws IOException as {@link MessageConnection#send(ByteBuffer)}
	 */
	void send(ByteBuffer message) throws IOException;

	/**
	 * Send messages together.
	 * @param messages the messages; the positions of those that left are moved
	 * @throws IOException as {@link MessageConnection#sendAll(java.util.Collection)}
	 */
	void sendAll(ByteBuffer... messages) throws IOException;

	/**
	 * Wait until the messages have left whose senders do not wait for them, as long as
	 * they move.
	 */
	void awaitHandedOver();

}
