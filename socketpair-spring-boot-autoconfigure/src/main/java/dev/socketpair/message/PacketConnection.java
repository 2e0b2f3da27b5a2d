package dev.socketpair.message;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.IllegalBlockingModeException;
import java.time.Duration;
import java.util.Collection;

import dev.socketpair.MessageTruncatedException;
import dev.socketpair.PairedSocket;
import dev.socketpair.nio.WaitingCalls;
import org.jspecify.annotations.Nullable;

/**
 * Messages of the socket itself: one message, one call.
 */
final class PacketConnection extends AbstractMessageConnection {

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	private final WaitingCalls calls;

	private final InterruptibleLock sending;

	private final InterruptibleLock receiving;

	/**
	 * Holds any message if the maximum is small, and is else only to look for one.
	 * Guarded by the lock for receiving.
	 */
	private ByteBuffer buffer = NOTHING;

	PacketConnection(PairedSocket socket, int maxMessageSize) {
		super(socket, Framing.NONE, maxMessageSize);
		this.calls = WaitingCalls.of(socket);
		this.sending = new InterruptibleLock(socket);
		this.receiving = new InterruptibleLock(socket);
	}

	@Override
	public void send(ByteBuffer message) throws IOException {
		check(message);
		this.sending.lock();
		try {
			write(message);
		}
		finally {
			this.sending.unlock();
		}
	}

	@Override
	public void sendAll(Collection<ByteBuffer> messages) throws IOException {
		ByteBuffer[] all = check(messages);
		this.sending.lock();
		try {
			for (ByteBuffer message : all) {
				write(message);
			}
		}
		finally {
			this.sending.unlock();
		}
	}

	private void write(ByteBuffer message) throws IOException {
		requireBlocking(!socket().isBlocking());
		requireBlocking(socket().send(message) == PairedSocket.WOULD_BLOCK);
	}

	@Override
	public @Nullable ByteBuffer receive() throws IOException {
		TimeLimit limit = null;
		if (!this.receiving.tryLock()) {
			// The time-out includes the wait for other receivers.
			limit = TimeLimit.of(socket());
			this.receiving.lock(limit);
		}
		try {
			return read(limit);
		}
		finally {
			this.receiving.unlock();
		}
	}

	@Override
	public @Nullable ByteBuffer receive(Duration timeout) throws IOException {
		TimeLimit limit = TimeLimit.after(timeout);
		this.receiving.lock(limit);
		try {
			return read(limit);
		}
		finally {
			this.receiving.unlock();
		}
	}

	private @Nullable ByteBuffer read(@Nullable TimeLimit limit) throws IOException {
		requireBlocking(!socket().isBlocking());
		boolean small = maxMessageSize() <= BufferPool.LARGEST;
		if (this.buffer == NOTHING) {
			this.buffer = ByteBuffer.allocateDirect(small ? maxMessageSize() : 1);
		}
		return small ? read(this.buffer.clear(), limit) : peekAndRead(limit);
	}

	/** A buffer that is too small would lose the message: its length is needed first. */
	private @Nullable ByteBuffer peekAndRead(@Nullable TimeLimit limit) throws IOException {
		int length = this.calls.peek(this.buffer.clear(), TimeLimit.wait(limit));
		requireBlocking(length == PairedSocket.WOULD_BLOCK);
		if (length > BufferPool.LARGEST && length <= maxMessageSize()) {
			ByteBuffer message = ByteBuffer.allocate(length);
			return message(message, receive(message, limit));
		}
		ByteBuffer shared = BufferPool.acquire();
		try {
			return read(shared, limit);
		}
		finally {
			BufferPool.release(shared);
		}
	}

	private @Nullable ByteBuffer read(ByteBuffer buffer, @Nullable TimeLimit limit) throws IOException {
		int length = receive(buffer, limit);
		if (length == PairedSocket.END_OF_STREAM) {
			return null;
		}
		ByteBuffer message = ByteBuffer.allocate(length);
		buffer.get(0, message.array(), 0, length);
		return message;
	}

	private int receive(ByteBuffer dst, @Nullable TimeLimit limit) throws IOException {
		try {
			int length = this.calls.receive(dst, TimeLimit.wait(limit));
			requireBlocking(length == PairedSocket.WOULD_BLOCK);
			return length;
		}
		catch (MessageTruncatedException ex) {
			throw new MessageTooLargeException(ex.length(), maxMessageSize());
		}
	}

	private static @Nullable ByteBuffer message(ByteBuffer message, int length) {
		return (length != PairedSocket.END_OF_STREAM) ? message.flip() : null;
	}

	private static void requireBlocking(boolean wouldBlock) {
		if (wouldBlock) {
			throw new IllegalBlockingModeException();
		}
	}

}
