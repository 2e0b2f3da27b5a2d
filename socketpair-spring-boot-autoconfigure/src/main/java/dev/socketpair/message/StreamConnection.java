package dev.socketpair.message;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.function.BiFunction;

import dev.socketpair.PairedSocket;
import org.jspecify.annotations.Nullable;

/**
 * Messages over a stream of bytes.
 */
final class StreamConnection extends AbstractMessageConnection {

	private final WireFormat format;

	private final StreamReader reader;

	private final StreamWriter writer;

	StreamConnection(PairedSocket socket, Framing framing, int maxMessageSize) {
		this(socket, framing, maxMessageSize, StreamWriter::over);
	}

	StreamConnection(PairedSocket socket, Framing framing, int maxMessageSize,
			BiFunction<PairedSocket, WireFormat, StreamWriter> writer) {
		super(socket, framing, maxMessageSize);
		this.format = WireFormat.of(framing);
		this.reader = new StreamReader(socket, this.format.decoder(maxMessageSize));
		this.writer = writer.apply(socket, this.format);
	}

	@Override
	public void send(ByteBuffer message) throws IOException {
		check(message);
		this.writer.send(message);
	}

	@Override
	public void sendAll(Collection<ByteBuffer> messages) throws IOException {
		this.writer.sendAll(check(messages));
	}

	@Override
	void check(ByteBuffer message) throws MessageTooLargeException {
		super.check(message);
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
	public void shutdownOutput() throws IOException {
		this.writer.awaitHandedOver();
		super.shutdownOutput();
	}

	@Override
	public void close() {
		this.writer.awaitHandedOver();
		super.close();
	}

}
