package dev.socketpair.autoconfigure.process;

import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
 * @param processes Child processes that are beans, indexed by the name of the bean.
 * @param processesInChild Whether to start the processes also where this application is
 * itself a child that was given a socket, which the environment variable SOCKETPAIR_FD
 * tells.
 */
@ConfigurationProperties("socketpair")
public record SocketPairProcessProperties(@DefaultValue Map<String, Child> processes,
		@DefaultValue("false") boolean processesInChild) {

	static final String PROCESSES = "socketpair.processes";

	/**
	 * Properties for a child process that has a name.
	 *
	 * @param command Command and its arguments. A command without a slash is looked up on
	 * the 'PATH' of the child.
	 * @param directory Working directory of the child.
	 * @param environment Environment variables to set for the child.
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
	 * @param settleTime Time for which a start watches the child. One that fails within
	 * it fails the start. If a duration suffix is not specified, milliseconds will be
	 * used.
	 */
	public record Child(@DefaultValue List<String> command, @Nullable Path directory,
			@DefaultValue Map<String, String> environment, @DefaultValue("true") boolean inheritEnvironment,
			@DefaultValue List<String> removeEnvironment, @DefaultValue("descriptor") Attachment attach,
			@DefaultValue("3") int descriptor, @DefaultValue List<String> announce, @Nullable SocketType type,
			@DataSizeUnit(DataUnit.BYTES) @Nullable DataSize sendBufferSize,
			@DurationUnit(ChronoUnit.MILLIS) @Nullable Duration readTimeout,
			@DurationUnit(ChronoUnit.MILLIS) @Nullable Duration writeTimeout, @Nullable Framing framing,
			@DataSizeUnit(DataUnit.BYTES) @Nullable DataSize maxMessageSize, @Nullable Output stdout,
			@DefaultValue("log") Output stderr, @DefaultValue("true") boolean autoStart, @DefaultValue Restart restart,
			@DurationUnit(ChronoUnit.MILLIS) @DefaultValue("5s") Duration stopTimeout,
			@DurationUnit(ChronoUnit.MILLIS) @DefaultValue("300ms") Duration settleTime) {

		/**
		 * Return a builder of the process that the properties describe.
		 * @param property the property below which they stand
		 * @param name the name of the process
		 * @param factory makes the pairs
		 * @return a new builder
		 * @throws InvalidConfigurationPropertyValueException if a value is out of range,
		 * or does not go with another
		 */
		SocketPairProcessBuilder toBuilder(String property, String name, SocketPairFactory factory) {
			SocketPairOptions options = new Pair(null, this.type, null, Set.of(), this.sendBufferSize, this.readTimeout,
					this.writeTimeout, null)
				.toOptions(property, factory.defaultOptions())
				.name(name)
				.build();
			SocketPairProcessBuilder builder = new SocketPairProcessBuilder(factory).name(name)
				.options(options)
				.directory(this.directory)
				.inheritEnvironment(this.inheritEnvironment)
				.attach(this.attach)
				.stderr(this.stderr);
			Check check = new Check(property);
			check.set("command", this.command, () -> builder.command(this.command));
			check.set("environment", this.environment, () -> builder.environment(this.environment));
			check.set("remove-environment", this.removeEnvironment,
					() -> builder.removeEnvironment(this.removeEnvironment.toArray(String[]::new)));
			check.set("announce", this.announce, () -> builder.announce(this.announce.toArray(String[]::new)));
			check.set("descriptor", this.descriptor, () -> builder.descriptor(this.descriptor));
			check.set("stop-timeout", this.stopTimeout, () -> builder.stopTimeout(this.stopTimeout));
			check.set("settle-time", this.settleTime, () -> builder.settleTime(this.settleTime));
			builder.restart(this.restart.toPolicy(property + ".restart"));
			PropertyMapper map = PropertyMapper.get();
			map.from(this.maxMessageSize)
				.to((size) -> check.set("max-message-size", size, () -> builder.maxMessageSize(bytes(size))));
			map.from(this.stdout).to((output) -> {
				if (this.attach == Attachment.STDIO) {
					throw new InvalidConfigurationPropertyValueException(property + ".stdout", output,
							"Must not be set with 'attach' set to 'stdio': standard output is the socket.");
				}
				builder.stdout(output);
			});
			map.from(this.framing).to((framing) -> {
				if (!framing.suits(options.type())) {
					throw new InvalidConfigurationPropertyValueException(property + ".framing", framing,
							"Does not suit the type '%s': use '%s'.".formatted(options.type(),
									Framing.defaultFor(options.type())));
				}
				builder.framing(framing);
			});
			return builder;
		}

		private static int bytes(DataSize size) {
			if (size.toBytes() > Integer.MAX_VALUE) {
				throw new IllegalArgumentException("'maxMessageSize' must be at most %dB".formatted(Integer.MAX_VALUE));
			}
			return (int) Math.max(0, size.toBytes());
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
	public record Restart(@DefaultValue("on-failure") RestartPolicy.When policy,
			@DurationUnit(ChronoUnit.MILLIS) @DefaultValue("200ms") Duration initialDelay,
			@DefaultValue("2") double multiplier,
			@DurationUnit(ChronoUnit.MILLIS) @DefaultValue("30s") Duration maxDelay,
			@DefaultValue("10") int maxRestarts) {

		private RestartPolicy toPolicy(String property) {
			try {
				return new RestartPolicy(this.policy, this.initialDelay, this.multiplier, this.maxDelay,
						this.maxRestarts);
			}
			catch (IllegalArgumentException ex) {
				throw new InvalidConfigurationPropertyValueException(property, this, ex.getMessage(), ex);
			}
		}

	}

	/**
	 * Names the property whose value a builder refuses.
	 *
	 * @param property the property below which the others stand
	 */
	private record Check(String property) {

		void set(String name, Object value, Runnable setter) {
			try {
				setter.run();
			}
			catch (IllegalArgumentException | NullPointerException ex) {
				throw new InvalidConfigurationPropertyValueException(this.property + "." + name, value, ex.getMessage(),
						ex);
			}
		}

	}

}
