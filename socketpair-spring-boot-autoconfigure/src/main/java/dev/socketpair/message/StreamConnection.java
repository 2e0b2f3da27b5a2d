package dev.socketpair.message;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;

import dev.socketpair.PairedSocket;
import org.jspecify.annotations.Nullable;

/**
 * Messages over a stream of bytes.
 */
final class StreamConnection implements MessageConnection {

	private final PairedSocket socket;

	private final Framing framing;

	private final int maxMessageSize;

	private final WireFormat format;

	private final MessageReader reader;

	private final MessageWriter writer;

	StreamConnection(PairedSocket socket, Framing framing, int maxMessageSize) {
		this.socket = socket;
		this.framing = framing;
		this.maxMessageSize = maxMessageSize;
		this.format = WireFormat.of(framing);
		this.reader = new MessageReader(socket, this.format.decoder(maxMessageSize));
		this.writer = new MessageWriter(socket, this.format);
	}

	@Override
	public void send(ByteBuffer message) throws IOException {
		check(message);
		this.writer.send(message);
	}

	@Override
	public void sendAll(Collection<ByteBuffer> messages) throws IOException {
		ByteBuffer[] all = messages.toArray(ByteBuffer[]::new);
		for (ByteBuffer message : all) {
			check(message);
		}
		this.writer.sendAll(all);
	}

	private void check(ByteBuffer message) throws MessageTooLargeException {
		if (message.remaining() > this.maxMessageSize) {
			throw new MessageTooLargeException(message.remaining(), this.maxMessageSize);
		}
		this.format.check(message);
	}

	@Override
	public @Nullable ByteBuffer receive() throws IOException {
		return this.reader.receive();
	}

	@Override
	public @Nullable ByteBuffer receive(Duration timeout) throws IOException {
		return this.reader.receive(timeout);
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
	public boolean isOpen() {
		return this.socket.isOpen();
	}

	@Override
	public void close() {
		Turn.close(this.socket);
	}

	@Override
	public String toString() {
		return "MessageConnection[%s, %s]".formatted(this.framing, this.socket);
	}

}
