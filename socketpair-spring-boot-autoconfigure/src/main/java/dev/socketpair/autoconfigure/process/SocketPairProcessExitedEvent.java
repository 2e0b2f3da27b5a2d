package dev.socketpair.autoconfigure.process;

import java.time.Duration;

import dev.socketpair.process.ExitStatus;
import dev.socketpair.process.SocketPairProcess;
import org.jspecify.annotations.Nullable;

/**
 * Published when a child has ended, by itself or because it was stopped.
 */
@SuppressWarnings("serial")
public class SocketPairProcessExitedEvent extends SocketPairProcessEvent {

	/** The number that the child had. */
	private final long pid;

	/** How the child ended. */
	private final ExitStatus status;

	/** How long the restart waits, or {@code null} if there will be none. */
	private final @Nullable Duration restartDelay;

	/**
	 * Create the event.
	 * @param process the process
	 * @param pid the number of the child
	 * @param status how it ended
	 * @param restartDelay how long the restart waits, or {@code null} if there will be
	 * none
	 */
	public SocketPairProcessExitedEvent(SocketPairProcess process, long pid, ExitStatus status,
			@Nullable Duration restartDelay) {
		super(process);
		this.pid = pid;
		this.status = status;
		this.restartDelay = restartDelay;
	}

	/**
	 * Return the number that the child had.
	 * @return the number
	 */
	public long getPid() {
		return this.pid;
	}

	/**
	 * Return how the child ended.
	 * @return the status
	 */
	public ExitStatus getStatus() {
		return this.status;
	}

	/**
	 * Return how long the restart waits.
	 * @return the delay, or {@code null} if there will be no restart
	 */
	public @Nullable Duration getRestartDelay() {
		return this.restartDelay;
	}

	@Override
	public String toString() {
		return "SocketPairProcessExitedEvent[%s, pid %s, status %s, restart %s]".formatted(getName(), this.pid,
				this.status, (this.restartDelay != null) ? "in " + this.restartDelay : "none");
	}

}
