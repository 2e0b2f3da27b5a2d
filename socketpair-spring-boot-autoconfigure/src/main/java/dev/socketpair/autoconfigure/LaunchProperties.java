package dev.socketpair.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import dev.socketpair.autoconfigure.process.SocketPairProcessProperties.Child;
import dev.socketpair.process.SocketPairProcessBuilder;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.PropertyMapper;

/**
 * The properties of a child process that say what is launched.
 *
 * @param command the command and its arguments
 * @param directory the working directory, or {@code null}
 * @param environment the variables to set
 * @param inheritEnvironment whether the child inherits the environment
 * @param removeEnvironment the variables that it does not inherit
 * @param settleTime how long a start watches the child
 */
record LaunchProperties(List<String> command, @Nullable String directory, Map<String, String> environment,
		boolean inheritEnvironment, List<String> removeEnvironment, Duration settleTime) {

	/** The endpoint shows the same for a value that it hides. */
	private static final String MASK = "******";

	private static final Pattern NAME_WITHOUT_BRACKETS = Pattern.compile("[A-Za-z0-9_.-]+");

	/**
	 * Return the properties of a child.
	 * @param child the child
	 * @param environment its variables, by the names that the child expects
	 * @return the properties
	 */
	static LaunchProperties of(Child child, Map<String, String> environment) {
		return new LaunchProperties(child.command(), child.directory(), environment, child.inheritEnvironment(),
				child.removeEnvironment(), child.settleTime());
	}

	/**
	 * Set the properties.
	 * @param builder the builder of the process
	 * @param check the check of the properties
	 * @param trial supplies builders on which a single variable can be tried
	 */
	void applyTo(SocketPairProcessBuilder builder, PropertyCheck check, Supplier<SocketPairProcessBuilder> trial) {
		builder.inheritEnvironment(this.inheritEnvironment);
		check.set("command", maskedCommand(), () -> builder.command(this.command));
		this.environment.forEach((name, value) -> check.set("environment" + key(name), MASK, () -> {
			trial.get().environment(name, value).build();
			builder.environment(name, value);
		}));
		this.removeEnvironment
			.forEach((name) -> check.set("remove-environment", name, () -> builder.removeEnvironment(name)));
		check.set("settle-time", this.settleTime, () -> builder.settleTime(this.settleTime));
		PropertyMapper.get()
			.from(this.directory)
			.whenHasText()
			.to((path) -> check.set("directory", path, () -> builder.directory(Path.of(path))));
	}

	/** Arguments may be secret; the endpoint hides them too. */
	private List<String> maskedCommand() {
		List<String> masked = new ArrayList<>(Collections.nCopies(this.command.size(), MASK));
		if (!this.command.isEmpty()) {
			masked.set(0, this.command.get(0));
		}
		return masked;
	}

	private static String key(String name) {
		return (NAME_WITHOUT_BRACKETS.matcher(name).matches() ? ".%s" : "[%s]").formatted(name);
	}

}
