package dev.socketpair.autoconfigure;

import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketpair.process.ProcessStartException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/**
 * A {@link AbstractFailureAnalyzer failure analyzer} that tells what to change when a
 * child process cannot be started.
 */
class ProcessStartFailureAnalyzer extends AbstractFailureAnalyzer<ProcessStartException> {

	private final Environment environment;

	ProcessStartFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, ProcessStartException cause) {
		ConfiguredNames names = ConfiguredNames.in(this.environment, SocketPairProperties.PROCESSES);
		String property = names.names().contains(cause.name()) ? names.path(cause.name()) : null;
		return new FailureAnalysis(cause.getMessage() + others(rootFailure), action(cause, property), cause);
	}

	/** The failures of other processes at the same time. */
	private String others(Throwable rootFailure) {
		SocketPairProcessStartFailedException failed = findCause(rootFailure,
				SocketPairProcessStartFailedException.class);
		return Stream.of((failed != null) ? failed.getSuppressed() : new Throwable[0])
			.map(Throwable::getCause)
			.map((other) -> "%n%n%s".formatted(other.getMessage()))
			.collect(Collectors.joining());
	}

	private static @Nullable String action(ProcessStartException cause, @Nullable String property) {
		return switch (cause.reason()) {
			case COMMAND_NOT_FOUND ->
				"Install the command, give its whole path%s, or add its directory to the PATH%s.%s"
					.formatted(in(property, "command"), in(property, "environment"), elements(cause));
			case NOT_EXECUTABLE -> "Make the file executable ('chmod +x'), or run it by an interpreter, "
					+ "such as [python3, worker.py]%s.".formatted(in(property, "command"));
			case NO_DIRECTORY -> "Create the directory, or choose another%s.".formatted(in(property, "directory"));
			case NO_SHELL -> "Install /bin/sh, or have the child find the socket at its standard input and output%s."
				.formatted((property != null) ? " (set '%s.attach' to 'stdio')".formatted(property)
						: " (the attachment STDIO)");
			case EXITED_AT_ONCE -> "Run the command by hand to see what it lacks. The child has its end of the pair "
					+ "as a descriptor that the environment variable SOCKETPAIR_FD tells, or as its standard input "
					+ "and output%s.".formatted(in(property, "attach"));
			case STOPPED -> null;
			case REFUSED -> cause.detail().startsWith("it is being written")
					? "Start the application again when the file is complete. A new version is best put into place by "
							+ "'mv', which leaves the old one to those that run it."
					: "Give the process or the container more of what it lacks: descriptors ('ulimit -n'), "
							+ "processes ('ulimit -u', the limit of pids), or memory.";
		};
	}

	/** For a command that is written on one line, as for a shell. */
	private static String elements(ProcessStartException cause) {
		boolean line = cause.command().size() == 1 && cause.command().get(0).indexOf(' ') >= 0;
		return line ? " Each argument is an element of a list: [%s]."
			.formatted(String.join(", ", cause.command().get(0).strip().split(" +"))) : "";
	}

	private static String in(@Nullable String property, String name) {
		return (property != null) ? " ('%s.%s')".formatted(property, name) : "";
	}

}
