package dev.socketpair.process;

import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.TimeUnit;

import dev.socketpair.Errno;
import dev.socketpair.SocketPairException;
import dev.socketpair.message.IncompleteMessageException;
import dev.socketpair.message.MessageTooLargeException;
import org.jspecify.annotations.Nullable;

/**
 * Exchanges messages with one child. Where the connection ends, callers get the exit of
 * the child, and not the error of the socket. Safe for use by any thread.
 */
final class ChildMessages {

	/** Between the end of the stream and the exit of a child. */
	private static final long EXIT_AFTER_END = TimeUnit.SECONDS.toNanos(1);

	/** The same where the child does not exit by itself and has to be ended. */
	private static final long EXIT_AFTER_BREAKDOWN = TimeUnit.SECONDS.toNanos(5);

	private final ChildSpecification specification;

	private final Child child;

	private final ChildFailures failures;

	/** Whether the child has closed its end and did not exit in time. */
	private volatile boolean hungUp;

	ChildMessages(ChildSpecification specification, Child child) {
		this.specification = specification;
		this.child = child;
		this.failures = new ChildFailures(specification, child.pid());
	}

	Child child() {
		return this.child;
	}

	@Nullable ByteBuffer receive(@Nullable Duration timeout) throws IOException {
		long start = System.nanoTime();
		try {
			ByteBuffer message = receiveAfterReset(timeout, start);
			if (message == null) {
				return end(timeout, start);
			}
			this.child.messageReceived();
			return message;
		}
		catch (IncompleteMessageException ex) {
			throw incomplete(ex, timeout, start);
		}
		catch (SocketTimeoutException ex) {
			throw (timeout != null) ? this.failures.timedOut(ex, timeout)
					: this.failures.timedOut(ex, "read-timeout", this.child.socket().readTimeout());
		}
		catch (MessageTooLargeException ex) {
			throw this.failures.receivedTooLarge(ex);
		}
		catch (ProtocolException ex) {
			ProtocolException malformed = this.failures.malformed(ex);
			this.child.breakDown(new Breakdown("it broke the protocol: " + ex.getMessage(), false));
			throw malformed;
		}
		catch (ClosedChannelException | SocketPairException ex) {
			throw failed(ex);
		}
	}

	private @Nullable ByteBuffer receiveAfterReset(@Nullable Duration timeout, long start) throws IOException {
		try {
			return receiveOnce(timeout);
		}
		catch (SocketPairException ex) {
			if (ex.errno() != Errno.ECONNRESET) {
				throw ex;
			}
			// Reported once, because the child did not read everything. Its own messages
			// come after it.
			return receiveOnce((timeout != null) ? left(timeout, start) : null);
		}
	}

	private @Nullable ByteBuffer receiveOnce(@Nullable Duration timeout) throws IOException {
		return (timeout != null) ? this.child.connection().receive(timeout) : this.child.connection().receive();
	}

	void send(ByteBuffer message) throws IOException {
		try {
			this.child.connection().send(message);
		}
		catch (IOException ex) {
			throw sendFailed(ex);
		}
	}

	void sendAll(Collection<ByteBuffer> messages) throws IOException {
		try {
			this.child.connection().sendAll(messages);
		}
		catch (IOException ex) {
			throw sendFailed(ex);
		}
	}

	private IOException sendFailed(IOException failure) {
		if (failure instanceof SocketTimeoutException timedOut) {
			return this.failures.timedOut(timedOut, "write-timeout", this.child.socket().writeTimeout());
		}
		return (failure instanceof MessageTooLargeException tooLarge) ? this.failures.sentTooLarge(tooLarge)
				: failed(failure);
	}

	void shutdownOutput() throws IOException {
		try {
			this.child.connection().shutdownOutput();
		}
		catch (ClosedChannelException | SocketPairException ex) {
			throw failed(ex);
		}
	}

	private static Duration left(Duration timeout, long start) {
		Duration left = timeout.minusNanos(System.nanoTime() - start);
		return left.isNegative() ? Duration.ZERO : left;
	}

	/** The end of the stream is clean, unless the child has failed. */
	private @Nullable ByteBuffer end(@Nullable Duration timeout, long start) throws IOException {
		ChildExit exit = exitAfterEnd(timeout, start);
		if (exit == null) {
			if (this.child.isStopRequested()) {
				return null;
			}
			throw unknownExit(timeout);
		}
		this.child.exitReported();
		if (!exit.isClean()) {
			throw exit.exception(this.specification, null);
		}
		return null;
	}

	/** The end of the stream inside a message is never a clean end. */
	private IOException incomplete(IncompleteMessageException failure, @Nullable Duration timeout, long start) {
		ChildExit exit = exitAfterEnd(timeout, start);
		if (exit == null) {
			return this.failures.incomplete(failure);
		}
		this.child.exitReported();
		return exit.exception(this.specification, failure);
	}

	/** The child sends no more. Wait for its exit, which is brought about. */
	private @Nullable ChildExit exitAfterEnd(@Nullable Duration timeout, long start) {
		this.child.breakDown(Breakdown.CLOSED_BY_CHILD);
		long longest = this.child.isStopRequested() ? EXIT_AFTER_END : EXIT_AFTER_BREAKDOWN;
		Duration limit = (timeout != null) ? timeout : this.child.socket().readTimeout();
		if (limit != null && limit.compareTo(Duration.ofNanos(longest)) < 0) {
			longest = left(limit, start).toNanos();
		}
		return awaitExit(longest);
	}

	private IOException unknownExit(@Nullable Duration timeout) {
		boolean limited = timeout != null || this.child.socket().readTimeout() != null;
		return limited
				? new SocketTimeoutException("Timed out while waiting for the exit of a child that has closed its end")
				: notRunning(null);
	}

	private IOException failed(IOException failure) {
		if (failure instanceof SocketPairException exception && !isHangUp(exception.errno())) {
			return this.failures.refused(exception);
		}
		if (failure instanceof ClosedByInterruptException) {
			this.child.breakDown(this.child.pollBreakdown());
			return failure;
		}
		if (!(failure instanceof ClosedChannelException || failure instanceof SocketPairException)) {
			return failure;
		}
		if (this.child.isStopRequested()) {
			return notRunning(failure);
		}
		this.child.breakDown(readsNoMore(failure) ? Breakdown.CLOSED_BY_CHILD : this.child.pollBreakdown());
		// Our end may have been closed while the child runs.
		boolean closedHere = failure instanceof ClosedChannelException && this.child.isAlive();
		ChildExit exit = closedHere ? this.child.exit() : awaitExit(EXIT_AFTER_END);
		if (exit != null) {
			return exit.exception(this.specification, failure);
		}
		if (!closedHere) {
			// The next sender does not wait for the exit again.
			this.hungUp = true;
		}
		if (this.child.notedBreakdown() != null) {
			return notRunning(failure);
		}
		return (failure instanceof SocketPairException exception) ? this.failures.refused(exception) : failure;
	}

	/** It may still write, but nothing can be sent to it. */
	private boolean readsNoMore(IOException failure) {
		return failure instanceof SocketPairException && !this.child.socket().isOutputShutdown();
	}

	private static boolean isHangUp(Errno errno) {
		return switch (errno) {
			case EPIPE, ECONNRESET, ECONNREFUSED, ENOTCONN -> true;
			default -> false;
		};
	}

	private IOException notRunning(@Nullable IOException cause) {
		Breakdown breakdown = this.child.notedBreakdown();
		String state = this.child.isStopped() ? "was stopped" : "is being stopped";
		if (!this.child.isStopRequested() && breakdown != null) {
			state = "cannot be used any more and is being ended: " + breakdown.reason();
		}
		ProcessNotRunningException exception = new ProcessNotRunningException(
				"Process '%s' %s".formatted(this.specification.name(), state));
		if (cause instanceof SocketPairException) {
			exception.addSuppressed(cause);
		}
		else if (cause != null) {
			exception.initCause(cause);
		}
		return exception;
	}

	/** The exit is known, or follows the hang-up soon. */
	private @Nullable ChildExit awaitExit(long longest) {
		if (this.child.exit() == null && !this.hungUp) {
			try {
				this.child.awaitExit(longest);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
		return this.child.exit();
	}

}
