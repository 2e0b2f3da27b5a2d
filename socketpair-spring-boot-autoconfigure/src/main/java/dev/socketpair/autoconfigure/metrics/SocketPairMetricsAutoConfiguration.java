package dev.socketpair.autoconfigure.metrics;

import java.util.Collections;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.autoconfigure.SocketPairAutoConfiguration;
import dev.socketpair.metrics.SocketPairMetrics;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the meters of socket pairs,
 * wherever the application has a {@link MeterRegistry}.
 */
@AutoConfiguration(after = SocketPairAutoConfiguration.class,
		afterName = { "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ MeterRegistry.class, SocketPairFactory.class })
public final class SocketPairMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	SocketPairMetrics socketPairMetrics(SocketPairFactory factory) {
		return new SocketPairMetrics(factory, Collections.emptyList());
	}

}
