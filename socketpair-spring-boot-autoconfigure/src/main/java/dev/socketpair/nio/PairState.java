package dev.socketpair.nio;

import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairStatistics.Direction;
import dev.socketpair.SocketPairStatistics.End;
import dev.socketpair.SocketPairStatistics.OpenEnd;
import dev.socketpair.SocketPairStatistics.OpenPair;
import dev.socketpair.libc.Libc;

/**
 * What the factory knows of a pair: everything but the sockets themselves, so that they
 * can be collected while it is open.
 */
final class PairState {

	private final SocketPairOptions options;

	private final Instant created = Instant.now();

	private final LiveStatistics statistics;

	private final LiveStatistics.LiveTotals totals;

	private final AtomicInteger openEnds = new AtomicInteger(2);

	private final EndState first;

	private final EndState second;

	PairState(Libc libc, boolean wakesBySignal, SocketPairOptions options, LiveStatistics statistics, int[] numbers) {
		this.options = options;
		this.statistics = statistics;
		this.totals = statistics.totals(options);
		this.first = socket(libc, wakesBySignal, numbers[0], End.FIRST);
		this.second = socket(libc, wakesBySignal, numbers[1], End.SECOND);
		this.totals.pairCreated();
		statistics.opened(this);
	}

	private EndState socket(Libc libc, boolean wakesBySignal, int number, End end) {
		Descriptor descriptor = new Descriptor(libc, number, wakesBySignal, this::endClosed);
		Counters received = new Counters(this.totals.moved(end, Direction.RECEIVED));
		Counters sent = new Counters(this.totals.moved(end, Direction.SENT));
		return new EndState(descriptor, received, sent, this.options, this.statistics);
	}

	private void endClosed() {
		if (this.openEnds.decrementAndGet() == 0) {
			this.totals.pairClosed();
			this.statistics.closed(this);
		}
	}

	SocketPairOptions options() {
		return this.options;
	}

	EndState first() {
		return this.first;
	}

	EndState second() {
		return this.second;
	}

	OpenPair snapshot() {
		return new OpenPair(this.options.name(), this.options, this.created, end(this.first), end(this.second));
	}

	private static OpenEnd end(EndState socket) {
		boolean open = socket.descriptor().isOpen();
		return new OpenEnd(open, open ? socket.descriptor().number() : -1, socket.sent().bytes(),
				socket.received().bytes());
	}

	void close() throws IOException {
		try {
			this.second.descriptor().close();
		}
		finally {
			this.first.descriptor().close();
		}
	}

	@Override
	public String toString() {
		return "PairState[%s]".formatted(this.options);
	}

}
