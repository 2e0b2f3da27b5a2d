package dev.socketpair.autoconfigure.metrics;

import java.util.Collection;
import java.util.Collections;

import dev.socketpair.NativeBindingException;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.autoconfigure.SocketPairAutoConfiguration;
import dev.socketpair.autoconfigure.SocketPairRegistry;
import dev.socketpair.metrics.SocketPairMetrics;
import dev.socketpair.metrics.SocketPairProcessMetrics;
import dev.socketpair.process.SocketPairProcess;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the meters of socket pairs,
 * wherever the application has a {@link MeterRegistry}. Where the C library cannot be
 * called there is nothing to count, and the application starts without the meters.
 */
@AutoConfiguration(after = SocketPairAutoConfiguration.class,
		afterName = { "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
@ConditionalOnSingleCandidate(SocketPairFactory.class)
public final class SocketPairMetricsAutoConfiguration {

	SocketPairMetricsAutoConfiguration() {
	}

	private static final Log logger = LogFactory.getLog(SocketPairMetricsAutoConfiguration.class);

	@Bean
	@ConditionalOnMissingBean(SocketPairMetrics.class)
	MeterBinder socketPairMetrics(ObjectProvider<SocketPairFactory> factory) {
		return (registry) -> bind(factory, registry);
	}

	@Bean
	@ConditionalOnMissingBean
	SocketPairProcessMetrics socketPairProcessMetrics(ObjectProvider<SocketPairRegistry> registry) {
		return new SocketPairProcessMetrics(() -> processes(registry.getIfAvailable()), Collections.emptyList());
	}

	/** None where 'socketpair.enabled' is false, and the factory is the application's. */
	private static Collection<SocketPairProcess> processes(@Nullable SocketPairRegistry registry) {
		return (registry != null) ? registry.processes().values() : Collections.emptyList();
	}

	private static void bind(ObjectProvider<SocketPairFactory> factory, MeterRegistry registry) {
		try {
			new SocketPairMetrics(factory.getObject(), Collections.emptyList()).bindTo(registry);
		}
		catch (BeanCreationException ex) {
			if (!ex.contains(NativeBindingException.class)) {
				throw ex;
			}
			// Whatever needs the factory will fail for the same reason, and say so.
			logger.info("Socket pairs have no meters: " + ex.getMostSpecificCause().getMessage());
		}
	}

}
