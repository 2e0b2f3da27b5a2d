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
 * What every child of a process is started with. Built by
 * {@link SocketPairProcessBuilder}.
 *
 * @param name the name of the process
 * @param launch what is launched
 * @param link how it is linked to this process
 * @param lifetime what happens from its start to its end
 */
record ChildSpecification(String name, Launch launch, Link link, Lifetime lifetime) {

	/**
	 * What is launched.
	 *
	 * @param command the command and its arguments
	 * @param directory the working directory, or {@code null} for this process's own
	 * @param environment the environment
	 * @param stdout what becomes of standard output
	 * @param stderr what becomes of standard error
	 */
	record Launch(List<String> command, @Nullable File directory, Environment environment, Output stdout,
			Output stderr) {
	}

	/**
	 * The environment of a child, but for the variables that announce its end.
	 *
	 * @param inherited whether it starts as this process's own
	 * @param removed names of variables that are not inherited
	 * @param variables variables that are set
	 */
	record Environment(boolean inherited, Set<String> removed, Map<String, String> variables) {
	}

	/**
	 * How a child is linked to this process.
	 *
	 * @param attachment where the child finds its end
	 * @param descriptor the number of its descriptor
	 * @param announced names of further variables that carry the number
	 * @param options what the pair is made with
	 * @param framing how messages are told apart
	 * @param maxMessageSize the largest message, in bytes, or {@code null} for the
	 * default
	 */
	record Link(Attachment attachment, int descriptor, Set<String> announced, SocketPairOptions options,
			Framing framing, @Nullable Integer maxMessageSize) {

		boolean isAtDescriptor() {
			return this.attachment == Attachment.DESCRIPTOR;
		}

	}

	/**
	 * What happens from the start of a child to its end.
	 *
	 * @param settleTime how long a start watches it
	 * @param stopTimeout how long it may take to end when it is stopped
	 * @param restart whether it is started again when it has ended
	 */
	record Lifetime(Duration settleTime, Duration stopTimeout, RestartPolicy restart) {

		private static final Duration LONGEST_PATIENCE = Duration.ofSeconds(1);

		/**
		 * Return how long descendants may take after {@code SIGTERM} that have outlived
		 * their parent.
		 */
		Duration patienceWithDescendants() {
			Duration half = this.stopTimeout.dividedBy(2);
			return (half.compareTo(LONGEST_PATIENCE) < 0) ? half : LONGEST_PATIENCE;
		}

	}

}
