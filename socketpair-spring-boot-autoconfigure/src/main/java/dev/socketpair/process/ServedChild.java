package dev.socketpair.process;

import dev.socketpair.PairedSocket;
import org.jspecify.annotations.Nullable;

/**
 * The child that messages go to, which may have exited. A copy of a process shares it
 * with the original, as a test's spy does, and so both see the current child. Safe for
 * use by any thread.
 */
final class ServedChild {

	private final String name;

	private volatile @Nullable ChildMessages messages;

	ServedChild(String name) {
		this.name = name;
	}

	/**
	 * Send messages to this child from here on. Unread messages of the child before it
	 * are dropped.
	 */
	void serve(ChildMessages next) {
		ChildMessages before = this.messages;
		this.messages = next;
		if (before != null) {
			before.child().discard();
		}
	}

	@Nullable Child child() {
		ChildMessages current = this.messages;
		return (current != null) ? current.child() : null;
	}

	/**
	 * Return the child that is served.
	 * @throws ProcessNotRunningException if there was none yet
	 */
	ChildMessages require() throws ProcessNotRunningException {
		ChildMessages current = this.messages;
		if (current == null) {
			throw new ProcessNotRunningException(notStarted());
		}
		return current;
	}

	PairedSocket socket() {
		Child current = child();
		if (current == null) {
			throw new IllegalStateException(notStarted());
		}
		return current.socket();
	}

	private String notStarted() {
		return "Process '%s' was not started".formatted(this.name);
	}

	boolean hasOpenConnection() {
		Child current = child();
		return current != null && current.connection().isOpen();
	}

	/** Close our end towards the current child. */
	void hangUp() {
		Child current = child();
		if (current != null) {
			current.discard();
		}
	}

	@Override
	public String toString() {
		return "SocketPairProcess[%s]".formatted(this.name);
	}

}
