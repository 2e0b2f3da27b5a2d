package dev.socketpair.nio;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

/**
 * What one end has moved in one direction: its own count, written by whoever holds the
 * direction's lock, and its share of the totals.
 */
final class Counters {

	private final AtomicLong bytes = new AtomicLong();

	private final @Nullable Total total;

	/**
	 * Create the counters of one end and direction.
	 * @param total the total to add to, or {@code null} to count nothing
	 */
	Counters(@Nullable Total total) {
		this.total = total;
	}

	/**
	 * Count a system call that moved bytes or a message.
	 * @param moved the number of bytes
	 */
	void count(long moved) {
		Total total = this.total;
		if (total != null) {
			this.bytes.setOpaque(this.bytes.getPlain() + moved);
			total.bytes.add(moved);
			total.operations.increment();
		}
	}

	long bytes() {
		return this.bytes.getOpaque();
	}

	/** The total of one end and direction over all pairs of a name and type. */
	static final class Total {

		private final LongAdder bytes = new LongAdder();

		private final LongAdder operations = new LongAdder();

		long bytes() {
			return this.bytes.sum();
		}

		long operations() {
			return this.operations.sum();
		}

	}

}
