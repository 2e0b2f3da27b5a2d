package dev.socketpair.message;

import java.io.IOException;

import dev.socketpair.PairedSocket;

/**
 * What every connection has.
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
		Turn.close(this.socket);
	}

	@Override
	public String toString() {
		return "MessageConnection[%s, %s]".formatted(this.framing, this.socket);
	}

}
