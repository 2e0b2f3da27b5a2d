package dev.socketpair.message;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;

import dev.socketpair.PairedSocket;
import org.jspecify.annotations.Nullable;

/**
 * A time by which an operation of several calls of a socket has to end. A socket has a
 * time-out for each call; this is the one place where what is left of the time becomes
 * the time-out of the next call.
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
	 * Return the time by which an operation that starts now has to end.
	 * @param socket the socket, which has a read time-out or none
	 * @return the time, or {@code null} for none
	 */
	static @Nullable Deadline of(PairedSocket socket) {
		Duration timeout = socket.readTimeout();
		return (timeout != null) ? after(timeout) : null;
	}

	/**
	 * Return the time that is left.
	 * @return nanoseconds, 0 if the time has passed
	 */
	long left() {
		return Math.max(0, this.end - System.nanoTime());
	}

	/**
	 * Make a call that reads. It tries once even if the time has passed. The time-out of
	 * the socket is changed for as long as the call lasts.
	 * @param socket the socket
	 * @param call the call
	 * @param buffer the buffer to read into
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
			// Unless another thread has changed it meanwhile.
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
