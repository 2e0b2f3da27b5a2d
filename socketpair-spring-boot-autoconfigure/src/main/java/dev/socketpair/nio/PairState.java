package dev.socketpair.nio;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedChannelException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketpair.LeakDetection;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairStatistics.End;
import dev.socketpair.SocketPairStatistics.OpenEnd;
import dev.socketpair.SocketPairStatistics.OpenPair;
import dev.socketpair.descriptor.SafeLog;
import dev.socketpair.statistics.CountedPair;
import dev.socketpair.statistics.LiveTotals;
import dev.socketpair.statistics.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What the factory knows of a pair, or of a descriptor that was adopted: everything but
 * the sockets themselves.
 */
final class PairState implements CountedPair, EndState.Pair {

	private static final SafeLog logger = new SafeLog(PairState.class);

	private static final OpenEnd NO_END = new OpenEnd(false, -1, 0, 0, EndState.UNKNOWN, EndState.UNKNOWN);

	private final FactorySettings settings;

	/** The pairs of the factory that are open. */
	private final Set<PairState> open;

	private final SocketPairOptions options;

	private final LiveTotals totals;

	/** Milliseconds since the epoch. */
	private final long created = System.currentTimeMillis();

	/** Two may be made within a millisecond, and the clock may be set back. */
	private final long order = System.nanoTime();

	private final @Nullable Throwable origin;

	private final AtomicInteger openEnds;

	private final AtomicBoolean leakLogged = new AtomicBoolean();

	private final EndState first;

	private final @Nullable EndState second;

	private final Queue sentByFirst;

	private final Queue sentBySecond;

	/** Whether messages that the first end receives carry a control message. */
	private volatile boolean firstTimestamped;

	private volatile boolean secondTimestamped;

	/** Guarded by this. */
	private List<EndState> duplicates = List.of();

	/** Whether there may be no more duplicates; guarded by this. */
	private boolean closed;

	/**
	 * Create the state of a pair that was made or a descriptor that was adopted.
	 * @param settings what the factory's sockets share
	 * @param open the pairs of the factory that are open
	 * @param options what the pair was made with
	 * @param numbers the descriptors, two or one
	 */
	PairState(FactorySettings settings, Set<PairState> open, SocketPairOptions options, int... numbers) {
		this.settings = settings;
		this.open = open;
		this.options = options;
		this.totals = settings.statistics().totals(options);
		this.origin = (settings.leakDetection() == LeakDetection.TRACKED) ? new Throwable("Made here") : null;
		this.openEnds = new AtomicInteger(numbers.length);
		this.first = new EndState(this, End.FIRST, numbers[0]);
		this.second = (numbers.length > 1) ? new EndState(this, End.SECOND, numbers[1]) : null;
		this.sentByFirst = new Queue(this.first, this.second);
		this.sentBySecond = new Queue(this.second, this.first);
		this.totals.pairOpened();
		open.add(this);
	}

	@Override
	public FactorySettings settings() {
		return this.settings;
	}

	@Override
	public SocketPairOptions options() {
		return this.options;
	}

	@Override
	public LiveTotals totals() {
		return this.totals;
	}

	EndState first() {
		return this.first;
	}

	@Nullable EndState second() {
		return this.second;
	}

	@Override
	public Queue queue(End sender) {
		return (sender == End.FIRST) ? this.sentByFirst : this.sentBySecond;
	}

	@Override
	public boolean countsBytes() {
		return this.settings.countsBytes();
	}

	@Override
	public long order() {
		return this.order;
	}

	void created() {
		this.totals.pairCreated();
	}

	@Override
	public EndState duplicateOpened(End end, int number) throws IOException {
		EndState duplicate = new EndState(this, end, number);
		boolean tooLate;
		synchronized (this) {
			this.duplicates = new ArrayList<>(this.duplicates);
			this.duplicates.add(duplicate);
			tooLate = this.closed;
		}
		if (this.openEnds.getAndIncrement() == 0) {
			this.totals.pairOpened();
			this.open.add(this);
		}
		if (tooLate) {
			duplicate.close();
			throw new ClosedChannelException();
		}
		return duplicate;
	}

	@Override
	public void endClosed(EndState end) {
		if (end != this.first && end != this.second) {
			synchronized (this) {
				this.duplicates = new ArrayList<>(this.duplicates);
				this.duplicates.remove(end);
			}
		}
		if (this.openEnds.decrementAndGet() == 0) {
			this.totals.pairClosed();
			this.open.remove(this);
		}
	}

	@Override
	public void leaked() {
		boolean first = this.totals.socketLeaked();
		if (!this.leakLogged.compareAndSet(false, true)) {
			return;
		}
		String lost = "A socket of the pair [%s] was lost without being closed".formatted(this.options);
		if (this.origin != null) {
			logger.log(Level.WARNING, lost, this.origin);
		}
		else {
			// Where one is lost, many are: the others are counted.
			logger.log(first ? Level.WARNING : Level.DEBUG,
					lost + "; set 'socketpair.leak-detection' to 'tracked' to see where the pair was made", null);
		}
	}

	@Override
	public OpenPair snapshot() {
		return new OpenPair(this.options.name(), this.options, Instant.ofEpochMilli(this.created),
				this.first.snapshot(this.second), (this.second != null) ? this.second.snapshot(this.first) : NO_END);
	}

	private List<EndState> all() {
		List<EndState> all;
		synchronized (this) {
			all = new ArrayList<>(this.duplicates);
		}
		if (this.second != null) {
			all.add(this.second);
		}
		all.add(this.first);
		return all;
	}

	@Override
	public long openSockets(End end) {
		return all().stream().filter((socket) -> socket.end() == end && socket.descriptor().isOpen()).count();
	}

	/**
	 * Return whether a number is that of a socket of this pair, which is open.
	 * @param number the number
	 */
	boolean owns(int number) {
		return all().stream()
			.map(EndState::descriptor)
			.anyMatch((descriptor) -> descriptor.number() == number && descriptor.isOpen());
	}

	@Override
	public boolean isTimestamped(End end) {
		return (end == End.FIRST) ? this.firstTimestamped : this.secondTimestamped;
	}

	@Override
	public void timestamped(End end, boolean timestamped) {
		if (end == End.FIRST) {
			this.firstTimestamped = timestamped;
		}
		else {
			this.secondTimestamped = timestamped;
		}
	}

	@Override
	public void wakeWriters(End end) {
		for (EndState socket : all()) {
			if (socket.end() == end) {
				socket.descriptor().wakeWriter();
			}
		}
	}

	void close() {
		synchronized (this) {
			this.closed = true;
		}
		List<EndState> all = all();
		// All before any: a reader of one must not be told that the other is closed.
		all.forEach((end) -> end.descriptor().announceClose());
		all.forEach(EndState::close);
	}

	@Override
	public String toString() {
		return "pair [%s]".formatted(this.options);
	}

}
