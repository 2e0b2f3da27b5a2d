package dev.socketpair.process;

import java.io.IOException;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Receives events of the children of a {@link SocketPairProcess}.
 * <p>
 * The events of one process come in order and one at a time, in a thread that does
 * nothing else: a listener may wait, and may call any method of the process. It may be
 * called some time after the event. Exceptions are logged.
 */
public interface SocketPairProcessListener {

	/**
	 * A child was started.
	 * @param process the process
	 * @param pid the number of the child
	 */
	default void started(SocketPairProcess process, long pid) {
	}

	/**
	 * A child ended.
	 * @param process the process
	 * @param pid the number of the child
	 * @param status how it ended
	 * @param restartDelay how long the restart of the child waits, or {@code null} if
	 * there will be none
	 */
	default void exited(SocketPairProcess process, long pid, ExitStatus status, @Nullable Duration restartDelay) {
	}

	/**
	 * A restart failed before there was a child.
	 * @param process the process
	 * @param failure why
	 * @param restartDelay how long the next attempt waits, or {@code null} if there will
	 * be none
	 */
	default void restartFailed(SocketPairProcess process, IOException failure, @Nullable Duration restartDelay) {
	}

	/**
	 * There were too many consecutive restarts: no child is started any more.
	 * @param process the process
	 * @param status how the last child ended
	 */
	default void gaveUp(SocketPairProcess process, ExitStatus status) {
	}

}
