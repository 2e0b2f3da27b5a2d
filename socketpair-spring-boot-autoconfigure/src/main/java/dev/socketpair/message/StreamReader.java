package dev.socketpair.message;

import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.IllegalBlockingModeException;
import java.time.Duration;

import dev.socketpair.PairedSocket;
import dev.socketpair.nio.WaitingCalls;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages from a stream. It reads ahead and lets a {@link Decoder} cut messages
 * from the bytes, so that a buffer full of small messages costs one system call. The rest
 * of a large message is read directly into the message.
 */
final class StreamReader {

	/**
	 * A rest of at least so many bytes is read directly into its message: copying it
	 * would cost more than the system call that reading ahead may save.
	 */
	private static final int DIRECT_READ_THRESHOLD = 16 * 1024;

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	private final PairedSocket socket;

	private final WaitingCalls calls;

	private final InterruptibleLock lock;

	/** Guarded by the lock, as are all fields below. */
	private final Decoder decoder;

	/** The bytes that were read ahead, from position to limit. */
	private ByteBuffer ahead = NOTHING;

	/** Whether the last read filled the buffer, so that a larger one saves calls. */
	private boolean filled = true;

	/** Why no further message can be found, or {@code null}. */
	private @Nullable IOException failure;

	StreamReader(PairedSocket socket, Decoder decoder) {
		this.socket = socket;
		this.calls = WaitingCalls.of(socket);
		this.lock = new InterruptibleLock(socket);
		this.decoder = decoder;
	}

	@Nullable ByteBuffer receive() throws IOException {
		TimeLimit limit = null;
		if (!this.lock.tryLock()) {
			// The time-out includes the wait for other receivers.
			limit = TimeLimit.of(this.socket);
			this.lock.lock(limit);
		}
		try {
			ByteBuffer message = decode();
			return (message != null) ? message : readAndDecode((limit != null) ? limit : TimeLimit.of(this.socket));
		}
		finally {
			this.lock.unlock();
		}
	}

	@Nullable ByteBuffer receive(Duration timeout) throws IOException {
		TimeLimit limit = TimeLimit.after(timeout);
		this.lock.lock(limit);
		try {
			ByteBuffer message = decode();
			return (message != null) ? message : readAndDecode(limit);
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable ByteBuffer readAndDecode(@Nullable TimeLimit limit) throws IOException {
		try {
			while (read(limit)) {
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

	/** Says how much has come: a peer of another framing shows that way, too. */
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
	private boolean read(@Nullable TimeLimit limit) throws IOException {
		if (!this.socket.isBlocking()) {
			throw new IllegalBlockingModeException();
		}
		ByteBuffer partial = this.decoder.partial();
		int count = (partial != null && partial.remaining() >= DIRECT_READ_THRESHOLD) ? read(partial, limit)
				: readAhead(limit);
		if (count == 0) {
			// Another thread has just changed the mode.
			throw new IllegalBlockingModeException();
		}
		return count > 0;
	}

	private int readAhead(@Nullable TimeLimit limit) throws IOException {
		this.ahead.compact();
		try {
			if (this.filled && this.ahead.capacity() < BufferPool.LARGEST) {
				this.ahead = BufferPool.grow(this.ahead);
			}
			int count = read(this.ahead, limit);
			this.filled = !this.ahead.hasRemaining();
			return count;
		}
		finally {
			this.ahead.flip();
		}
	}

	private int read(ByteBuffer dst, @Nullable TimeLimit limit) throws IOException {
		return this.calls.read(dst, TimeLimit.wait(limit));
	}

	private IOException failed(IOException failure) {
		this.failure = failure;
		return failure;
	}

	/** Return the same failure with the stack of this caller. */
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
