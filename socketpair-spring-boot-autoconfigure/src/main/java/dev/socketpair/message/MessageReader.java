package dev.socketpair.message;

import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.IllegalBlockingModeException;
import java.time.Duration;

import dev.socketpair.PairedSocket;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream ahead and cuts messages from what was read, so that a buffer full of
 * small messages costs one system call. The rest of a large message is read right into
 * it.
 */
final class MessageReader {

	/** From here on a copy costs more than a system call that could have read further. */
	private static final int IN_PLACE = 16 * 1024;

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	private final PairedSocket socket;

	private final Turn turn;

	/** Guarded by the turn, as all that follows. */
	private final Decoder decoder;

	/** What was read and not yet taken, from position to limit. */
	private ByteBuffer ahead = NOTHING;

	/** Whether the last read filled the memory, so that more of it saves calls. */
	private boolean filled = true;

	/** Why there is no next message to be found. */
	private @Nullable IOException failure;

	MessageReader(PairedSocket socket, Decoder decoder) {
		this.socket = socket;
		this.turn = new Turn(socket);
		this.decoder = decoder;
	}

	@Nullable ByteBuffer receive() throws IOException {
		Deadline deadline = null;
		if (!this.turn.tryBegin()) {
			// Waiting for other readers counts.
			deadline = Deadline.of(this.socket);
			this.turn.begin(deadline);
		}
		try {
			ByteBuffer message = decode();
			return (message != null) ? message
					: readAndDecode((deadline != null) ? deadline : Deadline.of(this.socket));
		}
		finally {
			this.turn.end();
		}
	}

	@Nullable ByteBuffer receive(Duration timeout) throws IOException {
		Deadline deadline = Deadline.after(timeout);
		this.turn.begin(deadline);
		try {
			ByteBuffer message = decode();
			return (message != null) ? message : readAndDecode(deadline);
		}
		finally {
			this.turn.end();
		}
	}

	private @Nullable ByteBuffer readAndDecode(@Nullable Deadline deadline) throws IOException {
		try {
			while (read(deadline)) {
				ByteBuffer message = decode();
				if (message != null) {
					return message;
				}
			}
		}
		catch (SocketTimeoutException ex) {
			throw isInside() ? timedOutInside(ex) : ex;
		}
		if (isInside()) {
			throw failed(new IncompleteMessageException("The stream ended inside a message"));
		}
		return null;
	}

	private boolean isInside() {
		return this.ahead.hasRemaining() || this.decoder.isInside();
	}

	/** Another framing than the peer's waits for the rest of a message, too. */
	private SocketTimeoutException timedOutInside(SocketTimeoutException failure) {
		long taken = this.decoder.taken();
		SocketTimeoutException inside = new SocketTimeoutException("Timed out while waiting for the rest of a message"
				+ ((taken == Decoder.SKIPPED) ? " that is skipped, because it is larger than the maximum"
						: ", of which %s bytes have come".formatted(taken + this.ahead.remaining())));
		inside.initCause(failure);
		return inside;
	}

	private @Nullable ByteBuffer decode() throws IOException {
		if (this.failure != null) {
			throw again(this.failure);
		}
		try {
			return this.decoder.next(this.ahead);
		}
		catch (ProtocolException ex) {
			throw failed(ex);
		}
	}

	/** Return whether something was read, and not the end of the stream. */
	private boolean read(@Nullable Deadline deadline) throws IOException {
		if (!this.socket.isBlocking()) {
			throw new IllegalBlockingModeException();
		}
		ByteBuffer partial = this.decoder.partial();
		int count = (partial != null && partial.remaining() >= IN_PLACE) ? read(partial, deadline)
				: readAhead(deadline);
		if (count == 0) {
			// Somebody has just changed the mode.
			throw new IllegalBlockingModeException();
		}
		return count > 0;
	}

	private int readAhead(@Nullable Deadline deadline) throws IOException {
		this.ahead.compact();
		try {
			if (this.filled && this.ahead.capacity() < Room.LARGEST) {
				this.ahead = Room.grow(this.ahead);
			}
			int count = read(this.ahead, deadline);
			this.filled = !this.ahead.hasRemaining();
			return count;
		}
		finally {
			this.ahead.flip();
		}
	}

	private int read(ByteBuffer dst, @Nullable Deadline deadline) throws IOException {
		return Deadline.read(this.socket, PairedSocket::read, dst, deadline);
	}

	private IOException failed(IOException failure) {
		this.failure = failure;
		return failure;
	}

	/** The same for another caller, whose stack it shows. */
	private static IOException again(IOException failure) {
		if (failure instanceof IncompleteMessageException) {
			// No cause, so that no chain has an end of file.
			IncompleteMessageException again = new IncompleteMessageException(failure.getMessage());
			again.addSuppressed(failure);
			return again;
		}
		ProtocolException again = new ProtocolException(failure.getMessage());
		again.initCause(failure);
		return again;
	}

}
