package dev.socketpair.metrics;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.function.Supplier;

import dev.socketpair.metrics.SocketPairMeters.Key;
import dev.socketpair.process.ExitStatus;
import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessListener;
import dev.socketpair.process.SocketPairProcessState;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * Binds what {@linkplain SocketPairProcess processes} count to the
 * {@linkplain SocketPairMeters meters}. It has to be a listener of each process too: the
 * counter of a status is registered when a child first ends with it.
 */
public class SocketPairProcessMetrics implements MeterBinder, SocketPairProcessListener {

	private final Supplier<? extends Collection<SocketPairProcess>> processes;

	private final Tags tags;

	private final List<MeterRegistry> registries = new CopyOnWriteArrayList<>();

	private final Map<SocketPairProcess, Set<ExitStatus>> seen = new ConcurrentHashMap<>();

	/**
	 * Create the metrics of processes.
	 * @param processes the processes, asked for when a registry is bound
	 * @param tags tags to add to every meter
	 */
	public SocketPairProcessMetrics(Supplier<? extends Collection<SocketPairProcess>> processes, Iterable<Tag> tags) {
		this.processes = processes;
		this.tags = Tags.of(tags);
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.registries.add(registry);
		for (SocketPairProcess process : this.processes.get()) {
			if (process.name() == null) {
				// A mock counts nothing.
				continue;
			}
			register(registry, process);
			process.exits().keySet().forEach((status) -> register(registry, process, status));
		}
	}

	@Override
	public void exited(SocketPairProcess process, long pid, ExitStatus status, @Nullable Duration restartDelay) {
		if (this.seen.computeIfAbsent(process, (missing) -> ConcurrentHashMap.newKeySet()).add(status)) {
			this.registries.forEach((registry) -> register(registry, process, status));
		}
	}

	private void register(MeterRegistry registry, SocketPairProcess process) {
		register(registry, process, SocketPairMeters.PROCESS_UP, SocketPairProcess::isAlive);
		register(registry, process, SocketPairMeters.PROCESS_DOWN, SocketPairProcess::isDown);
		register(registry, process, SocketPairMeters.PROCESS_GAVE_UP,
				(asked) -> asked.state() == SocketPairProcessState.GAVE_UP);
		FunctionCounter.builder(SocketPairMeters.PROCESS_STARTS.getName(), process, SocketPairProcess::starts)
			.description(SocketPairMeters.PROCESS_STARTS.getDescription())
			.baseUnit(SocketPairMeters.PROCESS_STARTS.getBaseUnit())
			.tags(tags(process))
			.register(registry);
	}

	private void register(MeterRegistry registry, SocketPairProcess process, SocketPairMeters meter,
			Predicate<SocketPairProcess> condition) {
		Gauge.builder(meter.getName(), process, (asked) -> condition.test(asked) ? 1 : 0)
			.description(meter.getDescription())
			.tags(tags(process))
			.register(registry);
	}

	private void register(MeterRegistry registry, SocketPairProcess process, ExitStatus status) {
		FunctionCounter
			.builder(SocketPairMeters.PROCESS_EXITS.getName(), process,
					(asked) -> asked.exits().getOrDefault(status, 0L))
			.description(SocketPairMeters.PROCESS_EXITS.getDescription())
			.baseUnit(SocketPairMeters.PROCESS_EXITS.getBaseUnit())
			.tags(tags(process).and(Key.STATUS.asString(), status.toString()))
			.register(registry);
	}

	private Tags tags(SocketPairProcess process) {
		return this.tags.and(Key.PROCESS.asString(), process.name());
	}

}
