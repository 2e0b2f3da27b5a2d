package dev.socketpair.autoconfigure;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.autoconfigure.SocketPairProperties.Pair;
import dev.socketpair.nio.NativeSocketPairFactory;
import dev.socketpair.process.SocketPairProcess;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link SocketPairFactory} and
 * for the {@link SocketPair} beans that have a name under {@code socketpair.pairs}. The
 * factory is created lazily, so that an application without pairs starts on any system.
 * It closes the sockets that it still owns when the application context is closed.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "socketpair.enabled", matchIfMissing = true)
@EnableConfigurationProperties(SocketPairProperties.class)
@ImportRuntimeHints(SocketPairRuntimeHints.class)
public final class SocketPairAutoConfiguration {

	private final SocketPairProperties properties;

	private final ConfiguredNames pairNames;

	private final ConfiguredNames processNames;

	private final SocketPairOptions defaults;

	SocketPairAutoConfiguration(SocketPairProperties properties, Environment environment) {
		this.properties = properties;
		this.pairNames = ConfiguredNames.in(environment, SocketPairProperties.PAIRS);
		this.processNames = ConfiguredNames.in(environment, SocketPairProperties.PROCESSES);
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
	NativeSocketPairFactory socketPairFactory(ObjectProvider<SocketPairFactoryCustomizer> customizers,
			ListableBeanFactory beanFactory) {
		SocketPairOptions.Builder defaults = this.defaults.toBuilder();
		customizers.orderedStream().forEach((customizer) -> customizer.customize(defaults));
		return NativeSocketPairFactory.builder(this.properties.nativeBinding().load())
			.defaults(defaults.build())
			.leakDetection(this.properties.leakDetection())
			.countsBytes(this.properties.statistics())
			.countedNames(countedNames(beanFactory))
			.build();
	}

	/**
	 * The names of all beans, configured or made in code, whose number is bounded. The
	 * pair of a process has the name of the process.
	 */
	private Set<String> countedNames(ListableBeanFactory beanFactory) {
		Set<String> names = new LinkedHashSet<>(this.pairNames.names());
		names.addAll(this.processNames.names());
		for (Class<?> type : List.of(SocketPair.class, SocketPairProcess.class)) {
			names.addAll(List.of(beanFactory.getBeanNamesForType(type, false, false)));
		}
		return names;
	}

	@Bean
	static InterfaceProxies socketPairInterfaceProxies() {
		return new InterfaceProxies();
	}

	@Bean
	static ConfiguredBeanRegistrar<SocketPair> socketPairRegistrar(Environment environment,
			ConfigurableListableBeanFactory beanFactory) {
		return new ConfiguredBeanRegistrar<>(ConfiguredNames.in(environment, SocketPairProperties.PAIRS),
				SocketPair.class, Pair.class, (name) -> beanFactory.getBean(ConfiguredSocketPairs.class).create(name),
				beanFactory);
	}

	@Bean
	@Lazy
	ConfiguredSocketPairs configuredSocketPairs(SocketPairFactory factory) {
		return new ConfiguredSocketPairs(this.pairNames, this.properties.pairs(), factory);
	}

	@Bean
	@ConditionalOnMissingBean
	SocketPairRegistry socketPairRegistry(BeanFactory beanFactory) {
		return new BeanFactorySocketPairRegistry(new ConfiguredBeans<>(this.pairNames, SocketPair.class, beanFactory),
				new ConfiguredBeans<>(this.processNames, SocketPairProcess.class, beanFactory));
	}

}
