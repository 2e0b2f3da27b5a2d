package dev.socketpair.message;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import dev.socketpair.SocketPairException;
import org.jspecify.annotations.Nullable;

/**
 * What the senders have to be told whose messages another thread was to write, and could
 * not. Guarded by the lock of the {@link MessageWriter}, except for {@link #isEmpty()}.
 */
final class SendFailures {

	private final List<Failure> failures = new ArrayList<>();

	private volatile boolean empty = true;

	boolean isEmpty() {
		return this.empty;
	}

	/**
	 * Remember a failure until all senders know.
	 * @param from the first byte that was not written
	 * @param to where the bytes end that were to be written
	 * @param cause what happened
	 * @param untold how many of the bytes belong to senders who wait
	 */
	void add(long from, long to, Throwable cause, long untold) {
		if (untold > 0) {
			this.failures.add(new Failure(from, to, cause, untold));
			this.empty = false;
		}
	}

	/**
	 * Take notice of a failure.
	 * @param from the first byte of a message
	 * @param to where it ends
	 * @throws IOException what happened to the message
	 */
	void check(long from, long to) throws IOException {
		Failure failure = take(from, to);
		if (failure != null) {
			throw forOther(failure.cause, (int) Math.max(0, failure.from - from));
		}
	}

	/**
	 * Forget what happened to a message, which no sender is to be told.
	 * @param from the first byte of the message
	 * @param to where it ends
	 */
	void forget(long from, long to) {
		take(from, to);
	}

	private @Nullable Failure take(long from, long to) {
		for (Iterator<Failure> all = this.failures.iterator(); all.hasNext();) {
			Failure failure = all.next();
			if (from < failure.to && failure.from < to) {
				failure.untold -= to - Math.max(from, failure.from);
				if (failure.untold == 0) {
					all.remove();
					this.empty = this.failures.isEmpty();
				}
				return failure;
			}
		}
		return null;
	}

	/** The same for another thread than the one that it happened to. */
	private static IOException forOther(Throwable cause, int bytesTransferred) {
		if (cause instanceof IllegalBlockingModeException) {
			throw new IllegalBlockingModeException();
		}
		IOException other = forOther(cause);
		if (other instanceof SocketTimeoutException timedOut) {
			timedOut.bytesTransferred = bytesTransferred;
		}
		other.initCause(cause);
		return other;
	}

	private static IOException forOther(Throwable cause) {
		if (cause instanceof SocketTimeoutException) {
			return new SocketTimeoutException(cause.getMessage());
		}
		if (cause instanceof ClosedChannelException) {
			// It was open when the sender began to wait, and only one was interrupted.
			return new AsynchronousCloseException();
		}
		if (cause instanceof SocketPairException failure) {
			return new SocketPairException(failure.operation(), failure.errnoNumber(), null);
		}
		return new IOException("The thread that was to write this message failed: " + cause);
	}

	/** Bytes that were not written. */
	private static final class Failure {

		private final long from;

		private final long to;

		private final Throwable cause;

		/** How many of the bytes belong to senders that do not know yet. */
		private long untold;

		Failure(long from, long to, Throwable cause, long untold) {
			this.from = from;
			this.to = to;
			this.cause = cause;
			this.untold = untold;
		}

	}

}
