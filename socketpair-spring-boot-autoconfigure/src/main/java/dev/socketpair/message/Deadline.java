package dev.socketpair.message;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;

import dev.socketpair.PairedSocket;
import org.jspecify.annotations.Nullable;

/**
 * A time that holds for several calls of a socket, each of which has its time-out for
 * itself.
 */
final class Deadline {

	private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 2);

	private static final Duration SHORTEST = Duration.ofNanos(1);

	private final long end;

	private Deadline(Duration timeout) {
		this.end = System.nanoTime() + timeout.toNanos();
	}

	static Deadline after(Duration timeout) {
		if (timeout.isNegative()) {
			throw new IllegalArgumentException("'timeout' must not be negative, but is " + timeout);
		}
		return new Deadline((timeout.compareTo(LONGEST) < 0) ? timeout : LONGEST);
	}

	/**
	 * Return the time at which a call that starts now has to give up.
	 * @param socket the socket, which has a read time-out or none
	 * @return the time, or {@code null} for none
	 */
	static @Nullable Deadline of(PairedSocket socket) {
		Duration timeout = socket.readTimeout();
		return (timeout != null) ? after(timeout) : null;
	}

	/**
	 * Return how long it is until then.
	 * @return nanoseconds, 0 if it has passed
	 */
	long left() {
		return Math.max(0, this.end - System.nanoTime());
	}

	/**
	 * Make a call that reads, which tries once even if the time has passed. The time-out
	 * of the socket is changed for as long as the call lasts.
	 * @param socket the socket
	 * @param call the call
	 * @param buffer what to fill
	 * @param deadline the time, or {@code null} for the socket's own time-out
	 * @return what the call returns
	 * @throws SocketTimeoutException if the time passes
	 * @throws IOException if the call throws it
	 */
	static int read(PairedSocket socket, Call call, ByteBuffer buffer, @Nullable Deadline deadline) throws IOException {
		if (deadline == null) {
			return call.on(socket, buffer);
		}
		Duration before = socket.readTimeout();
		Duration left = Duration.ofNanos(Math.max(SHORTEST.toNanos(), deadline.left()));
		socket.readTimeout(left);
		try {
			return call.on(socket, buffer);
		}
		finally {
			// Unless somebody else has changed it meanwhile.
			if (left.equals(socket.readTimeout())) {
				socket.readTimeout(before);
			}
		}
	}

	/** A call that reads. */
	@FunctionalInterface
	interface Call {

		int on(PairedSocket socket, ByteBuffer buffer) throws IOException;

	}

}
