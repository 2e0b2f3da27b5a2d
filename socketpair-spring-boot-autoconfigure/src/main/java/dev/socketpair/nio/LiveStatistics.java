package dev.socketpair.nio;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

import dev.socketpair.Errno;
import dev.socketpair.MessageTruncatedException;
import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairStatistics;
import dev.socketpair.SocketType;

/**
 * The statistics of one factory.
 */
final class LiveStatistics implements SocketPairStatistics {

	private static final SafeLog logger = new SafeLog(LiveStatistics.class);

	static final String ANONYMOUS = "anonymous";

	static final String OTHER = "other";

	/** Loaded now: when descriptors have run out, a class may not be found any more. */
	@SuppressWarnings("unused")
	private static final List<Class<?>> NEEDED_WITHOUT_DESCRIPTORS = List.of(FailureKey.class, LiveFailures.class,
			SocketPairException.class, MessageTruncatedException.class);

	private static final Set<String> TYPES = Set.of("stream", "dgram", "seqpacket", "raw", "rdm");

	private final Set<String> countedNames;

	private final DescriptorTable descriptors;

	private final Map<PairKey, LiveTotals> totals = new ConcurrentHashMap<>();

	private final Map<FailureKey, LiveFailures> failures = new ConcurrentHashMap<>();

	private final Set<PairState> open = ConcurrentHashMap.newKeySet();

	private final Queues queues;

	private final List<Listener> listeners = new CopyOnWriteArrayList<>();

	/**
	 * Create empty statistics.
	 * @param countedNames the pair names that are counted apart; all others are counted
	 * together as {@value #ANONYMOUS}, so that there is a bounded number of them
	 * @param descriptors the descriptors of this process
	 */
	LiveStatistics(Set<String> countedNames, DescriptorTable descriptors) {
		this(countedNames, descriptors, System::nanoTime);
	}

	LiveStatistics(Set<String> countedNames, DescriptorTable descriptors, LongSupplier clock) {
		this.countedNames = Set.copyOf(countedNames);
		this.descriptors = descriptors;
		this.queues = new Queues(this.open, clock);
	}

	LiveTotals totals(SocketPairOptions options) {
		PairKey key = key(options);
		LiveTotals existing = this.totals.get(key);
		if (existing != null) {
			return existing;
		}
		LiveTotals added = new LiveTotals(key, this.queues);
		existing = this.totals.putIfAbsent(key, added);
		if (existing != null) {
			return existing;
		}
		tell((listener) -> listener.totalsAdded(added));
		return added;
	}

	void failed(SocketPairOptions options, String operation, int errnoNumber) {
		FailureKey key = new FailureKey(key(options), operation, Errno.of(errnoNumber));
		LiveFailures existing = this.failures.get(key);
		if (existing == null) {
			LiveFailures added = new LiveFailures(key);
			existing = this.failures.putIfAbsent(key, added);
			if (existing == null) {
				added.count.increment();
				tell((listener) -> listener.failuresAdded(added));
				return;
			}
		}
		existing.count.increment();
	}

	/** A listener that throws must not undo what it is told of. */
	private void tell(Consumer<Listener> news) {
		for (Listener listener : this.listeners) {
			try {
				news.accept(listener);
			}
			catch (RuntimeException | Error ex) {
				logger.log(Level.WARNING, "A listener of the statistics failed", ex);
			}
		}
	}

	private PairKey key(SocketPairOptions options) {
		String name = options.name();
		String pair = (name != null && this.countedNames.contains(name)) ? name : ANONYMOUS;
		return new PairKey(pair, typeOf(options.type()));
	}

	private static String typeOf(SocketType type) {
		String name = type.withoutFlags().toString();
		return TYPES.contains(name) ? name : OTHER;
	}

	void opened(PairState pair) {
		this.open.add(pair);
	}

	void closed(PairState pair) {
		this.open.remove(pair);
	}

	Set<PairState> open() {
		return this.open;
	}

	@Override
	public List<Totals> totals() {
		return List.copyOf(this.totals.values());
	}

	@Override
	public List<Failures> failures() {
		return List.copyOf(this.failures.values());
	}

	@Override
	public List<OpenPair> openPairs() {
		return snapshots(this.open.stream());
	}

	@Override
	public List<OpenPair> openPairs(String name) {
		return snapshots(this.open.stream().filter((pair) -> name.equals(pair.options().name())));
	}

	private static List<OpenPair> snapshots(Stream<PairState> pairs) {
		return pairs.sorted(PairState::compareAge).map(PairState::snapshot).toList();
	}

	@Override
	public DescriptorUse descriptors() {
		return new DescriptorUse(this.descriptors.open(), this.descriptors.limit());
	}

	@Override
	public void addListener(Listener listener) {
		this.listeners.add(listener);
		this.totals.values().forEach(listener::totalsAdded);
		this.failures.values().forEach(listener::failuresAdded);
	}

	@Override
	public String toString() {
		return "SocketPairStatistics[totals=%s, failures=%s, open=%s]".formatted(totals(), failures(),
				this.open.size());
	}

	private record PairKey(String pair, String type) {
	}

	private record FailureKey(PairKey pair, String operation, Errno errno) {
	}

	/** The totals of one pair name and type. */
	static final class LiveTotals implements Totals {

		private static final int DIRECTIONS = Direction.values().length;

		private final PairKey key;

		private final Queues queues;

		private final LongAdder created = new LongAdder();

		private final LongAdder opened = new LongAdder();

		private final LongAdder closed = new LongAdder();

		private final LongAdder leaked = new LongAdder();

		private final AtomicBoolean leakSeen = new AtomicBoolean();

		private final Counters.Total[] moved = new Counters.Total[End.values().length * DIRECTIONS];

		private LiveTotals(PairKey key, Queues queues) {
			this.key = key;
			this.queues = queues;
			for (int i = 0; i < this.moved.length; i++) {
				this.moved[i] = new Counters.Total();
			}
		}

		void pairCreated() {
			this.created.increment();
		}

		void pairOpened() {
			this.opened.increment();
		}

		/**
		 * Count a lost socket.
		 * @return whether it is the first
		 */
		boolean socketLeaked() {
			this.leaked.increment();
			return this.leakSeen.compareAndSet(false, true);
		}

		void pairClosed() {
			this.closed.increment();
		}

		Counters.Total moved(End end, Direction direction) {
			return this.moved[end.ordinal() * DIRECTIONS + direction.ordinal()];
		}

		@Override
		public String pair() {
			return this.key.pair;
		}

		@Override
		public String type() {
			return this.key.type;
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
			return this.key.pair + "/" + this.key.type;
		}

	}

	private static final class LiveFailures implements Failures {

		private final FailureKey key;

		private final LongAdder count = new LongAdder();

		private LiveFailures(FailureKey key) {
			this.key = key;
		}

		@Override
		public String pair() {
			return this.key.pair.pair;
		}

		@Override
		public String type() {
			return this.key.pair.type;
		}

		@Override
		public String operation() {
			return this.key.operation;
		}

		@Override
		public Errno errno() {
			return this.key.errno;
		}

		@Override
		public long count() {
			return this.count.sum();
		}

		@Override
		public String toString() {
			return this.key.toString();
		}

	}

}
