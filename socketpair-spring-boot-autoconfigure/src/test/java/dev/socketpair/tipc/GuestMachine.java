package dev.socketpair.tipc;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A machine with a kernel of its own, which runs as a process. It sees the file system of
 * this machine, which it cannot write to, and one directory that it can.
 */
abstract class GuestMachine {

	/** Where the guest has {@link #shared}, and a directory for temporary files. */
	static final String SHARED = "/run/shared";

	static final String TEMPORARY = "/run/tmp";

	/** The file of {@link #SHARED} that the guest executes with a shell. */
	private static final String SCRIPT = "command";

	private static final String UP = "The guest is up";

	private static final int POLL_MILLISECONDS = 100;

	private final String name;

	private final Path directory;

	private final Path shared;

	/**
	 * @param directory an existing directory, in which it makes one for its files
	 * @param name its name, for people
	 */
	GuestMachine(Path directory, String name) throws IOException {
		this.name = name;
		this.directory = Files.createDirectory(directory.resolve(name.replace(' ', '-')));
		this.shared = Files.createDirectory(this.directory.resolve("shared"));
	}

	/**
	 * Return why it cannot even be tried on this machine.
	 */
	abstract Optional<String> obstacle();

	/**
	 * Return how it is started, with a command that ends when the guest does.
	 */
	abstract ProcessBuilder starter() throws IOException;

	/**
	 * Return the modules that the first command has to load, in this order.
	 * @param module the end of a path, such as {@code net/tipc/tipc.ko}
	 */
	abstract List<String> modules(String module) throws IOException, InterruptedException;

	/**
	 * Return what a Java virtual machine can have of its memory.
	 */
	abstract int heapMegabytes();

	/**
	 * Return how long it may take to come up.
	 */
	abstract Duration bootTime();

	/**
	 * Return how long a command may run.
	 */
	abstract Duration runTime();

	/**
	 * Return how long a test may run, which takes less than a second on this machine.
	 */
	abstract Duration testTime();

	/**
	 * Return its name, for people.
	 */
	final String name() {
		return this.name;
	}

	/**
	 * Return the directory for its files.
	 */
	final Path directory() {
		return this.directory;
	}

	/**
	 * Return the directory that the guest can write to.
	 */
	final Path shared() {
		return this.shared;
	}

	/**
	 * Return what a Java virtual machine needs to know about the guest.
	 */
	final List<String> jvmOptions() {
		return List.of("-XX:+UseSerialGC", "-Xshare:auto", "-XX:-UsePerfData", "-Xmx%dm".formatted(heapMegabytes()),
				"-Djava.io.tmpdir=" + TEMPORARY, "-Duser.home=" + TEMPORARY,
				"-Djunit.jupiter.execution.timeout.default=%ds".formatted(testTime().toSeconds()));
	}

	/**
	 * Start the guest, run a command in it, and wait for its end.
	 * @param command the command
	 * @return what the guest and the command have said
	 * @throws GuestNotUpException if the guest did not get as far as the command
	 */
	final String run(List<String> command) throws GuestNotUpException, IOException, InterruptedException {
		writeScript(command);
		Path output = this.directory.resolve("output");
		ProcessBuilder starter = starter();
		// Not even a build that is killed leaves it behind
		List<String> bounded = Stream
			.concat(Stream.of("timeout", "-s", "KILL", "" + bootTime().plus(runTime()).toSeconds()),
					starter.command().stream())
			.toList();
		Process guest = starter.command(bounded)
			.redirectInput(Redirect.from(new File("/dev/null")))
			.redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start();
		try {
			awaitUp(guest, output);
			guest.waitFor();
		}
		finally {
			List<ProcessHandle> left = guest.descendants().toList();
			guest.destroyForcibly();
			left.forEach(ProcessHandle::destroyForcibly);
			guest.waitFor();
		}
		return read(output);
	}

	private void awaitUp(Process guest, Path output) throws GuestNotUpException, IOException, InterruptedException {
		long limit = System.nanoTime() + bootTime().toNanos();
		boolean ended = false;
		while (!read(output).contains(UP)) {
			if (ended || System.nanoTime() > limit) {
				throw new GuestNotUpException("%s did not come up: it %s, having said:%n%s".formatted(name(),
						ended ? "ended with " + guest.exitValue() : "took " + bootTime().toSeconds() + " seconds",
						read(output).strip()));
			}
			ended = guest.waitFor(POLL_MILLISECONDS, TimeUnit.MILLISECONDS);
		}
	}

	private void writeScript(List<String> command) throws IOException {
		Files.writeString(this.shared.resolve(SCRIPT), """
				export PATH=/usr/sbin:/usr/bin:/sbin:/bin
				echo '%s'
				%s
				echo "The command ended with status $? after $(cut -d ' ' -f 1 /proc/uptime) seconds"
				""".formatted(UP, command.stream().map(GuestMachine::quote).collect(Collectors.joining(" "))));
	}

	private static String read(Path output) throws IOException {
		return Files.readString(output, StandardCharsets.ISO_8859_1);
	}

	/**
	 * Return the name under which the guest has a file of the directory.
	 * @param file the file's name
	 */
	static String nameInGuest(String file) {
		return SHARED + "/" + file;
	}

	/**
	 * Return the command line, for a shell, that executes the command.
	 */
	static String scriptInGuest() {
		return "/bin/sh " + nameInGuest(SCRIPT);
	}

	static String quote(String word) {
		return "'" + word.replace("'", "'\\''") + "'";
	}

}
