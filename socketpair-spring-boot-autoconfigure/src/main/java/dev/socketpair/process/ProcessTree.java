package dev.socketpair.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A child and the descendants that have been seen. A number that the kernel has given to
 * another process meanwhile is not mistaken: a {@link ProcessHandle} knows when its
 * process was started. Safe for use by any thread.
 */
final class ProcessTree {

	private final ProcessHandle root;

	private final Set<ProcessHandle> descendants = ConcurrentHashMap.newKeySet();

	ProcessTree(ProcessHandle root) {
		this.root = root;
	}

	/**
	 * See who is there. Those who were seen before stay, though their parent may have
	 * gone.
	 */
	void look() {
		for (ProcessHandle known : List.copyOf(this.descendants)) {
			known.descendants().forEach(this.descendants::add);
		}
		this.root.descendants().forEach(this.descendants::add);
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
	 * Return whether no descendant that was seen runs any more.
	 */
	boolean descendantsAreGone() {
		this.descendants.removeIf(ProcessTree::hasEnded);
		return this.descendants.isEmpty();
	}

	static boolean hasEnded(ProcessHandle process) {
		return !process.isAlive() || isZombie(process.pid());
	}

	/**
	 * A descendant that has ended stays until its parent has asked for its status, which
	 * the first process of a container often never does: proc_pid_stat(5).
	 */
	private static boolean isZombie(long pid) {
		try {
			String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
			int state = stat.lastIndexOf(')') + 2;
			return state < stat.length() && "ZX".indexOf(stat.charAt(state)) >= 0;
		}
		catch (IOException ex) {
			// Gone meanwhile, or no descriptor left to look with: ask again.
			return false;
		}
	}

}
