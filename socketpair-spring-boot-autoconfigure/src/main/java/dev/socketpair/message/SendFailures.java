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
 * Failures to write the messages of several senders, each of which gets an exception of
 * its own. A failure is kept until it has been reported to the last of them. Guarded by
 * the lock of the {@link Leadership}, except for {@link #isEmpty()}.
 */
final class SendFailures {

	private final List<Failure> failures = new ArrayList<>();

	private volatile boolean empty = true;

	/** Whether a failure could not be kept for want of memory. */
	private boolean lost;

	boolean isEmpty() {
		return this.empty;
	}

	/**
	 * Keep a failure.
	 * @param from the first byte that was not written
	 * @param to where the bytes end that were to be written
	 * @param cause the failure
	 * @param unreported how many of the bytes belong to senders that wait
	 * @return {@code false} if there is no memory for it: the socket is to be closed, and
	 * every sender that waits gets an exception
	 */
	boolean add(long from, long to, Throwable cause, long unreported) {
		if (unreported == 0) {
			return true;
		}
		this.empty = false;
		try {
			this.failures.add(new Failure(from, to, cause, unreported));
			return true;
		}
		catch (OutOfMemoryError ex) {
			this.lost = true;
			return false;
		}
	}

	/**
	 * Report the failure to write a message, if there was one, to its sender.
	 * @param from the first byte of the message
	 * @param to where it ends
	 * @throws IOException if the message was not written
	 */
	void check(long from, long to) throws IOException {
		Failure failure = take(from, to);
		if (failure != null) {
			throw forOther(failure.cause, (int) Math.max(0, failure.from - from));
		}
		if (this.lost) {
			throw new AsynchronousCloseException();
		}
	}

	/**
	 * Forget the failure to write a message whose sender does not wait any more.
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
				failure.unreported -= to - Math.max(from, failure.from);
				if (failure.unreported == 0) {
					all.remove();
					this.empty = this.failures.isEmpty() && !this.lost;
				}
				return failure;
			}
		}
		return null;
	}

	/** Return the failure of the leader as the exception of a follower. */
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
			// It was open when the sender began to wait, and only the leader was
			// interrupted.
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

		/** How many of the bytes belong to senders to which it was not reported yet. */
		private long unreported;

		Failure(long from, long to, Throwable cause, long unreported) {
			this.from = from;
			this.to = to;
			this.cause = cause;
			this.unreported = unreported;
		}

	}

}
