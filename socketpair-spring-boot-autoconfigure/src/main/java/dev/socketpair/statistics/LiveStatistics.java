package dev.socketpair.statistics;

import java.lang.System.Logger.Level;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
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
import dev.socketpair.descriptor.SafeLog;
import dev.socketpair.libc.EarlyLoading;

/**
 * The statistics of one factory.
 */
public final class LiveStatistics implements SocketPairStatistics {

	private static final SafeLog logger = new SafeLog(LiveStatistics.class);

	/** The name under which other names are counted together. */
	static final String ANONYMOUS = "anonymous";

	static final String OTHER = "other";

	static {
		EarlyLoading.initialize(FailureKey.class, LiveFailures.class, Queue.class, OpenPair.class, OpenEnd.class,
				DescriptorUse.class, SocketPairException.class, MessageTruncatedException.class);
	}

	private static final Set<String> TYPES = Set.of("stream", "dgram", "seqpacket", "raw", "rdm");

	/** The clock may pass zero, so the times are compared by their difference. */
	private static final Comparator<CountedPair> BY_AGE = (one, other) -> Long.signum(one.order() - other.order());

	private final Set<String> countedNames;

	private final DescriptorTable descriptors;

	private final Map<PairKey, LiveTotals> totals = new ConcurrentHashMap<>();

	private final Map<FailureKey, LiveFailures> failures = new ConcurrentHashMap<>();

	private final Set<? extends CountedPair> open;

	private final Queues queues;

	private final List<Listener> listeners = new CopyOnWriteArrayList<>();

	/**
	 * Create empty statistics.
	 * @param countedNames the pair names that are counted apart; all others are counted
	 * together as {@value #ANONYMOUS}, so that there is a bounded number of them
	 * @param descriptors the descriptors of this process
	 * @param open the pairs that are open at any time
	 */
	public LiveStatistics(Set<String> countedNames, DescriptorTable descriptors, Set<? extends CountedPair> open) {
		this(countedNames, descriptors, open, System::nanoTime);
	}

	/**
	 * Create empty statistics with a clock.
	 * @param countedNames the pair names that are counted apart
	 * @param descriptors the descriptors of this process
	 * @param open the pairs that are open at any time
	 * @param clock tells the time as {@link System#nanoTime} does
	 */
	public LiveStatistics(Set<String> countedNames, DescriptorTable descriptors, Set<? extends CountedPair> open,
			LongSupplier clock) {
		this.countedNames = Set.copyOf(countedNames);
		this.descriptors = descriptors;
		this.open = open;
		this.queues = new Queues(open, clock);
	}

	/**
	 * Return where pairs are counted.
	 * @param options what they are made with
	 * @return the totals
	 */
	public LiveTotals totals(SocketPairOptions options) {
		PairKey key = key(options);
		LiveTotals existing = this.totals.get(key);
		if (existing != null) {
			return existing;
		}
		LiveTotals added = new LiveTotals(key.pair, key.type, this.queues);
		existing = this.totals.putIfAbsent(key, added);
		if (existing != null) {
			return existing;
		}
		tell((listener) -> listener.totalsAdded(added));
		return added;
	}

	/**
	 * Count a system call that failed.
	 * @param options what the pair was made with
	 * @param operation the name of the call
	 * @param errnoNumber the errno
	 */
	public void failed(SocketPairOptions options, String operation, int errnoNumber) {
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

	private static List<OpenPair> snapshots(Stream<? extends CountedPair> pairs) {
		return pairs.sorted(BY_AGE).map(CountedPair::snapshot).toList();
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
