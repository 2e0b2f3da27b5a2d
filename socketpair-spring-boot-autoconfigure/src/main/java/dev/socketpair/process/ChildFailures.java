package dev.socketpair.process;

import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.time.Duration;

import dev.socketpair.SocketPairException;
import dev.socketpair.message.IncompleteMessageException;
import dev.socketpair.message.MessageTooLargeException;
import dev.socketpair.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * Makes exceptions for failures of the connection to a child that runs. They name the
 * child, and the property that sets the limit; the connection knows neither.
 */
final class ChildFailures {

	/** The child, as a part of a sentence. */
	private final String child;

	private final ChildSpecification specification;

	ChildFailures(ChildSpecification specification, long pid) {
		this.child = Printable.message("process '%s' (pid %s)".formatted(specification.name(), pid));
		this.specification = specification;
	}

	/**
	 * Return the exception for a time-out of the socket.
	 * @param failure the failure
	 * @param property the name of its property
	 * @param limit its value, or {@code null} if it was unset meanwhile
	 */
	SocketTimeoutException timedOut(SocketTimeoutException failure, String property, @Nullable Duration limit) {
		return timedOut(failure, (limit != null) ? "'%s' is %s ms".formatted(property, limit.toMillis()) : null);
	}

	/**
	 * Return the exception for a time-out that the caller has chosen.
	 * @param failure the failure
	 * @param limit how long it waited
	 */
	SocketTimeoutException timedOut(SocketTimeoutException failure, Duration limit) {
		return timedOut(failure, "after %s ms".formatted(limit.toMillis()));
	}

	private SocketTimeoutException timedOut(SocketTimeoutException failure, @Nullable String limit) {
		SocketTimeoutException named = new SocketTimeoutException(
				"%s: %s%s".formatted(failure.getMessage(), this.child, (limit != null) ? ", " + limit : ""));
		named.bytesTransferred = failure.bytesTransferred;
		named.initCause(failure);
		return named;
	}

	MessageTooLargeException sentTooLarge(MessageTooLargeException failure) {
		return tooLarge(failure, "A message to %s of %s bytes");
	}

	MessageTooLargeException receivedTooLarge(MessageTooLargeException failure) {
		return tooLarge(failure, "A message of %s of %s bytes");
	}

	private MessageTooLargeException tooLarge(MessageTooLargeException failure, String subject) {
		MessageTooLargeException named = new MessageTooLargeException(
				(subject + " is larger than the maximum of %s ('max-message-size')").formatted(this.child,
						failure.length(), failure.maximum()),
				failure.length(), failure.maximum());
		named.initCause(failure);
		return named;
	}

	ProtocolException malformed(ProtocolException failure) {
		ProtocolException named = new ProtocolException("%s: %s, 'framing' is '%s'".formatted(failure.getMessage(),
				this.child, this.specification.link().framing()));
		named.initCause(failure);
		return named;
	}

	/** The child has closed its end, and runs. */
	IncompleteMessageException incomplete(IncompleteMessageException failure) {
		return new IncompleteMessageException("%s: %s".formatted(failure.getMessage(), this.child));
	}

	SocketPairException refused(SocketPairException failure) {
		SocketPairException named = new SocketPairException(failure.operation(), failure.errnoNumber(), this.child);
		named.initCause(failure);
		return named;
	}

}
