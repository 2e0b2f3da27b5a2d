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
import org.springframework.context.annotation.Lazy;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link SocketPairFactory}. The
 * factory is made when something asks for it, so that an application that does not starts
 * on any system. It closes what it still owns when the application context is closed.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "socketpair.enabled", matchIfMissing = true)
@EnableConfigurationProperties(SocketPairProperties.class)
@ImportRuntimeHints(SocketPairRuntimeHints.class)
public final class SocketPairAutoConfiguration {

	private final SocketPairProperties properties;

	private final SocketPairOptions defaults;

	SocketPairAutoConfiguration(SocketPairProperties properties) {
		this.properties = properties;
		// Here, so that a bad value stops the start-up even if nothing uses the factory.
		this.defaults = properties.toOptions().build();
	}

	@Bean
	@ConfigurationPropertiesBinding
	static SocketPairPropertyConverter socketPairPropertyConverter() {
		return new SocketPairPropertyConverter();
	}

	@Bean
	@Lazy
	@ConditionalOnMissingBean(SocketPairFactory.class)
	NativeSocketPairFactory socketPairFactory(ObjectProvider<SocketPairFactoryCustomizer> customizers) {
		SocketPairOptions.Builder defaults = this.defaults.toBuilder();
		customizers.orderedStream().forEach((customizer) -> customizer.customize(defaults));
		return NativeSocketPairFactory.builder(this.properties.nativeBinding().load())
			.defaults(defaults.build())
			.leakDetection(this.properties.leakDetection())
			.countsBytes(this.properties.statistics())
			.build();
	}

}
