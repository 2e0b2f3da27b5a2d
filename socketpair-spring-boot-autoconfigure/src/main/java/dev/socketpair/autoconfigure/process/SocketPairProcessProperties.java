package dev.socketpair.autoconfigure.process;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

import dev.socketpair.SocketType;
import dev.socketpair.message.Framing;
import dev.socketpair.process.Attachment;
import dev.socketpair.process.Output;
import dev.socketpair.process.RestartPolicy;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.DeprecatedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
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

	/**
	 * Return the value of the former name of {@link #autoStartInChild()}.
	 * @return whether that has 'true'
	 */
	@DeprecatedConfigurationProperty(replacement = "socketpair.auto-start-in-child",
			reason = "It reads like the name of a process.")
	public boolean processesInChild() {
		return this.processesInChild;
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
	}

}
