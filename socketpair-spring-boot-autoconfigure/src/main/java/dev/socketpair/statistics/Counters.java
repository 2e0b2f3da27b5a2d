package dev.socketpair.statistics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

/**
 * What one end has moved in one direction: its own count, written by the holder of the
 * direction's lock, and its share of the totals.
 */
public final class Counters {

	private static final VarHandle BYTES;

	static {
		try {
			BYTES = MethodHandles.lookup().findVarHandle(Counters.class, "bytes", long.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** Written by one thread at a time, read by any. */
	private long bytes;

	private final @Nullable Total total;

	/**
	 * Create the counters of one end and direction.
	 * @param total the total to add to, or {@code null} to count nothing
	 */
	public Counters(@Nullable Total total) {
		this.total = total;
	}

	/**
	 * Count a system call that moved bytes or a message.
	 * @param moved the number of bytes
	 */
	public void count(long moved) {
		Total total = this.total;
		if (total != null) {
			BYTES.setOpaque(this, this.bytes + moved);
			total.bytes.add(moved);
			total.operations.increment();
		}
	}

	/**
	 * Return how much was moved.
	 * @return the number of bytes
	 */
	public long bytes() {
		return (long) BYTES.getOpaque(this);
	}

	/** The total of one end and direction over all pairs of a name and type. */
	public static final class Total {

		private final LongAdder bytes = new LongAdder();

		private final LongAdder operations = new LongAdder();

		/** Create a total of nothing. */
		Total() {
		}

		long bytes() {
			return this.bytes.sum();
		}

		long operations() {
			return this.operations.sum();
		}

	}

}
