package dev.socketpair.autoconfigure.metrics;

import java.util.Collections;

import dev.socketpair.NativeBindingException;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.metrics.SocketPairMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Binds the meters of a factory that is created when a registry is bound, if it can be. A
 * class, because a lambda cannot be spied on.
 */
class LateSocketPairMetrics implements MeterBinder {

	private static final Log logger = LogFactory.getLog(SocketPairMetricsAutoConfiguration.class);

	private final ObjectProvider<SocketPairFactory> factory;

	LateSocketPairMetrics(ObjectProvider<SocketPairFactory> factory) {
		this.factory = factory;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		try {
			new SocketPairMetrics(this.factory.getObject(), Collections.emptyList()).bindTo(registry);
		}
		catch (BeanCreationException ex) {
			if (!ex.contains(NativeBindingException.class)) {
				throw ex;
			}
			// Beans that need the factory fail for the same reason, with an analysis.
			logger.info("Socket pairs have no meters: " + ex.getMostSpecificCause().getMessage());
		}
	}

}
