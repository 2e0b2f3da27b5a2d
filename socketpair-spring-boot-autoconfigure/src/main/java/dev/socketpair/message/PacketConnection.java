package dev.socketpair.message;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.IllegalBlockingModeException;
import java.time.Duration;
import java.util.Collection;

import dev.socketpair.MessageTruncatedException;
import dev.socketpair.PairedSocket;
import org.jspecify.annotations.Nullable;

/**
 * Messages as the socket itself has them.
 */
final class PacketConnection extends AbstractMessageConnection {

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	private final Turn sending;

	private final Turn receiving;

	/**
	 * For a message, if all are small, or else to look for one; guarded by the turn to
	 * receive.
	 */
	private ByteBuffer room = NOTHING;

	PacketConnection(PairedSocket socket, int maxMessageSize) {
		super(socket, Framing.NONE, maxMessageSize);
		this.sending = new Turn(socket);
		this.receiving = new Turn(socket);
	}

	@Override
	public void send(ByteBuffer message) throws IOException {
		check(message);
		this.sending.begin();
		try {
			write(message);
		}
		finally {
			this.sending.end();
		}
	}

	@Override
	public void sendAll(Collection<ByteBuffer> messages) throws IOException {
		ByteBuffer[] all = check(messages);
		this.sending.begin();
		try {
			for (ByteBuffer message : all) {
				write(message);
			}
		}
		finally {
			this.sending.end();
		}
	}

	private void write(ByteBuffer message) throws IOException {
		requireBlocking(!socket().isBlocking());
		requireBlocking(socket().send(message) == PairedSocket.WOULD_BLOCK);
	}

	@Override
	public @Nullable ByteBuffer receive() throws IOException {
		Deadline deadline = null;
		if (!this.receiving.tryBegin()) {
			// Waiting for other readers counts.
			deadline = Deadline.of(socket());
			this.receiving.begin(deadline);
		}
		try {
			return read(deadline);
		}
		finally {
			this.receiving.end();
		}
	}

	@Override
	public @Nullable ByteBuffer receive(Duration timeout) throws IOException {
		Deadline deadline = Deadline.after(timeout);
		this.receiving.begin(deadline);
		try {
			return read(deadline);
		}
		finally {
			this.receiving.end();
		}
	}

	private @Nullable ByteBuffer read(@Nullable Deadline deadline) throws IOException {
		requireBlocking(!socket().isBlocking());
		boolean small = maxMessageSize() <= Room.LARGEST;
		if (this.room == NOTHING) {
			this.room = ByteBuffer.allocateDirect(small ? maxMessageSize() : 1);
		}
		return small ? read(this.room.clear(), deadline) : lookAndRead(deadline);
	}

	/** Too little room would lose the message, so its length has to be known first. */
	private @Nullable ByteBuffer lookAndRead(@Nullable Deadline deadline) throws IOException {
		int length = call(PairedSocket::peek, this.room.clear(), deadline);
		if (length > Room.LARGEST && length <= maxMessageSize()) {
			ByteBuffer message = ByteBuffer.allocate(length);
			return message(message, call(PairedSocket::receive, message, deadline));
		}
		ByteBuffer shared = Room.borrow();
		try {
			return read(shared, deadline);
		}
		finally {
			Room.giveBack(shared);
		}
	}

	private @Nullable ByteBuffer read(ByteBuffer room, @Nullable Deadline deadline) throws IOException {
		int length = call(PairedSocket::receive, room, deadline);
		if (length == PairedSocket.END_OF_STREAM) {
			return null;
		}
		ByteBuffer message = ByteBuffer.allocate(length);
		room.get(0, message.array(), 0, length);
		return message;
	}

	private int call(Deadline.Call call, ByteBuffer dst, @Nullable Deadline deadline) throws IOException {
		try {
			int length = Deadline.read(socket(), call, dst, deadline);
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
