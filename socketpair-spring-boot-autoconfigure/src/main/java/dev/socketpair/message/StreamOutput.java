package dev.socketpair.message;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;

import dev.socketpair.PairedSocket;
import org.jspecify.annotations.Nullable;

/**
 * Writes batches to a socket, and keeps the stream whole: the bytes that a failed write
 * leaves of a message are written before the next batch. Used by one thread at a time,
 * except {@link #hasUnfinished()}.
 */
final class StreamOutput {

	private final PairedSocket socket;

	private final WireFormat format;

	/**
	 * The bytes that a failed write has left: the rest of a message that was cut, and
	 * messages that were handed over.
	 */
	private volatile @Nullable ByteBuffer unfinished;

	StreamOutput(PairedSocket socket, WireFormat format) {
		this.socket = socket;
		this.format = format;
	}

	/** Return whether something is to be finished before the next batch. */
	boolean hasUnfinished() {
		return this.unfinished != null;
	}

	/**
	 * Write all of a batch. It is to be {@linkplain Batch#clear() cleared} afterwards,
	 * also after a failure.
	 * @param batch the batch
	 * @throws IllegalBlockingModeException if the socket is in non-blocking mode
	 * @throws IOException as {@link PairedSocket#write(ByteBuffer)}
	 */
	void write(Batch batch) throws IOException {
		batch.flip();
		try {
			if (!this.socket.isBlocking() || !batch.write(this.socket, this.unfinished)) {
				throw new IllegalBlockingModeException();
			}
		}
		catch (IOException | RuntimeException | Error ex) {
			keepRest(batch);
			if (ex.getClass() == ClosedChannelException.class) {
				// It was open when the sender called.
				throw new AsynchronousCloseException();
			}
			throw ex;
		}
		if (this.unfinished != null) {
			this.unfinished = null;
		}
	}

	/**
	 * Keep the messages of a batch that must leave, although the batch is not written.
	 * @param batch the batch
	 */
	void keep(Batch batch) {
		batch.flip();
		keepRest(batch);
	}

	/** Never fails, because the caller still has to report to other senders. */
	private void keepRest(Batch batch) {
		try {
			this.unfinished = this.socket.isOpen() ? batch.rest(this.unfinished) : null;
		}
		catch (RuntimeException | Error ex) {
			// There is no memory. A closed stream is better than one with a gap.
			this.unfinished = null;
			close();
		}
	}

	/** Closes the socket, so that every sender gets an exception. */
	void close() {
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			// The socket is closed whatever close(2) returns.
		}
	}

	/**
	 * Tell the sender of several messages how far they got.
	 * @param failure why they got no further
	 * @param sent how many bytes left, framing included
	 * @param messages the messages; the positions of those that left whole are moved
	 * @return the failure
	 */
	IOException incomplete(IOException failure, long sent, ByteBuffer... messages) {
		if (failure instanceof SocketTimeoutException timedOut) {
			timedOut.bytesTransferred = (int) Math.min(sent, Integer.MAX_VALUE);
		}
		long end = 0;
		for (ByteBuffer message : messages) {
			end += this.format.sizeOf(message);
			if (end > sent) {
				break;
			}
			message.position(message.limit());
		}
		return failure;
	}

	static void moveToLimit(ByteBuffer... messages) {
		for (ByteBuffer message : messages) {
			message.position(message.limit());
		}
	}

}
