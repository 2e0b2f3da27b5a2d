package dev.socketpair.metrics;

import java.time.Duration;
import java.util.Locale;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairStatistics;
import dev.socketpair.SocketPairStatistics.Direction;
import dev.socketpair.SocketPairStatistics.End;
import dev.socketpair.SocketPairStatistics.Failures;
import dev.socketpair.SocketPairStatistics.Totals;
import dev.socketpair.metrics.SocketPairMeters.Key;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Binds the {@linkplain SocketPairStatistics statistics} of a {@link SocketPairFactory}
 * to the {@linkplain SocketPairMeters meters}. The statistics are read when the registry
 * is asked; nothing is added to what a socket does.
 */
public class SocketPairMetrics implements MeterBinder {

	private final SocketPairFactory factory;

	private final Tags tags;

	/**
	 * Create the metrics of a factory.
	 * @param factory the factory
	 * @param tags tags to add to every meter
	 */
	public SocketPairMetrics(SocketPairFactory factory, Iterable<Tag> tags) {
		this.factory = factory;
		this.tags = Tags.of(tags);
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		SocketPairStatistics statistics = this.factory.statistics();
		if (statistics == null) {
			// A mock counts nothing.
			return;
		}
		statistics.addListener(new SocketPairStatistics.Listener() {

			@Override
			public void totalsAdded(Totals totals) {
				register(registry, totals);
			}

			@Override
			public void failuresAdded(Failures failures) {
				register(registry, failures);
			}

		});
	}

	private void register(MeterRegistry registry, Totals totals) {
		Tags tags = this.tags.and(Key.PAIR.asString(), totals.pair(), Key.TYPE.asString(), totals.type());
		FunctionCounter.builder(SocketPairMeters.CREATED.getName(), totals, Totals::created)
			.description(SocketPairMeters.CREATED.getDescription())
			.baseUnit(SocketPairMeters.CREATED.getBaseUnit())
			.tags(tags)
			.register(registry);
		Gauge.builder(SocketPairMeters.OPEN.getName(), totals, Totals::open)
			.description(SocketPairMeters.OPEN.getDescription())
			.baseUnit(SocketPairMeters.OPEN.getBaseUnit())
			.tags(tags)
			.register(registry);
		FunctionCounter.builder(SocketPairMeters.LEAKED.getName(), totals, Totals::leaked)
			.description(SocketPairMeters.LEAKED.getDescription())
			.baseUnit(SocketPairMeters.LEAKED.getBaseUnit())
			.tags(tags)
			.register(registry);
		for (End end : End.values()) {
			registerQueue(registry, totals, tags, end);
			for (Direction direction : Direction.values()) {
				register(registry, totals, tags, end, direction);
			}
		}
	}

	private void registerQueue(MeterRegistry registry, Totals totals, Tags pairTags, End end) {
		Tags tags = pairTags.and(Key.END.asString(), lowerCase(end));
		Gauge.builder(SocketPairMeters.QUEUED.getName(), totals, (counted) -> counted.queued(end))
			.description(SocketPairMeters.QUEUED.getDescription())
			.baseUnit(SocketPairMeters.QUEUED.getBaseUnit())
			.tags(tags)
			.register(registry);
		Gauge.builder(SocketPairMeters.STALLED.getName(), totals, (counted) -> seconds(counted.stalled(end)))
			.description(SocketPairMeters.STALLED.getDescription())
			.baseUnit(SocketPairMeters.STALLED.getBaseUnit())
			.tags(tags)
			.register(registry);
	}

	private static double seconds(Duration duration) {
		return duration.toNanos() / (double) Duration.ofSeconds(1).toNanos();
	}

	private void register(MeterRegistry registry, Totals totals, Tags pairTags, End end, Direction direction) {
		Tags tags = pairTags.and(Key.END.asString(), lowerCase(end), Key.DIRECTION.asString(), lowerCase(direction));
		FunctionCounter.builder(SocketPairMeters.BYTES.getName(), totals, (counted) -> counted.bytes(end, direction))
			.description(SocketPairMeters.BYTES.getDescription())
			.baseUnit(SocketPairMeters.BYTES.getBaseUnit())
			.tags(tags)
			.register(registry);
		FunctionCounter
			.builder(SocketPairMeters.OPERATIONS.getName(), totals, (counted) -> counted.operations(end, direction))
			.description(SocketPairMeters.OPERATIONS.getDescription())
			.baseUnit(SocketPairMeters.OPERATIONS.getBaseUnit())
			.tags(tags)
			.register(registry);
	}

	private void register(MeterRegistry registry, Failures failures) {
		FunctionCounter.builder(SocketPairMeters.FAILURES.getName(), failures, Failures::count)
			.description(SocketPairMeters.FAILURES.getDescription())
			.tags(this.tags.and(Key.PAIR.asString(), failures.pair(), Key.TYPE.asString(), failures.type(),
					Key.OPERATION.asString(), failures.operation(), Key.ERRNO.asString(), failures.errno().name()))
			.register(registry);
	}

	private static String lowerCase(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT);
	}

}
