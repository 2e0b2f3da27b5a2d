package dev.socketpair.process;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * Counts the starts and exits of the children of a process. Safe for use by any thread.
 */
final class ProcessCounters {

	private static final Comparator<ExitStatus> BY_CODE = Comparator.comparingInt(ExitStatus::code);

	/** Guarded by this object's monitor, as all fields. */
	private long starts;

	private long restarts;

	private final Map<ExitStatus, Long> exits = new TreeMap<>(BY_CODE);

	private @Nullable ExitStatus lastExit;

	synchronized void started(boolean again) {
		this.starts++;
		if (again) {
			this.restarts++;
		}
	}

	synchronized void exited(ExitStatus status) {
		this.exits.merge(status, 1L, Long::sum);
		this.lastExit = status;
	}

	synchronized long starts() {
		return this.starts;
	}

	synchronized long restarts() {
		return this.restarts;
	}

	synchronized Map<ExitStatus, Long> exits() {
		Map<ExitStatus, Long> copy = new TreeMap<>(BY_CODE);
		copy.putAll(this.exits);
		return copy;
	}

	synchronized @Nullable ExitStatus lastExit() {
		return this.lastExit;
	}

}
