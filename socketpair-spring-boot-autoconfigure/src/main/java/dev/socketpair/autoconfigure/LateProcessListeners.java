package dev.socketpair.autoconfigure;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;

import dev.socketpair.process.ExitStatus;
import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Passes events on to the listeners that are beans. They are looked up at the first
 * event, because one may need the very process that is being made. The process that they
 * are given is the bean.
 */
class LateProcessListeners implements SocketPairProcessListener {

	private static final Log logger = LogFactory.getLog(LateProcessListeners.class);

	private final String beanName;

	private final ConfigurableListableBeanFactory beanFactory;

	private final ObjectProvider<SocketPairProcessListener> beans;

	private volatile @Nullable List<SocketPairProcessListener> listeners;

	LateProcessListeners(String beanName, ConfigurableListableBeanFactory beanFactory,
			ObjectProvider<SocketPairProcessListener> beans) {
		this.beanName = beanName;
		this.beanFactory = beanFactory;
		this.beans = beans;
	}

	@Override
	public void started(SocketPairProcess process, long pid) {
		tell(process, (listener, bean) -> listener.started(bean, pid));
	}

	@Override
	public void exited(SocketPairProcess process, long pid, ExitStatus status, @Nullable Duration restartDelay) {
		tell(process, (listener, bean) -> listener.exited(bean, pid, status, restartDelay));
	}

	@Override
	public void restartFailed(SocketPairProcess process, IOException failure, @Nullable Duration restartDelay) {
		tell(process, (listener, bean) -> listener.restartFailed(bean, failure, restartDelay));
	}

	@Override
	public void gaveUp(SocketPairProcess process, ExitStatus status) {
		tell(process, (listener, bean) -> listener.gaveUp(bean, status));
	}

	private void tell(SocketPairProcess process, BiConsumer<SocketPairProcessListener, SocketPairProcess> event) {
		SocketPairProcess bean = bean(process);
		for (SocketPairProcessListener listener : listeners()) {
			try {
				event.accept(listener, bean);
			}
			catch (RuntimeException ex) {
				// The other listeners are still called.
				logger.warn("A listener of process '%s' failed".formatted(process.name()), ex);
			}
		}
	}

	/** The bean may be a proxy or a spy of the process. */
	private SocketPairProcess bean(SocketPairProcess process) {
		return (this.beanFactory.containsSingleton(this.beanName)
				&& this.beanFactory.getSingleton(this.beanName) instanceof SocketPairProcess bean) ? bean : process;
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
