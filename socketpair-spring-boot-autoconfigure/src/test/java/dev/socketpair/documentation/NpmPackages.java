package dev.socketpair.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.socketpair.testsupport.Command;

import static org.junit.jupiter.api.Assumptions.abort;

/**
 * Programs of other projects that the samples talk to, below {@code target}. They are
 * installed once, without running their scripts.
 */
final class NpmPackages {

	private static final Path DIRECTORY = Path.of("target", "npm").toAbsolutePath();

	private static final List<String> PACKAGES = List.of("@modelcontextprotocol/server-everything@2026.8.31",
			"pyright@1.1.414");

	private static final long PATIENCE_MINUTES = 5;

	private NpmPackages() {
	}

	/**
	 * Return where they are. Where they cannot be installed the test is skipped with the
	 * reason.
	 */
	static synchronized Path directory() throws IOException, InterruptedException {
		Command.assumeInstalled("node");
		Path installed = DIRECTORY.resolve("installed");
		if (!Files.exists(installed) || !Files.readAllLines(installed).equals(PACKAGES)) {
			Command.assumeInstalled("npm");
			install();
			Files.write(installed, PACKAGES);
		}
		return DIRECTORY;
	}

	private static void install() throws IOException, InterruptedException {
		Files.createDirectories(DIRECTORY);
		Path log = DIRECTORY.resolve("npm.log");
		List<String> command = new ArrayList<>(
				List.of("npm", "install", "--prefix", DIRECTORY.toString(), "--ignore-scripts", "--no-audit",
						"--no-fund", "--loglevel=error", "--fetch-retries=1", "--fetch-timeout=30000"));
		command.addAll(PACKAGES);
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
		process.getOutputStream().close();
		boolean exited = process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES);
		if (!exited) {
			process.descendants().forEach(ProcessHandle::destroyForcibly);
			process.destroyForcibly().waitFor();
		}
		if (!exited || process.exitValue() != 0) {
			abort("npm could not install %s: %s".formatted(PACKAGES, Files.readString(log)));
		}
	}

}
