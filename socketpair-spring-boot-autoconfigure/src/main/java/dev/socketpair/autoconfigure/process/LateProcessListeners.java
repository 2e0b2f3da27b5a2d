package dev.socketpair.autoconfigure.process;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import dev.socketpair.process.ExitStatus;
import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;

/**
 * The listeners that are beans, looked up when there is something to tell them: one may
 * need the very process that is being made.
 */
class LateProcessListeners implements SocketPairProcessListener {

	private static final Log logger = LogFactory.getLog(LateProcessListeners.class);

	private final ObjectProvider<SocketPairProcessListener> beans;

	private volatile @Nullable List<SocketPairProcessListener> listeners;

	LateProcessListeners(ObjectProvider<SocketPairProcessListener> beans) {
		this.beans = beans;
	}

	@Override
	public void started(SocketPairProcess process, long pid) {
		tell(process, (listener) -> listener.started(process, pid));
	}

	@Override
	public void exited(SocketPairProcess process, long pid, ExitStatus status, @Nullable Duration restartDelay) {
		tell(process, (listener) -> listener.exited(process, pid, status, restartDelay));
	}

	@Override
	public void restartFailed(SocketPairProcess process, IOException failure, @Nullable Duration restartDelay) {
		tell(process, (listener) -> listener.restartFailed(process, failure, restartDelay));
	}

	@Override
	public void gaveUp(SocketPairProcess process, ExitStatus status) {
		tell(process, (listener) -> listener.gaveUp(process, status));
	}

	private void tell(SocketPairProcess process, Consumer<SocketPairProcessListener> event) {
		for (SocketPairProcessListener listener : listeners()) {
			try {
				event.accept(listener);
			}
			catch (RuntimeException ex) {
				// The others are to know all the same.
				logger.warn("A listener of process '%s' failed".formatted(process.name()), ex);
			}
		}
	}

	private List<SocketPairProcessListener> listeners() {
		List<SocketPairProcessListener> found = this.listeners;
		if (found == null) {
			found = this.beans.orderedStream().toList();
			this.listeners = found;
		}
		return found;
	}

}
