package dev.socketpair.autoconfigure.process;

import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketpair.SocketDomain;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketType;
import dev.socketpair.autoconfigure.SocketPairProperties.Pair;
import dev.socketpair.message.Framing;
import dev.socketpair.process.Attachment;
import dev.socketpair.process.Output;
import dev.socketpair.process.RestartPolicy;
import dev.socketpair.process.SocketPairProcessBuilder;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.DeprecatedConfigurationProperty;
import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.convert.DataSizeUnit;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;
import org.springframework.util.unit.DataUnit;

/**
 * Properties for child processes that hold one end of a pair.
 *
 * @param processes Child processes that are beans, indexed by the name of the bean. Each
 * has the properties 'command', 'directory', 'environment', 'inherit-environment',
 * 'remove-environment', 'attach', 'descriptor', 'announce', 'type', 'send-buffer-size',
 * 'read-timeout', 'write-timeout', 'framing', 'max-message-size', 'stdout', 'stderr',
 * 'auto-start', 'restart', 'stop-timeout' and 'settle-time', of which only 'command' has
 * to be set. The ones of 'restart' are 'policy', 'initial-delay', 'multiplier',
 * 'max-delay' and 'max-restarts'.
 * @param autoStartInChild Whether the processes start by themselves also where this
 * application is itself a child that was given a socket, which the environment variable
 * SOCKETPAIR_PROCESS or SOCKETPAIR_FD tells.
 * @param processesInChild Former name of 'socketpair.auto-start-in-child'.
 */
@ConfigurationProperties("socketpair")
public record SocketPairProcessProperties(@DefaultValue Map<String, Child> processes,
		@DefaultValue("false") boolean autoStartInChild, @DefaultValue("false") boolean processesInChild) {

	static final String PROCESSES = "socketpair.processes";

	/**
	 * Return the value of the former name of {@link #autoStartInChild()}.
	 * @return whether that has 'true'
	 */
	@DeprecatedConfigurationProperty(replacement = "socketpair.auto-start-in-child",
			reason = "It reads like the name of a process.")
	public boolean processesInChild() {
		return this.processesInChild;
	}

	boolean startsInChild() {
		return this.autoStartInChild || this.processesInChild;
	}

	/**
	 * Properties for a child process that has a name.
	 *
	 * @param command List of the command and its arguments. A command without a slash is
	 * looked up on the 'PATH' of the child.
	 * @param directory Working directory of the child.
	 * @param environment Environment variables to set for the child, indexed by their
	 * names.
	 * @param inheritEnvironment Whether the child inherits the environment of this
	 * application.
	 * @param removeEnvironment Comma-separated list of environment variables that the
	 * child does not inherit.
	 * @param attach Where the child finds its end of the pair.
	 * @param descriptor Number of the descriptor at which the child finds its end, 3 to
	 * 9. Without effect with 'attach' set to 'stdio'.
	 * @param announce Comma-separated list of environment variables that tell the child
	 * the number, besides SOCKETPAIR_FD.
	 * @param type Type of the pair, by name or number.
	 * @param sendBufferSize Size of the send buffer of each end, which bounds what waits
	 * for the peer. If a data size suffix is not specified, bytes will be used.
	 * @param readTimeout Time after which a receive fails. If a duration suffix is not
	 * specified, milliseconds will be used.
	 * @param writeTimeout Time after which a send fails. If a duration suffix is not
	 * specified, milliseconds will be used.
	 * @param framing How messages are told apart. By default 'length-prefix' for a stream
	 * and 'none' for other types.
	 * @param maxMessageSize Largest message that can be sent or received. If a data size
	 * suffix is not specified, bytes will be used.
	 * @param stdout What becomes of the standard output of the child, 'log' by default.
	 * Must not be set with 'attach' set to 'stdio'.
	 * @param stderr What becomes of the standard error of the child.
	 * @param autoStart Whether to start the child with the application.
	 * @param restart Restart of a child that has ended.
	 * @param stopTimeout Time that a child has to end by itself before it is killed. If a
	 * duration suffix is not specified, milliseconds will be used.
	 * @param settleTime Time for which a start watches the child, until it says
	 * something. One that fails within it fails the start. If a duration suffix is not
	 * specified, milliseconds will be used.
	 */
	@ConfigurationPropertiesSource
	public record Child(@DefaultValue List<String> command, @Nullable String directory,
			@DefaultValue Map<String, String> environment, @DefaultValue("true") boolean inheritEnvironment,
			@DefaultValue List<String> removeEnvironment, @DefaultValue("descriptor") Attachment attach,
			@DefaultValue("3") int descriptor, @DefaultValue List<String> announce, @Nullable SocketType type,
			@DataSizeUnit(DataUnit.BYTES) @Nullable DataSize sendBufferSize,
			@DurationUnit(ChronoUnit.MILLIS) @Nullable Duration readTimeout,
			@DurationUnit(ChronoUnit.MILLIS) @Nullable Duration writeTimeout, @Nullable Framing framing,
			@DataSizeUnit(DataUnit.BYTES) @Nullable DataSize maxMessageSize, @Nullable Output stdout,
			@DefaultValue("log") Output stderr, @DefaultValue("true") boolean autoStart, @DefaultValue Restart restart,
			@DurationUnit(ChronoUnit.MILLIS) @DefaultValue("5s") Duration stopTimeout,
			@DurationUnit(ChronoUnit.MILLIS) @DefaultValue("1s") Duration settleTime) {

		/** As the endpoint shows what it hides. */
		private static final String MASK = "******";

		private static final Pattern NAME_WITHOUT_BRACKETS = Pattern.compile("[A-Za-z0-9_.-]+");

		/**
		 * Return a builder of the process that the properties describe.
		 * @param property the property below which they stand
		 * @param name the name of the process
		 * @param factory makes the pairs
		 * @param variables what to set in the environment
		 * @return a new builder
		 * @throws InvalidConfigurationPropertyValueException if a value is out of range,
		 * or does not go with another
		 */
		SocketPairProcessBuilder toBuilder(String property, String name, SocketPairFactory factory,
				Map<String, String> variables) {
			// Whatever 'socketpair.domain' is: 'tipc' does not do for a child.
			SocketPairOptions options = new Pair(SocketDomain.UNIX, this.type, null, Set.of(), this.sendBufferSize,
					this.readTimeout, this.writeTimeout, null)
				.toOptions(property,
						Objects.requireNonNullElseGet(factory.defaultOptions(),
								() -> SocketPairOptions.builder().build()))
				.name(name)
				.build();
			SocketPairProcessBuilder builder = new SocketPairProcessBuilder(factory).name(name)
				.options(options)
				.inheritEnvironment(this.inheritEnvironment)
				.attach(this.attach)
				.stderr(this.stderr);
			Check check = new Check(property);
			check.set("command", masked(this.command), () -> builder.command(this.command));
			setEnvironment(builder, check, variables,
					() -> new SocketPairProcessBuilder(factory).command(name).options(options).attach(this.attach));
			check.set("descriptor", this.descriptor, () -> builder.descriptor(this.descriptor));
			check.set("stop-timeout", this.stopTimeout, () -> builder.stopTimeout(this.stopTimeout));
			check.set("settle-time", this.settleTime, () -> builder.settleTime(this.settleTime));
			builder.restart(this.restart.toPolicy(new Check(property + ".restart")));
			PropertyMapper map = PropertyMapper.get();
			map.from(this.directory)
				.whenHasText()
				.to((path) -> check.set("directory", path, () -> builder.directory(Path.of(path))));
			map.from(this.maxMessageSize)
				.to((size) -> check.set("max-message-size", size, () -> builder.maxMessageSize(bytes(size))));
			map.from(this.stdout).to((output) -> check.set("stdout", output, () -> {
				check.that(this.attach != Attachment.STDIO,
						"Must not be set with 'attach' set to 'stdio': standard output is the socket.");
				builder.stdout(output);
			}));
			map.from(this.framing).to((chosen) -> check.set("framing", chosen, () -> {
				check.that(chosen.suits(options.type()), mismatch(chosen, options.type()));
				builder.framing(chosen);
			}));
			return builder;
		}

		/** Name by name, so that a failure is that of one of them. */
		private void setEnvironment(SocketPairProcessBuilder builder, Check check, Map<String, String> variables,
				Supplier<SocketPairProcessBuilder> trial) {
			variables.forEach((name, value) -> check.set("environment" + key(name), MASK, () -> {
				trial.get().environment(name, value).build();
				builder.environment(name, value);
			}));
			this.removeEnvironment
				.forEach((name) -> check.set("remove-environment", name, () -> builder.removeEnvironment(name)));
			this.announce.forEach((name) -> check.set("announce", name, () -> {
				trial.get().announce(name).build();
				builder.announce(name);
			}));
		}

		/** Arguments may be secret, as the endpoint has it. */
		private static List<String> masked(List<String> command) {
			List<String> masked = new ArrayList<>(Collections.nCopies(command.size(), MASK));
			if (!command.isEmpty()) {
				masked.set(0, command.get(0));
			}
			return masked;
		}

		private static String key(String name) {
			return (NAME_WITHOUT_BRACKETS.matcher(name).matches() ? ".%s" : "[%s]").formatted(name);
		}

		private static String mismatch(Framing framing, SocketType type) {
			return (framing == Framing.NONE)
					? "Does not suit the type '%s', which has no messages of its own: use '%s', or the type 'seqpacket'."
						.formatted(type,
								Stream.of(Framing.values())
									.filter((other) -> other.suits(type))
									.map(Framing::text)
									.collect(Collectors.joining("', '")))
					: "Does not suit the type '%s', which has messages of its own: use 'none', or the type 'stream'."
						.formatted(type);
		}

		private static int bytes(DataSize size) {
			if (size.toBytes() < 1 || size.toBytes() > Integer.MAX_VALUE) {
				throw new IllegalArgumentException("Must be between 1B and %sB.".formatted(Integer.MAX_VALUE));
			}
			return (int) size.toBytes();
		}

	}

	/**
	 * Properties for the restart of a child that has ended.
	 *
	 * @param policy After which ends the child is started again.
	 * @param initialDelay Delay of the first restart in a row. If a duration suffix is
	 * not specified, milliseconds will be used.
	 * @param multiplier Factor from each delay to the next one.
	 * @param maxDelay Longest delay. A child that has stayed up for that long ends the
	 * row. If a duration suffix is not specified, milliseconds will be used.
	 * @param maxRestarts Number of restarts in a row after which nothing is started any
	 * more.
	 */
	@ConfigurationPropertiesSource
	public record Restart(@DefaultValue("on-failure") RestartPolicy.When policy,
			@DurationUnit(ChronoUnit.MILLIS) @DefaultValue("200ms") Duration initialDelay,
			@DefaultValue("2") double multiplier,
			@DurationUnit(ChronoUnit.MILLIS) @DefaultValue("30s") Duration maxDelay,
			@DefaultValue("10") int maxRestarts) {

		private RestartPolicy toPolicy(Check check) {
			Duration longest = Duration.ofSeconds(Long.MAX_VALUE);
			check.set("initial-delay", this.initialDelay,
					() -> new RestartPolicy(this.policy, this.initialDelay, 1, longest, 1));
			check.set("multiplier", this.multiplier,
					() -> new RestartPolicy(this.policy, Duration.ZERO, this.multiplier, longest, 1));
			check.set("max-restarts", this.maxRestarts,
					() -> new RestartPolicy(this.policy, Duration.ZERO, 1, longest, this.maxRestarts));
			check.set("max-delay", this.maxDelay,
					() -> new RestartPolicy(this.policy, this.initialDelay, 1, this.maxDelay, 1));
			return new RestartPolicy(this.policy, this.initialDelay, this.multiplier, this.maxDelay, this.maxRestarts);
		}

	}

	/**
	 * Names the property whose value is refused.
	 *
	 * @param property the property below which the others stand
	 */
	private record Check(String property) {

		/**
		 * What the code calls {@code maxDelay} the configuration calls {@code max-delay}.
		 */
		private static final Pattern NAME_IN_CODE = Pattern.compile("'[a-z]+([A-Z][a-z]+)+'");

		void set(String name, Object value, Runnable setter) {
			try {
				setter.run();
			}
			catch (IllegalArgumentException | NullPointerException ex) {
				throw new InvalidConfigurationPropertyValueException(this.property + "." + name, value,
						NAME_IN_CODE.matcher(String.valueOf(ex.getMessage()))
							.replaceAll((match) -> match.group().replaceAll("(?=[A-Z])", "-").toLowerCase(Locale.ROOT)),
						ex);
			}
		}

		void that(boolean right, String reason) {
			if (!right) {
				throw new IllegalArgumentException(reason);
			}
		}

	}

}
