package dev.socketpair.sample;

import java.io.File;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the executable jar, which Maven has packed when these tests run.
 */
class SampleApplicationJarTests {

	@TempDir
	private Path directory;

	@Test
	void defaultFileArrivesEvenIfThePortIsTaken() throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Run run = run("--once", "--server.port=" + taken.getLocalPort());
			assertThat(run.errors).isEmpty();
			assertThat(run.output).anyMatch((line) -> line.matches("digests +agree"));
			assertThat(run.output).anyMatch((line) -> line.matches("socketpair\\.created +1 .*"));
			assertThat(run.status).isZero();
		}
	}

	@Test
	void fileThatDoesNotExistIsOneMessageAndAFailure() throws Exception {
		Path missing = this.directory.resolve("missing");
		Run run = run("--once", missing.toString());
		assertThat(run.errors).containsExactly("The transfer failed: " + missing + ": does not exist");
		assertThat(run.output).isEmpty();
		assertThat(run.status).isOne();
	}

	@Test
	void fileThatCannotBeReadIsOneMessageAndAFailure() throws Exception {
		Run run = run("--once", "/proc/self/mem");
		assertThat(run.errors).containsExactly("The transfer failed: Input/output error");
		assertThat(run.output).isEmpty();
		assertThat(run.status).isOne();
	}

	private Run run(String... arguments) throws Exception {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-jar", System.getProperty("sample-app.jar")));
		command.addAll(List.of(arguments));
		File output = this.directory.resolve("output").toFile();
		File errors = this.directory.resolve("errors").toFile();
		Process process = new ProcessBuilder(command).redirectOutput(output).redirectError(errors).start();
		try {
			assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended in time").isTrue();
		}
		finally {
			process.destroyForcibly().waitFor();
		}
		return new Run(process.exitValue(), Files.readAllLines(output.toPath()), Files.readAllLines(errors.toPath()));
	}

	private record Run(int status, List<String> output, List<String> errors) {
	}

}
