package dev.socketpair.statistics;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

import dev.socketpair.SocketPairStatistics.End;
import dev.socketpair.SocketPairStatistics.Totals;

/**
 * The queues of all open pairs. Polling them takes two system calls a pair, so the result
 * is kept for a short time: it serves all meters of a scrape.
 */
final class Queues {

	private static final long FRESH = Duration.ofMillis(500).toNanos();

	private final Set<? extends CountedPair> pairs;

	private final LongSupplier clock;

	private final Sum nothing = new Sum();

	private final Lock lock = new ReentrantLock();

	/** Guarded by the lock. */
	private Map<Totals, Sum> sums = Map.of();

	/** When the sums were made; guarded by the lock. */
	private long polled;

	/**
	 * Create the queues of pairs.
	 * @param pairs the pairs that are open at any time
	 * @param clock tells the time as {@link System#nanoTime} does
	 */
	Queues(Set<? extends CountedPair> pairs, LongSupplier clock) {
		this.pairs = pairs;
		this.clock = clock;
		this.polled = clock.getAsLong() - FRESH;
	}

	/**
	 * Return what waits in the queues of pairs that are counted together.
	 * @param totals where they are counted
	 * @param sender the end that has sent it
	 * @return a number of bytes
	 */
	long bytes(Totals totals, End sender) {
		return sum(totals).bytes[sender.ordinal()];
	}

	/**
	 * Return for how long the queue that has waited longest has not moved.
	 * @param totals where the pairs are counted
	 * @param sender the end that has sent what waits
	 * @return a number of nanoseconds
	 */
	long stalled(Totals totals, End sender) {
		return sum(totals).stalled[sender.ordinal()];
	}

	private Sum sum(Totals totals) {
		this.lock.lock();
		try {
			long now = this.clock.getAsLong();
			if (now - this.polled >= FRESH) {
				this.sums = poll(now);
				this.polled = now;
			}
			return this.sums.getOrDefault(totals, this.nothing);
		}
		finally {
			this.lock.unlock();
		}
	}

	private Map<Totals, Sum> poll(long now) {
		Map<Totals, Sum> sums = new HashMap<>();
		for (CountedPair pair : this.pairs) {
			Sum sum = sums.computeIfAbsent(pair.totals(), (missing) -> new Sum());
			for (End sender : End.values()) {
				Queue queue = pair.queue(sender);
				queue.poll(now);
				sum.add(sender, queue.bytes(), pair.countsBytes() ? queue.stalled(now) : 0);
			}
		}
		return sums;
	}

	private static final class Sum {

		private final long[] bytes = new long[End.values().length];

		private final long[] stalled = new long[End.values().length];

		private void add(End sender, long bytes, long stalled) {
			this.bytes[sender.ordinal()] += bytes;
			this.stalled[sender.ordinal()] = Math.max(this.stalled[sender.ordinal()], stalled);
		}

	}

}
