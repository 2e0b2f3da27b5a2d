package dev.socketpair.tipc;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * User-mode Linux: a kernel that runs as a process, from Debian's package
 * {@code user-mode-linux}. The guest sees the file system of this machine, which it
 * cannot write to, and one directory that it can.
 *
 * @see <a href=
 * "https://docs.kernel.org/virt/uml/user_mode_linux_howto_v2.html">user_mode_linux_howto_v2</a>
 */
final class UserModeLinux {

	static final String COMMAND = "linux.uml";

	/** Where the guest has {@link #shared}, and a directory for temporary files. */
	private static final String SHARED = "/run/shared";

	private static final String TEMPORARY = "/run/tmp";

	private static final Path MODULES = Path.of("/usr/lib/uml/modules");

	private static final Path MEMORY_FILES = Path.of("/dev/shm");

	private static final int MEGABYTES = 640;

	/** The guest ends itself; where even that fails it is killed. */
	private static final int PATIENCE_SECONDS = 100;

	private final Path directory;

	private final Path shared;

	UserModeLinux(Path directory) throws IOException {
		this.directory = directory;
		this.shared = Files.createDirectory(directory.resolve("shared"));
	}

	/**
	 * Return the directory that the guest can write to.
	 */
	Path shared() {
		return this.shared;
	}

	/**
	 * Return the name under which the guest has a file of the directory.
	 */
	static String nameInGuest(String file) {
		return SHARED + "/" + file;
	}

	/**
	 * Return what a Java virtual machine needs to know about the guest.
	 */
	static List<String> jvmOptions() {
		return List.of("-XX:+UseSerialGC", "-Xshare:auto", "-XX:-UsePerfData", "-Xmx160m",
				"-Djava.io.tmpdir=" + TEMPORARY, "-Duser.home=" + TEMPORARY,
				"-Djunit.jupiter.execution.timeout.default=30s");
	}

	/**
	 * Return the modules that a module needs, and the module, in the order in which they
	 * can be loaded.
	 * @param module the end of its path, such as {@code net/tipc/tipc.ko}
	 */
	static List<String> modules(String module) throws IOException, InterruptedException {
		Path modules = MODULES.resolve(release());
		for (String line : Files.readAllLines(modules.resolve("modules.dep"))) {
			int colon = line.indexOf(':');
			if (line.substring(0, colon).endsWith(module)) {
				List<String> needed = new ArrayList<>(List.of(line.replace(":", "").split(" ")));
				Collections.reverse(needed);
				return needed.stream().map((name) -> modules.resolve(name).toString()).toList();
			}
		}
		throw new IllegalStateException("There is no module '%s' in '%s'".formatted(module, modules));
	}

	private static String release() throws IOException, InterruptedException {
		Process process = new ProcessBuilder(COMMAND, "--version").start();
		process.getOutputStream().close();
		String release = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
		process.waitFor();
		return release;
	}

	/**
	 * Start the guest, run a command in it, and wait for its end.
	 * @param command the command
	 * @return what the guest and the command have said
	 */
	String run(List<String> command) throws IOException, InterruptedException {
		Path output = this.directory.resolve("output");
		ProcessBuilder builder = new ProcessBuilder("timeout", "-s", "KILL", Integer.toString(PATIENCE_SECONDS + 5),
				COMMAND, "mem=%dM".formatted(MEGABYTES), "root=/dev/root", "rootfstype=hostfs", "hostfs=/", "ro",
				"quiet", "noreboot", "uml_dir=%s/".formatted(this.directory), "con=null", "con0=null,fd:1",
				"init=" + writeInit(command));
		if (!hasRoomForMemory()) {
			builder.environment().put("TMPDIR", this.directory.toString());
		}
		Process guest = builder.redirectInput(Redirect.from(new File("/dev/null")))
			.redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start();
		try {
			guest.waitFor();
		}
		finally {
			List<ProcessHandle> left = guest.descendants().toList();
			guest.destroyForcibly();
			left.forEach(ProcessHandle::destroyForcibly);
		}
		return Files.readString(output, StandardCharsets.ISO_8859_1);
	}

	private Path writeInit(List<String> command) throws IOException {
		Path init = this.directory.resolve("init");
		Files.writeString(init, """
				#!/bin/sh
				export PATH=/usr/sbin:/usr/bin:/sbin:/bin
				mount -t proc proc /proc
				mount -t sysfs sys /sys
				mount -t tmpfs tmp /run
				mkdir %2$s %3$s
				mount -t hostfs -o %1$s shared %2$s
				(sleep %4$d; echo 'The time is up'; echo o > /proc/sysrq-trigger) &
				%5$s
				echo "The command ended with status $? after $(cut -d ' ' -f 1 /proc/uptime) seconds"
				echo o > /proc/sysrq-trigger
				sleep %4$d
				""".formatted(quote(this.shared.toString()), SHARED, TEMPORARY, PATIENCE_SECONDS,
				command.stream().map(UserModeLinux::quote).collect(Collectors.joining(" "))));
		if (!init.toFile().setExecutable(true)) {
			throw new IOException("'%s' cannot be made executable".formatted(init));
		}
		return init;
	}

	private static String quote(String word) {
		return "'" + word.replace("'", "'\\''") + "'";
	}

	/** A container often gives 64 MB, and does not let it be executed. */
	private static boolean hasRoomForMemory() throws IOException {
		for (String line : Files.readAllLines(Path.of("/proc/mounts"))) {
			String[] mount = line.split(" ");
			if (mount[1].equals(MEMORY_FILES.toString())) {
				return !List.of(mount[3].split(",")).contains("noexec") && Files.isWritable(MEMORY_FILES)
						&& MEMORY_FILES.toFile().getUsableSpace() >> 20 > MEGABYTES;
			}
		}
		return false;
	}

}
