package dev.socketpair.tipc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

import dev.socketpair.testsupport.Command;

/**
 * User-mode Linux: a kernel that is a program, from Debian's package
 * {@code user-mode-linux}. Linux 6.1 panics before its first process where the
 * processor's registers need more room than it keeps for them, as with AMX.
 *
 * @see <a href=
 * "https://docs.kernel.org/virt/uml/user_mode_linux_howto_v2.html">user_mode_linux_howto_v2</a>
 */
final class UserModeLinux extends GuestMachine {

	private static final String COMMAND = "linux.uml";

	private static final Path MODULES = Path.of("/usr/lib/uml/modules");

	private static final Path MEMORY_FILES = Path.of("/dev/shm");

	private static final int MEGABYTES = 640;

	UserModeLinux(Path directory) throws IOException {
		super(directory, "user-mode Linux");
	}

	@Override
	Optional<String> obstacle() {
		return Command.isInstalled(COMMAND) ? Optional.empty()
				: Optional.of("'%s' is not installed".formatted(COMMAND));
	}

	@Override
	int heapMegabytes() {
		return 160;
	}

	@Override
	Duration bootTime() {
		return Duration.ofSeconds(60);
	}

	@Override
	Duration runTime() {
		return Duration.ofSeconds(100);
	}

	@Override
	Duration testTime() {
		return Duration.ofSeconds(30);
	}

	@Override
	List<String> modules(String module) throws IOException, InterruptedException {
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

	private String release() throws IOException, InterruptedException {
		Process process = new ProcessBuilder(COMMAND, "--version").start();
		process.getOutputStream().close();
		String release = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
		process.waitFor();
		return release;
	}

	@Override
	ProcessBuilder starter() throws IOException {
		ProcessBuilder builder = new ProcessBuilder(COMMAND, "mem=%dM".formatted(MEGABYTES), "root=/dev/root",
				"rootfstype=hostfs", "hostfs=/", "ro", "quiet", "noreboot", "uml_dir=%s/".formatted(directory()),
				"con=null", "con0=null,fd:1", "init=" + writeInit());
		if (!hasRoomForMemory()) {
			builder.environment().put("TMPDIR", directory().toString());
		}
		return builder;
	}

	private Path writeInit() throws IOException {
		Path init = directory().resolve("init");
		Files.writeString(init, """
				#!/bin/sh
				export PATH=/usr/sbin:/usr/bin:/sbin:/bin
				mount -t proc proc /proc
				mount -t sysfs sys /sys
				mount -t tmpfs tmp /run
				mkdir %2$s %3$s
				mount -t hostfs -o %1$s shared %2$s
				(sleep %5$d; echo 'The time is up'; echo o > /proc/sysrq-trigger) &
				%4$s
				echo o > /proc/sysrq-trigger
				sleep %5$d
				""".formatted(quote(shared().toString()), SHARED, TEMPORARY, scriptInGuest(), runTime().toSeconds()));
		if (!init.toFile().setExecutable(true)) {
			throw new IOException("'%s' cannot be made executable".formatted(init));
		}
		return init;
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
