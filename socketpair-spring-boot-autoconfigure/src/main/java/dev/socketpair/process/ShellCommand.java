package dev.socketpair.process;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A command behind {@code /bin/sh}, which moves the socket from standard input to a
 * descriptor that the JDK would have closed, and then executes the command.
 */
final class ShellCommand {

	static final File SHELL = new File("/bin/sh");

	/** Sets variables that the shell would change. */
	private static final List<File> ENV = List.of(new File("/usr/bin/env"), new File("/bin/env"));

	private ShellCommand() {
	}

	/**
	 * Return the command for the JDK to start.
	 * @param command the program, by its path, and its arguments
	 * @param descriptor the number of the descriptor
	 * @param aside variables that are kept from the shell, as arguments of {@code env(1)}
	 * @return the command
	 */
	static List<String> of(List<String> command, int descriptor, List<String> aside) {
		List<String> all = new ArrayList<>(
				List.of(SHELL.getPath(), "-c", "exec \"$@\" %s<&0 0</dev/null".formatted(descriptor), "sh"));
		Optional<File> env = Stream.of(ENV.toArray(File[]::new)).filter(File::canExecute).findFirst();
		// It would take a program with a '=' in its path for one more variable.
		if (!aside.isEmpty() && env.isPresent() && command.get(0).indexOf('=') < 0) {
			all.add(env.get().getPath());
			all.addAll(aside);
		}
		all.addAll(command);
		return all;
	}

}
