package dev.socketpair.autoconfigure.process;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.autoconfigure.ConfiguredBeanRegistrar;
import dev.socketpair.autoconfigure.ConfiguredNames;
import dev.socketpair.autoconfigure.SocketPairAutoConfiguration;
import dev.socketpair.autoconfigure.process.SocketPairProcessProperties.Child;
import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessInitializer;
import dev.socketpair.process.SocketPairProcessListener;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the {@link SocketPairProcess}
 * beans that have a name under {@code socketpair.processes}. They, and those that the
 * application makes in code, are started before the web server accepts requests, and
 * stopped after it has drained.
 */
@AutoConfiguration(after = SocketPairAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "socketpair.enabled", matchIfMissing = true)
@EnableConfigurationProperties(SocketPairProcessProperties.class)
public final class SocketPairProcessAutoConfiguration {

	private final SocketPairProcessProperties properties;

	private final ConfiguredNames names;

	SocketPairProcessAutoConfiguration(SocketPairProcessProperties properties, Environment environment) {
		this.properties = properties;
		this.names = ConfiguredNames.in(environment, SocketPairProcessProperties.PROCESSES);
	}

	@Bean
	@ConfigurationPropertiesBinding
	static SocketPairProcessPropertyConverter socketPairProcessPropertyConverter() {
		return new SocketPairProcessPropertyConverter();
	}

	@Bean
	static TopLevelPropertyCheck socketPairTopLevelPropertyCheck(Environment environment) {
		return new TopLevelPropertyCheck(environment);
	}

	@Bean
	static ConfiguredBeanRegistrar<SocketPairProcess> socketPairProcessRegistrar(Environment environment,
			ConfigurableListableBeanFactory beanFactory) {
		return new ConfiguredBeanRegistrar<>(ConfiguredNames.in(environment, SocketPairProcessProperties.PROCESSES),
				SocketPairProcess.class, Child.class,
				(name) -> beanFactory.getBean(ConfiguredSocketPairProcesses.class).create(name), beanFactory);
	}

	@Bean
	@Lazy
	ConfiguredSocketPairProcesses configuredSocketPairProcesses(SocketPairFactory factory, Environment environment,
			ObjectProvider<SocketPairProcessInitializer> initializers, ListableBeanFactory beanFactory) {
		boolean initializes = beanFactory.getBeanNamesForType(SocketPairProcessInitializer.class, true,
				false).length > 0;
		return new ConfiguredSocketPairProcesses(this.names, this.properties.processes(), factory, environment,
				initializes ? new LateProcessInitializer(initializers) : null);
	}

	@Bean
	static ProcessListenerPostProcessor socketPairProcessListenerPostProcessor(
			ConfigurableListableBeanFactory beanFactory, ObjectProvider<SocketPairProcessListener> listeners) {
		return new ProcessListenerPostProcessor(beanFactory, listeners);
	}

	/** Those of the code too run where all else is lazy. */
	@Bean
	static LazyInitializationExcludeFilter socketPairProcessLazyInitializationExcludeFilter() {
		return LazyInitializationExcludeFilter.forBeanTypes(SocketPairProcess.class);
	}

	@Bean
	ProcessEventPublisher socketPairProcessEventPublisher(ConfigurableApplicationContext context) {
		return new ProcessEventPublisher(context);
	}

	@Bean
	SocketPairProcessLifecycle socketPairProcessLifecycle(ConfigurableListableBeanFactory beanFactory,
			Environment environment, ObjectProvider<SocketPairFactory> factory, ProcessEventPublisher events) {
		return new SocketPairProcessLifecycle(new SocketPairProcessBeans(beanFactory)::own, this::startsByItself,
				!isChild(environment) || this.properties.startsInChild(), () -> isMock(factory.getIfUnique()), events);
	}

	/**
	 * The one variable is there at any attachment, the other in the child of any parent.
	 */
	private static boolean isChild(Environment environment) {
		return environment.getProperty(SocketPairs.PROCESS_VARIABLE) != null
				|| environment.getProperty(SocketPairs.INHERITED_VARIABLE) != null;
	}

	/** It has no options unless a test has told it to. */
	private static boolean isMock(@Nullable SocketPairFactory factory) {
		return factory != null && factory.defaultOptions() == null;
	}

	private boolean startsByItself(String name) {
		Child configured = this.names.names().contains(name) ? this.properties.processes().get(name) : null;
		return configured == null || configured.autoStart();
	}

}
