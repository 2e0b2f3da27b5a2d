package dev.socketpair.process;

import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.socketpair.SocketPairOptions;
import dev.socketpair.message.Framing;
import org.jspecify.annotations.Nullable;

/**
 * What every child of a process is started with.
 *
 * @param name the name of the process
 * @param command the command and its arguments
 * @param directory the working directory, or {@code null} for this process's own
 * @param inheritEnvironment whether the environment starts as this process's own
 * @param removedVariables variables that are not inherited
 * @param environment variables that are set
 * @param attachment where the child finds its end
 * @param descriptor the number of its descriptor
 * @param announced further variables that carry the number
 * @param options what the pair is made with
 * @param framing how messages are told apart
 * @param maxMessageSize how large a message may be, or {@code null} for the default
 * @param stdout what becomes of its standard output
 * @param stderr what becomes of its standard error
 * @param restart whether it is started again
 * @param stopTimeout how long it may take to end
 * @param settleTime how long a start watches it
 */
record ChildSpecification(String name, List<String> command, @Nullable File directory, boolean inheritEnvironment,
		Set<String> removedVariables, Map<String, String> environment, Attachment attachment, int descriptor,
		Set<String> announced, SocketPairOptions options, Framing framing, @Nullable Integer maxMessageSize,
		Output stdout, Output stderr, RestartPolicy restart, Duration stopTimeout, Duration settleTime) {
}
