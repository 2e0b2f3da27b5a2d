package dev.socketpair.message;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairStatistics.Direction;
import dev.socketpair.SocketPairStatistics.End;

/**
 * The system calls that have sent something from the first ends.
 */
final class SendOperations {

	private SendOperations() {
	}

	static long of(SocketPairFactory factory) {
		return factory.statistics()
			.totals()
			.stream()
			.mapToLong((totals) -> totals.operations(End.FIRST, Direction.SENT))
			.sum();
	}

}
