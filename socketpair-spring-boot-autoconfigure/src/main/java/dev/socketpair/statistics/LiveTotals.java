package dev.socketpair.statistics;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

import dev.socketpair.SocketPairStatistics.Direction;
import dev.socketpair.SocketPairStatistics.End;
import dev.socketpair.SocketPairStatistics.Totals;

/**
 * The totals of all pairs with one name and type.
 */
public final class LiveTotals implements Totals {

	private static final int DIRECTIONS = Direction.values().length;

	private final String pair;

	private final String type;

	private final Queues queues;

	private final LongAdder created = new LongAdder();

	private final LongAdder opened = new LongAdder();

	private final LongAdder closed = new LongAdder();

	private final LongAdder leaked = new LongAdder();

	private final AtomicBoolean leakSeen = new AtomicBoolean();

	private final Counters.Total[] moved = new Counters.Total[End.values().length * DIRECTIONS];

	LiveTotals(String pair, String type, Queues queues) {
		this.pair = pair;
		this.type = type;
		this.queues = queues;
		for (int i = 0; i < this.moved.length; i++) {
			this.moved[i] = new Counters.Total();
		}
	}

	/** Count a pair that was created. */
	public void pairCreated() {
		this.created.increment();
	}

	/** Count a pair that has become open. */
	public void pairOpened() {
		this.opened.increment();
	}

	/**
	 * Count a lost socket.
	 * @return whether it is the first
	 */
	public boolean socketLeaked() {
		this.leaked.increment();
		return this.leakSeen.compareAndSet(false, true);
	}

	/** Count a pair of which nothing is open any more. */
	public void pairClosed() {
		this.closed.increment();
	}

	/**
	 * Return what one end has moved in one direction.
	 * @param end the end
	 * @param direction the direction
	 * @return the total
	 */
	public Counters.Total moved(End end, Direction direction) {
		return this.moved[end.ordinal() * DIRECTIONS + direction.ordinal()];
	}

	@Override
	public String pair() {
		return this.pair;
	}

	@Override
	public String type() {
		return this.type;
	}

	@Override
	public long created() {
		return this.created.sum();
	}

	@Override
	public long open() {
		// In this order, so that a pair closed in between is not counted below zero.
		long closed = this.closed.sum();
		return this.opened.sum() - closed;
	}

	@Override
	public long leaked() {
		return this.leaked.sum();
	}

	@Override
	public long bytes(End end, Direction direction) {
		return moved(end, direction).bytes();
	}

	@Override
	public long operations(End end, Direction direction) {
		return moved(end, direction).operations();
	}

	@Override
	public long queued(End end) {
		return this.queues.bytes(this, end);
	}

	@Override
	public Duration stalled(End end) {
		return Duration.ofNanos(this.queues.stalled(this, end));
	}

	@Override
	public String toString() {
		return this.pair + "/" + this.type;
	}

}
