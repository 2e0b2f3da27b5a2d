package dev.socketpair.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A child and its descendants, as far as they were found. A process is not mistaken for a
 * later one with the same number: a {@link ProcessHandle} knows when its process was
 * started. Safe for use by any thread.
 */
final class ProcessTree {

	private static final Path PROC = Path.of("/proc");

	private static final Duration PATIENCE_AFTER_KILL = Duration.ofSeconds(2);

	/** The kernel reports the end of a process to its parent only. */
	private static final long POLL_INTERVAL = TimeUnit.MILLISECONDS.toNanos(5);

	private final ProcessHandle root;

	private final MarkedProcesses marked;

	private final Set<ProcessHandle> descendants = ConcurrentHashMap.newKeySet();

	ProcessTree(ProcessHandle root, MarkedProcesses marked) {
		this.root = root;
		this.marked = marked;
	}

	/**
	 * Find the descendants that there are now. Those that were found before are kept,
	 * although their parent may be gone.
	 */
	void discover() {
		List.copyOf(this.descendants).forEach(this::discoverBelow);
		discoverBelow(this.root);
		for (ProcessHandle found : this.marked.find()) {
			if (!found.equals(this.root)) {
				this.descendants.add(found);
			}
		}
	}

	private void discoverBelow(ProcessHandle process) {
		try {
			List<ProcessHandle> below = process.descendants().toList();
			// They are found by its number, which another process may have by now.
			if (process.isAlive()) {
				this.descendants.addAll(below);
			}
		}
		catch (RuntimeException ex) {
			// No descriptor is left. The next attempt may have one.
		}
	}

	/** Send {@code SIGTERM} to all. */
	void terminate() {
		this.root.destroy();
		this.descendants.forEach(ProcessHandle::destroy);
	}

	/** Send {@code SIGKILL} to all. */
	void kill() {
		this.root.destroyForcibly();
		this.descendants.forEach(ProcessHandle::destroyForcibly);
	}

	/**
	 * End the descendants of a root that has ended.
	 * @param patience how long they may take after {@code SIGTERM}
	 */
	void endDescendants(Duration patience) {
		discover();
		if (descendantsAreGone()) {
			return;
		}
		this.descendants.forEach(ProcessHandle::destroy);
		if (!areGoneWithin(patience)) {
			discover();
			this.descendants.forEach(ProcessHandle::destroyForcibly);
			areGoneWithin(PATIENCE_AFTER_KILL);
		}
	}

	/** An interrupted thread gives them no time. */
	private boolean areGoneWithin(Duration patience) {
		long end = System.nanoTime() + patience.toNanos();
		while (!descendantsAreGone()) {
			if (System.nanoTime() - end > 0 || Thread.currentThread().isInterrupted()) {
				return false;
			}
			LockSupport.parkNanos(this, POLL_INTERVAL);
		}
		return true;
	}

	/**
	 * Return whether no descendant that was found runs any more.
	 */
	boolean descendantsAreGone() {
		this.descendants.removeIf(ProcessTree::hasEnded);
		return this.descendants.isEmpty();
	}

	static boolean hasEnded(ProcessHandle process) {
		if (process.isAlive()) {
			return isZombie(process.pid());
		}
		// Without a descriptor to read /proc with the JDK says so of any process.
		return Files.notExists(PROC.resolve(Long.toString(process.pid()))) || (canReadProc() && !process.isAlive());
	}

	private static boolean canReadProc() {
		try {
			Files.readString(PROC.resolve("self/stat"), StandardCharsets.ISO_8859_1);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * A descendant that has ended stays until its parent has asked for its status, which
	 * the first process of a container often never does: proc_pid_stat(5).
	 */
	private static boolean isZombie(long pid) {
		try {
			String stat = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
			int state = stat.lastIndexOf(')') + 2;
			return state < stat.length() && "ZX".indexOf(stat.charAt(state)) >= 0;
		}
		catch (IOException ex) {
			// Gone meanwhile, or no descriptor is left: the caller asks again.
			return false;
		}
	}

}
