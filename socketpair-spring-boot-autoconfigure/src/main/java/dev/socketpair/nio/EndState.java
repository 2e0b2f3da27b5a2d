package dev.socketpair.nio;

import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairOptions;
import org.jspecify.annotations.Nullable;

/**
 * What the factory knows of one end.
 *
 * @param descriptor the descriptor
 * @param received the count of what came in
 * @param sent the count of what went out
 * @param options what the pair was made with
 * @param statistics where failures are counted
 */
record EndState(Descriptor descriptor, Counters received, Counters sent, SocketPairOptions options,
		LiveStatistics statistics) {

	/**
	 * Count a system call that failed.
	 * @param operation the name of the call
	 * @param result what it returned, the negated errno
	 * @param detail what it was asked to do, or {@code null}
	 * @return the exception to throw
	 */
	SocketPairException failed(String operation, long result, @Nullable String detail) {
		int errno = (int) -result;
		this.statistics.failed(this.options, operation, errno);
		return new SocketPairException(operation, errno, detail);
	}

}
