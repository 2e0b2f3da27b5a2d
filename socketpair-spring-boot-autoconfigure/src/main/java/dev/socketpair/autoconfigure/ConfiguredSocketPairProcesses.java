package dev.socketpair.autoconfigure;

import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.autoconfigure.process.SocketPairProcessProperties.Child;
import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessBuilder;
import dev.socketpair.process.SocketPairProcessInitializer;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.Environment;

/**
 * Makes the processes that have a name in the configuration.
 */
class ConfiguredSocketPairProcesses {

	private final ConfiguredNames names;

	private final Map<String, Child> processes;

	private final SocketPairFactory factory;

	private final Environment environment;

	private final @Nullable SocketPairProcessInitializer initializer;

	ConfiguredSocketPairProcesses(ConfiguredNames names, Map<String, Child> processes, SocketPairFactory factory,
			Environment environment, @Nullable SocketPairProcessInitializer initializer) {
		this.names = names;
		this.processes = processes;
		this.factory = factory;
		this.environment = environment;
		this.initializer = initializer;
	}

	/**
	 * Make the process of a name.
	 * @param name the name
	 * @return a new process, not started
	 * @throws InvalidConfigurationPropertyValueException if a value is out of range, or
	 * does not go with another
	 */
	SocketPairProcess create(String name) {
		Child child = this.processes.get(name);
		if (child == null || child.command().isEmpty()) {
			throw this.names.refused(name, "its process has no command",
					"Set '%s.command' to the command and its arguments, such as [python3, worker.py]. "
						.formatted(this.names.path(name))
							+ "A name with a dot stands in brackets: '%s[my.worker].command'."
								.formatted(SocketPairProperties.PROCESSES));
		}
		SocketPairProcessBuilder builder = builder(name, child);
		if (this.initializer != null) {
			builder.initializer(this.initializer);
		}
		return builder.build();
	}

	private SocketPairProcessBuilder builder(String name, Child child) {
		PropertyCheck check = new PropertyCheck(this.names.path(name));
		LaunchProperties launch = LaunchProperties.of(child,
				new ConfiguredChildEnvironment(this.environment, SocketPairProperties.PROCESSES, name)
					.of(child.environment()));
		LinkProperties link = LinkProperties.of(child);
		SocketPairOptions options = link.options(check.property(), name, defaults());
		SocketPairProcessBuilder builder = new SocketPairProcessBuilder(this.factory).name(name).options(options);
		Supplier<SocketPairProcessBuilder> trial = () -> new SocketPairProcessBuilder(this.factory).command(name)
			.options(options)
			.attach(link.attach());
		launch.applyTo(builder, check, trial);
		link.applyTo(builder, check, options.type(), trial);
		ExitProperties.of(child).applyTo(builder, check);
		return builder;
	}

	/** A mock of a factory has none. */
	private SocketPairOptions defaults() {
		return Objects.requireNonNullElseGet(this.factory.defaultOptions(), () -> SocketPairOptions.builder().build());
	}

}
