package dev.socketpair.autoconfigure;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.nio.NativeSocketPairFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link SocketPairFactory}. The
 * factory closes what it still owns when the application context is closed.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "socketpair.enabled", matchIfMissing = true)
@EnableConfigurationProperties(SocketPairProperties.class)
@ImportRuntimeHints(SocketPairRuntimeHints.class)
public final class SocketPairAutoConfiguration {

	@Bean
	@ConfigurationPropertiesBinding
	static SocketPairPropertyConverter socketPairPropertyConverter() {
		return new SocketPairPropertyConverter();
	}

	@Bean
	@ConditionalOnMissingBean(SocketPairFactory.class)
	NativeSocketPairFactory socketPairFactory(SocketPairProperties properties,
			ObjectProvider<SocketPairFactoryCustomizer> customizers) {
		SocketPairOptions.Builder defaults = properties.toOptions();
		customizers.orderedStream().forEach((customizer) -> customizer.customize(defaults));
		return NativeSocketPairFactory.builder(properties.nativeBinding().load())
			.defaults(defaults.build())
			.leakDetection(properties.leakDetection())
			.countsBytes(properties.statistics())
			.build();
	}

}
