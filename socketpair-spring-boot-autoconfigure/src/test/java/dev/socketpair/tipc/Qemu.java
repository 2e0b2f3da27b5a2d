package dev.socketpair.tipc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.socketpair.testsupport.Command;

/**
 * A processor emulated by QEMU, with the kernel that {@code .ci/tipc_kernel.py} makes of
 * Debian's. It is slower than user-mode Linux, and comes up on every machine.
 */
final class Qemu extends GuestMachine {

	private static final String COMMAND = "qemu-system-x86_64";

	private final Path kernel;

	/**
	 * @param kernel the directory with the kernel, which loads {@code tipc} as it comes
	 * up
	 */
	Qemu(Path directory, Path kernel) throws IOException {
		super(directory, "QEMU");
		this.kernel = kernel;
	}

	@Override
	Optional<String> obstacle() {
		if (!Command.isInstalled(COMMAND)) {
			return Optional.of("'%s' is not installed".formatted(COMMAND));
		}
		return Files.exists(this.kernel.resolve("kernel")) ? Optional.empty()
				: Optional.of("there is no kernel in '%s', where .ci/tipc_kernel.py makes one"
					.formatted(this.kernel.toAbsolutePath()));
	}

	@Override
	int heapMegabytes() {
		return 300;
	}

	@Override
	Duration bootTime() {
		return Duration.ofSeconds(120);
	}

	@Override
	Duration runTime() {
		return Duration.ofMinutes(6);
	}

	@Override
	Duration testTime() {
		return Duration.ofMinutes(1);
	}

	@Override
	List<String> modules(String module) {
		return List.of();
	}

	/**
	 * Emulation even where there is KVM, which is often there and does not work, and a
	 * processor without wide registers, which are slow to emulate.
	 */
	@Override
	ProcessBuilder starter() {
		return new ProcessBuilder(COMMAND, "-nodefaults", "-no-reboot", "-accel", "tcg,thread=multi", "-cpu", "Nehalem",
				"-smp", "2", "-m", "1024", "-display", "none", "-serial", "stdio", "-kernel",
				this.kernel.resolve("kernel").toString(), "-initrd", this.kernel.resolve("initrd.gz").toString(),
				"-append", "console=ttyS0 quiet panic=-1", "-virtfs", directory("/", "root") + ",readonly=on",
				"-virtfs", directory(shared().toString(), "shared"));
	}

	private static String directory(String path, String tag) {
		return "local,path=%s,mount_tag=%s,security_model=none,multidevs=remap".formatted(path.replace(",", ",,"), tag);
	}

}
