package dev.socketpair.autoconfigure.process;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.autoconfigure.ConfiguredBeanRegistrar;
import dev.socketpair.autoconfigure.ConfiguredNames;
import dev.socketpair.autoconfigure.SocketPairAutoConfiguration;
import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessListener;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
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
 * beans that have a name under {@code socketpair.processes}. They are started before the
 * web server accepts requests, and stopped after it has drained.
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
	static ConfiguredBeanRegistrar<SocketPairProcess> socketPairProcessRegistrar(Environment environment,
			ConfigurableListableBeanFactory beanFactory) {
		return new ConfiguredBeanRegistrar<>(ConfiguredNames.in(environment, SocketPairProcessProperties.PROCESSES),
				SocketPairProcess.class,
				(name) -> beanFactory.getBean(ConfiguredSocketPairProcesses.class).create(name), beanFactory);
	}

	@Bean
	@Lazy
	ConfiguredSocketPairProcesses configuredSocketPairProcesses(SocketPairFactory factory,
			ObjectProvider<SocketPairProcessListener> listeners) {
		return new ConfiguredSocketPairProcesses(this.names, this.properties.processes(), factory,
				new LateProcessListeners(listeners));
	}

	@Bean
	ProcessEventPublisher socketPairProcessEventPublisher(ConfigurableApplicationContext context) {
		return new ProcessEventPublisher(context);
	}

	@Bean
	SocketPairProcessLifecycle socketPairProcessLifecycle(BeanFactory beanFactory, Environment environment,
			ProcessEventPublisher events) {
		return new SocketPairProcessLifecycle(() -> processes(beanFactory), namesToStart(),
				!isChild(environment) || this.properties.startsInChild(), events);
	}

	/**
	 * The one variable is there at any attachment, the other in the child of any parent.
	 */
	private static boolean isChild(Environment environment) {
		return environment.getProperty(SocketPairs.PROCESS_VARIABLE) != null
				|| environment.getProperty(SocketPairs.INHERITED_VARIABLE) != null;
	}

	private Map<String, SocketPairProcess> processes(BeanFactory beanFactory) {
		Map<String, SocketPairProcess> processes = new LinkedHashMap<>();
		this.names.names().forEach((name) -> processes.put(name, beanFactory.getBean(name, SocketPairProcess.class)));
		return processes;
	}

	private Set<String> namesToStart() {
		Set<String> names = new LinkedHashSet<>();
		this.properties.processes().forEach((name, process) -> {
			if (process.autoStart() && this.names.names().contains(name)) {
				names.add(name);
			}
		});
		return names;
	}

}
