package dev.socketpair.process;

import dev.socketpair.PairedSocket;
import org.jspecify.annotations.Nullable;

/**
 * The child that messages go to, which may have ended. Whatever keeps it sees the current
 * one, also where the process is a copy of another, as a test's spy is. Safe for use by
 * any thread.
 */
final class ServedChild {

	private final String name;

	private volatile @Nullable Child child;

	ServedChild(String name) {
		this.name = name;
	}

	/**
	 * From here on messages go to this child, and what was not received from the one
	 * before is dropped.
	 */
	void serve(Child next) {
		Child before = this.child;
		this.child = next;
		if (before != null) {
			before.discard();
		}
	}

	@Nullable Child child() {
		return this.child;
	}

	/**
	 * Return the child that is served.
	 * @throws ProcessNotRunningException if there was none yet
	 */
	Child require() throws ProcessNotRunningException {
		Child current = this.child;
		if (current == null) {
			throw new ProcessNotRunningException(notStarted());
		}
		return current;
	}

	PairedSocket socket() {
		Child current = this.child;
		if (current == null) {
			throw new IllegalStateException(notStarted());
		}
		return current.socket();
	}

	private String notStarted() {
		return "Process '%s' was not started".formatted(this.name);
	}

	boolean hasOpenConnection() {
		Child current = this.child;
		return current != null && current.connection().isOpen();
	}

	/** Close our end towards the current child. */
	void hangUp() {
		Child current = this.child;
		if (current != null) {
			current.discard();
		}
	}

	@Override
	public String toString() {
		return "SocketPairProcess[%s]".formatted(this.name);
	}

}
