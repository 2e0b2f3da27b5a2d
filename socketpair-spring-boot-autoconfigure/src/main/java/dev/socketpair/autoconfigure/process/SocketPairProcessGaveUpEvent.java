package dev.socketpair.autoconfigure.process;

import dev.socketpair.process.ExitStatus;
import dev.socketpair.process.SocketPairProcess;

/**
 * Published when the limit of consecutive restarts is reached. No child runs until the
 * process is {@linkplain SocketPairProcess#start() started} again.
 */
@SuppressWarnings("serial")
public class SocketPairProcessGaveUpEvent extends SocketPairProcessEvent {

	/** How the last child ended. */
	private final ExitStatus status;

	/**
	 * Create the event.
	 * @param process the process
	 * @param status how the last child ended
	 */
	public SocketPairProcessGaveUpEvent(SocketPairProcess process, ExitStatus status) {
		super(process);
		this.status = status;
	}

	/**
	 * Return how the last child ended.
	 * @return the status
	 */
	public ExitStatus getStatus() {
		return this.status;
	}

	@Override
	public String toString() {
		return "SocketPairProcessGaveUpEvent[%s, status %s]".formatted(getName(), this.status);
	}

}
