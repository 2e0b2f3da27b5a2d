package dev.socketpair.message;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Collection;

import dev.socketpair.PairedSocket;

/**
 * Common to all connections: the socket, the framing, and the maximum.
 */
abstract class AbstractMessageConnection implements MessageConnection {

	private final PairedSocket socket;

	private final Framing framing;

	private final int maxMessageSize;

	AbstractMessageConnection(PairedSocket socket, Framing framing, int maxMessageSize) {
		this.socket = socket;
		this.framing = framing;
		this.maxMessageSize = maxMessageSize;
	}

	/**
	 * Refuse a message that cannot be sent.
	 * @param message the message
	 * @throws MessageTooLargeException if it is longer than the maximum
	 */
	void check(ByteBuffer message) throws MessageTooLargeException {
		if (message.remaining() > this.maxMessageSize) {
			throw new MessageTooLargeException(message.remaining(), this.maxMessageSize);
		}
	}

	/** Refuse all messages if one of them cannot be sent. */
	ByteBuffer[] check(Collection<ByteBuffer> messages) throws MessageTooLargeException {
		ByteBuffer[] all = messages.toArray(ByteBuffer[]::new);
		for (ByteBuffer message : all) {
			check(message);
		}
		return all;
	}

	@Override
	public int maxMessageSize() {
		return this.maxMessageSize;
	}

	@Override
	public Framing framing() {
		return this.framing;
	}

	@Override
	public PairedSocket socket() {
		return this.socket;
	}

	@Override
	public void shutdownOutput() throws IOException {
		this.socket.shutdownOutput();
	}

	@Override
	public boolean isOpen() {
		return this.socket.isOpen();
	}

	@Override
	public void close() {
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public String toString() {
		return "MessageConnection[%s, %s]".formatted(this.framing, this.socket);
	}

}
