package dev.socketpair.autoconfigure.process;

import dev.socketpair.process.SocketPairProcess;

/**
 * Published when a child has been started, for the first time or again.
 */
@SuppressWarnings("serial")
public class SocketPairProcessStartedEvent extends SocketPairProcessEvent {

	/** The number of the child. */
	private final long pid;

	/**
	 * Create the event.
	 * @param process the process
	 * @param pid the number of the child
	 */
	public SocketPairProcessStartedEvent(SocketPairProcess process, long pid) {
		super(process);
		this.pid = pid;
	}

	/**
	 * Return the number of the child.
	 * @return the number
	 */
	public long getPid() {
		return this.pid;
	}

	@Override
	public String toString() {
		return "SocketPairProcessStartedEvent[%s, pid %s]".formatted(getName(), this.pid);
	}

}
