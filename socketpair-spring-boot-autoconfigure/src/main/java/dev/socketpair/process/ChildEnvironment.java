package dev.socketpair.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import dev.socketpair.SocketPairs;

/**
 * The environment of the children of a process, which is the same wherever a child finds
 * its end.
 */
final class ChildEnvironment {

	private static final String WORKING_DIRECTORY = "PWD";

	/** The end that this process was given itself means nothing to its child. */
	private static final List<String> PARENTS_OWN = List.of(SocketPairs.INHERITED_VARIABLE, "NODE_CHANNEL_FD",
			"NODE_CHANNEL_SERIALIZATION_MODE");

	/**
	 * Variables that dash, BusyBox or bash as {@code /bin/sh} set anew, drop, or fail at.
	 * No others are put on the command line, which every user can read.
	 */
	private static final Pattern CHANGED_BY_SHELL = Pattern.compile("IFS|PPID|OPTIND|OPTERR|PS[124]|LINENO|S?RANDOM"
			+ "|HISTCMD|COMP_WORDBREAKS|POSIXLY_CORRECT|EPOCH(SECONDS|REALTIME)|SHELLOPTS|BASH(?!_ENV$).*");

	private final ChildSpecification specification;

	ChildEnvironment(ChildSpecification specification) {
		this.specification = specification;
	}

	/**
	 * Make the environment of a child.
	 * @param environment this process's own environment, to be changed
	 * @param token what marks the child
	 */
	void set(Map<String, String> environment, String token) {
		if (!this.specification.launch().environment().inherited()) {
			environment.clear();
		}
		setWorkingDirectory(environment);
		PARENTS_OWN.forEach(environment::remove);
		environment.keySet().removeAll(this.specification.launch().environment().removed());
		environment.putAll(this.specification.launch().environment().variables());
		boolean atDescriptor = this.specification.link().isAtDescriptor();
		String number = Integer.toString(atDescriptor ? this.specification.link().descriptor() : 0);
		for (String variable : this.specification.link().announced()) {
			environment.put(variable, number);
		}
		if (atDescriptor) {
			environment.put(SocketPairs.INHERITED_VARIABLE, number);
		}
		environment.put(SocketPairs.PROCESS_VARIABLE, token);
	}

	/** As a shell does it, which keeps an inherited value only if it is right. */
	private void setWorkingDirectory(Map<String, String> environment) {
		File directory = this.specification.launch().directory();
		try {
			Path path = ((directory != null) ? directory.toPath() : Path.of("")).toAbsolutePath();
			String inherited = environment.get(WORKING_DIRECTORY);
			if (directory == null && inherited != null && isRight(inherited, path)) {
				return;
			}
			// Behind a symbolic link, '..' is another directory.
			environment.put(WORKING_DIRECTORY, (path.equals(path.normalize()) ? path : path.toRealPath()).toString());
		}
		catch (IOException | InvalidPathException ex) {
			// A directory that is missing is reported by the look-up of the command.
			if (directory != null) {
				environment.remove(WORKING_DIRECTORY);
			}
		}
	}

	private static boolean isRight(String inherited, Path directory) throws IOException {
		return inherited.startsWith("/") && Files.exists(Path.of(inherited))
				&& Files.isSameFile(Path.of(inherited), directory);
	}

	/**
	 * Take out the variables that a shell would change.
	 * @param environment the environment of a child, to be changed
	 * @return arguments of {@code env(1)} that bring them back behind the shell
	 */
	List<String> takeAside(Map<String, String> environment) {
		List<String> aside = new ArrayList<>();
		if (!environment.containsKey(WORKING_DIRECTORY)) {
			aside.addAll(List.of("-u", WORKING_DIRECTORY));
		}
		boolean ownDirectory = this.specification.launch().environment().variables().containsKey(WORKING_DIRECTORY);
		environment.forEach((name, value) -> {
			if (CHANGED_BY_SHELL.matcher(name).matches() || (ownDirectory && name.equals(WORKING_DIRECTORY))) {
				aside.add(name + "=" + value);
			}
		});
		environment.keySet().removeIf((name) -> CHANGED_BY_SHELL.matcher(name).matches());
		return aside;
	}

}
