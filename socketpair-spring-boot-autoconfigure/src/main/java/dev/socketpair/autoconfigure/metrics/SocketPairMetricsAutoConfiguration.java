package dev.socketpair.autoconfigure.metrics;

import java.util.Collections;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.autoconfigure.SocketPairAutoConfiguration;
import dev.socketpair.autoconfigure.SocketPairProcessBeans;
import dev.socketpair.metrics.SocketPairMetrics;
import dev.socketpair.metrics.SocketPairProcessMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
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

	@Bean
	@ConditionalOnMissingBean(SocketPairMetrics.class)
	MeterBinder socketPairMetrics(ObjectProvider<SocketPairFactory> factory) {
		return new LateSocketPairMetrics(factory);
	}

	@Bean
	@ConditionalOnMissingBean
	SocketPairProcessMetrics socketPairProcessMetrics(ConfigurableListableBeanFactory beanFactory) {
		return new SocketPairProcessMetrics(new SocketPairProcessBeans(beanFactory)::all, Collections.emptyList());
	}

}
