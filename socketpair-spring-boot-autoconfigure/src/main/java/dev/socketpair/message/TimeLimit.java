package dev.socketpair.message;

import java.time.Duration;

import dev.socketpair.PairedSocket;
import dev.socketpair.descriptor.Deadline;
import dev.socketpair.descriptor.Wait;
import org.jspecify.annotations.Nullable;

/**
 * The time within which an operation has to end that waits for other callers and makes
 * several calls of a socket. The one place where a time-out of this package becomes the
 * {@link Wait} of a call.
 */
final class TimeLimit {

	private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 2);

	private final Wait wait;

	private TimeLimit(Duration timeout) {
		// Of 0 nanoseconds there would be no deadline.
		this.wait = Wait.until(Deadline.after(Math.max(1, timeout.toNanos())));
	}

	/**
	 * Return the limit of an operation that starts now.
	 * @param timeout how long it may take; it tries once even if that is zero
	 * @return the limit
	 * @throws IllegalArgumentException if the duration is negative
	 */
	static TimeLimit after(Duration timeout) {
		if (timeout.isNegative()) {
			throw new IllegalArgumentException("'timeout' must not be negative, but is " + timeout);
		}
		return new TimeLimit((timeout.compareTo(LONGEST) < 0) ? timeout : LONGEST);
	}

	/**
	 * Return the limit of an operation that starts now and reads.
	 * @param socket the socket, which has a read time-out or none
	 * @return the limit, or {@code null} for none
	 */
	static @Nullable TimeLimit of(PairedSocket socket) {
		Duration timeout = socket.readTimeout();
		return (timeout != null) ? after(timeout) : null;
	}

	/**
	 * Return the time that is left.
	 * @return nanoseconds, 0 if the time has passed
	 */
	long left() {
		return Math.max(0, this.wait.deadline() - System.nanoTime());
	}

	/**
	 * Return how a call of the operation waits.
	 * @param limit the limit, or {@code null} for the socket's own time-out
	 */
	static @Nullable Wait wait(@Nullable TimeLimit limit) {
		return (limit != null) ? limit.wait : null;
	}

}
