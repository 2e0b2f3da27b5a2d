package dev.socketpair.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;

import dev.socketpair.PairedSocket;
import dev.socketpair.message.Framing;
import dev.socketpair.message.MessageConnection;
import org.jspecify.annotations.Nullable;

/**
 * Messages to and from the current child of a process, or to and from one child only. A
 * call stays with the child that it began with.
 */
final class ProcessMessages implements MessageConnection {

	private final ServedChild process;

	private final ChildSpecification specification;

	private final @Nullable ChildMessages only;

	/** Whether this view was closed. */
	private volatile boolean closed;

	ProcessMessages(ServedChild process, ChildSpecification specification, @Nullable ChildMessages only) {
		this.process = process;
		this.specification = specification;
		this.only = only;
	}

	private ChildMessages served() throws ClosedChannelException {
		if (this.closed) {
			throw new ClosedChannelException();
		}
		return (this.only != null) ? this.only : this.process.require();
	}

	@Override
	public void send(ByteBuffer message) throws IOException {
		served().send(message);
	}

	@Override
	public void sendAll(Collection<ByteBuffer> messages) throws IOException {
		served().sendAll(messages);
	}

	@Override
	public @Nullable ByteBuffer receive() throws IOException {
		return served().receive(null);
	}

	@Override
	public @Nullable ByteBuffer receive(Duration timeout) throws IOException {
		Objects.requireNonNull(timeout, "'timeout' must not be null");
		return served().receive(timeout);
	}

	@Override
	public void shutdownOutput() throws IOException {
		served().shutdownOutput();
	}

	@Override
	public int maxMessageSize() {
		Integer configured = this.specification.link().maxMessageSize();
		return (configured != null) ? configured : DEFAULT_MAX_MESSAGE_SIZE;
	}

	@Override
	public Framing framing() {
		return this.specification.link().framing();
	}

	@Override
	public PairedSocket socket() {
		return (this.only != null) ? this.only.child().socket() : this.process.socket();
	}

	@Override
	public boolean isOpen() {
		if (this.only != null) {
			return !this.closed && this.only.child().connection().isOpen();
		}
		return this.process.hasOpenConnection();
	}

	@Override
	public void close() {
		// The child belongs to the process, and the view of it to all callers.
		this.closed = this.only != null;
	}

	@Override
	public String toString() {
		return "MessageConnection[%s, %s]".formatted(this.process, framing());
	}

}
