package dev.socketpair.autoconfigure;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.autoconfigure.process.SocketPairProcessAutoConfiguration;
import dev.socketpair.autoconfigure.process.SocketPairProcessProperties;
import dev.socketpair.autoconfigure.process.SocketPairProcessProperties.Child;
import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessInitializer;
import dev.socketpair.process.SocketPairProcessListener;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * Configuration of the beans for child processes, imported by
 * {@link SocketPairProcessAutoConfiguration}.
 */
@Configuration(proxyBeanMethods = false)
class SocketPairProcessConfiguration {

	private final SocketPairProcessProperties properties;

	private final ConfiguredNames names;

	SocketPairProcessConfiguration(SocketPairProcessProperties properties, Environment environment) {
		this.properties = properties;
		this.names = ConfiguredNames.in(environment, SocketPairProperties.PROCESSES);
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
		return new ConfiguredBeanRegistrar<>(ConfiguredNames.in(environment, SocketPairProperties.PROCESSES),
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

	/** Processes that are made in code start too where everything else is lazy. */
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
		return new SocketPairProcessLifecycle(new SocketPairProcessBeans(beanFactory)::own, this::startsWithApplication,
				!isChild(environment) || startsInChild(), () -> isMock(factory.getIfUnique()), events);
	}

	/**
	 * The first variable is set in a child with any attachment, the second one in a child
	 * of any parent.
	 */
	private static boolean isChild(Environment environment) {
		return environment.getProperty(SocketPairs.PROCESS_VARIABLE) != null
				|| environment.getProperty(SocketPairs.INHERITED_VARIABLE) != null;
	}

	private boolean startsInChild() {
		return this.properties.autoStartInChild() || this.properties.processesInChild();
	}

	/** A mock has no options unless a test has stubbed them. */
	private static boolean isMock(@Nullable SocketPairFactory factory) {
		return factory != null && factory.defaultOptions() == null;
	}

	private boolean startsWithApplication(String name) {
		Child configured = this.names.names().contains(name) ? this.properties.processes().get(name) : null;
		return configured == null || configured.autoStart();
	}

}
