package dev.socketpair.process;

import java.io.IOException;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Counts the starts and exits of children, adds events for listeners, and wakes the
 * threads that wait for a state. The order of calls is the order of events.
 */
final class ProcessReports {

	private final SocketPairProcess process;

	private final ProcessCounters counters;

	private final ProcessEvents events;

	private final StateChanges changes;

	ProcessReports(SocketPairProcess process, ProcessCounters counters, ProcessEvents events, StateChanges changes) {
		this.process = process;
		this.counters = counters;
		this.events = events;
		this.changes = changes;
	}

	void started(long pid, boolean again) {
		this.counters.started(again);
		this.events.add((listener) -> listener.started(this.process, pid));
	}

	void exited(long pid, ExitStatus status, @Nullable Duration restartDelay) {
		this.counters.exited(status);
		this.events.add((listener) -> listener.exited(this.process, pid, status, restartDelay));
	}

	void restartFailed(IOException failure, @Nullable Duration restartDelay) {
		this.events.add((listener) -> listener.restartFailed(this.process, failure, restartDelay));
	}

	void gaveUp(ExitStatus status) {
		this.events.add((listener) -> listener.gaveUp(this.process, status));
	}

	void stateChanged() {
		this.changes.changed();
	}

	/** Deliver the events that were added. Not to be called with a lock held. */
	void deliver() {
		this.events.deliver();
	}

}
