package dev.socketpair.process;

import java.io.File;
import java.util.List;
import java.util.Map;

import dev.socketpair.process.ProcessStartException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Finds a command as {@code execvp(3)} in the child would, so that a missing command is
 * reported by its name, and not by a status of the shell.
 */
final class CommandLookup {

	/** Searched by {@code execvp(3)} where the environment has no {@code PATH}. */
	private static final String DEFAULT_PATH = "/bin:/usr/bin";

	private final String name;

	private final List<String> command;

	private final File directory;

	CommandLookup(String name, List<String> command, @Nullable File directory) {
		this.name = name;
		this.command = command;
		this.directory = (directory != null) ? directory.getAbsoluteFile() : new File("").getAbsoluteFile();
	}

	/**
	 * Check the working directory and find the program.
	 * @param environment the child's environment
	 * @return what to execute
	 * @throws ProcessStartException if there is no such directory or command
	 */
	String find(Map<String, String> environment) throws ProcessStartException {
		if (!this.directory.isDirectory()) {
			throw failed(Reason.NO_DIRECTORY, "its working directory '%s' %s".formatted(this.directory,
					this.directory.exists() ? "is not a directory" : "does not exist"));
		}
		String program = this.command.get(0);
		if (program.indexOf('/') >= 0) {
			requireExecutable(resolve(program));
			// The shell would take it for an option.
			return program.startsWith("-") ? "./" + program : program;
		}
		return search(program, environment.getOrDefault("PATH", DEFAULT_PATH));
	}

	private void requireExecutable(File file) throws ProcessStartException {
		if (!file.exists()) {
			throw failed(Reason.COMMAND_NOT_FOUND, "there is no '%s'".formatted(file));
		}
		if (!isExecutable(file)) {
			throw notExecutable(file);
		}
	}

	private String search(String program, String path) throws ProcessStartException {
		File found = null;
		for (String entry : path.split(":", -1)) {
			File file = new File(resolve(entry), program);
			if (isExecutable(file)) {
				return file.getPath();
			}
			if (found == null && file.exists()) {
				found = file;
			}
		}
		if (found != null) {
			throw notExecutable(found);
		}
		throw failed(Reason.COMMAND_NOT_FOUND,
				"there is no command '%s' on the child's PATH (%s): install it, or give its path".formatted(program,
						path));
	}

	/** An empty entry of the path is the working directory. */
	private File resolve(String path) {
		File file = new File(path);
		return file.isAbsolute() ? file : path.isEmpty() ? this.directory : new File(this.directory, path);
	}

	private static boolean isExecutable(File file) {
		return file.isFile() && file.canExecute();
	}

	private ProcessStartException notExecutable(File file) {
		return failed(Reason.NOT_EXECUTABLE, file.isDirectory() ? "'%s' is a directory".formatted(file)
				: "'%s' is not executable: 'chmod +x' it, or run it with its interpreter".formatted(file));
	}

	private ProcessStartException failed(Reason reason, String detail) {
		return new ProcessStartException(this.name, this.command, reason, detail, List.of(), null);
	}

}
