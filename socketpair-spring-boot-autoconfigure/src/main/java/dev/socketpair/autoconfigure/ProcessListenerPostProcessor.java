package dev.socketpair.autoconfigure;

import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Adds the listeners that are beans to every process that is a bean.
 */
class ProcessListenerPostProcessor implements BeanPostProcessor {

	private static final Log logger = LogFactory.getLog(ProcessListenerPostProcessor.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final ObjectProvider<SocketPairProcessListener> listeners;

	ProcessListenerPostProcessor(ConfigurableListableBeanFactory beanFactory,
			ObjectProvider<SocketPairProcessListener> listeners) {
		this.beanFactory = beanFactory;
		this.listeners = listeners;
	}

	/** Before an init method can start the process, and before it is proxied. */
	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean instanceof SocketPairProcess process) {
			try {
				process.addListener(new LateProcessListeners(beanName, this.beanFactory, this.listeners));
			}
			catch (UnsupportedOperationException ex) {
				logger.debug("The bean '%s' takes no listeners".formatted(beanName), ex);
			}
		}
		return bean;
	}

}
