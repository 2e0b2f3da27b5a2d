package dev.socketpair.autoconfigure.actuate;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.actuate.SocketPairsEndpoint;
import dev.socketpair.actuate.SocketPairsEndpointWebExtension;
import dev.socketpair.autoconfigure.SocketPairAutoConfiguration;
import dev.socketpair.autoconfigure.SocketPairProcessBeans;
import dev.socketpair.autoconfigure.process.SocketPairProcessAutoConfiguration;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the {@link SocketPairsEndpoint},
 * wherever it is exposed. The factory is made at the first request, if nothing has asked
 * for it before.
 */
@AutoConfiguration(after = { SocketPairAutoConfiguration.class, SocketPairProcessAutoConfiguration.class })
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(SocketPairsEndpoint.class)
@ConditionalOnSingleCandidate(SocketPairFactory.class)
@EnableConfigurationProperties(SocketPairsEndpointProperties.class)
public final class SocketPairsEndpointAutoConfiguration {

	SocketPairsEndpointAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	SocketPairsEndpoint socketPairsEndpoint(ObjectProvider<SocketPairFactory> factory,
			ConfigurableListableBeanFactory beanFactory, ObjectProvider<SanitizingFunction> sanitizingFunctions,
			SocketPairsEndpointProperties properties) {
		return new SocketPairsEndpoint(factory::getObject, new SocketPairProcessBeans(beanFactory)::all,
				sanitizingFunctions.orderedStream().toList(), properties.showValues());
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(SocketPairsEndpoint.class)
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	SocketPairsEndpointWebExtension socketPairsEndpointWebExtension(SocketPairsEndpoint endpoint,
			SocketPairsEndpointProperties properties) {
		return new SocketPairsEndpointWebExtension(endpoint, properties.showValues(), properties.roles());
	}

}
