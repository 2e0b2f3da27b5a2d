package dev.socketpair.sample;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the executable jar, which Maven has packed when these tests run.
 */
class SampleApplicationJarTests {

	private static final long PATIENCE_SECONDS = 60;

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

	@Test
	void workersAnswerAndEndWithTheApplication() throws Exception {
		Process application = start("--server.port=0", "pom.xml");
		try {
			assertThat(ask(application)).contains("\"name\":\"java-worker\",\"state\":\"running\"")
				.contains("\"characters\":11");
			List<ProcessHandle> workers = application.children().toList();
			assertThat(workers).isNotEmpty();
			application.destroy();
			assertThat(application.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("ended in time").isTrue();
			assertThat(workers).noneMatch(ProcessHandle::isAlive);
			assertThat(application.exitValue()).isEqualTo(143);
			assertThat(Files.readAllLines(this.directory.resolve("errors"))).isEmpty();
			assertThat(temporaryFiles()).isEmpty();
		}
		finally {
			application.destroyForcibly().waitFor();
		}
	}

	@Test
	void workersEndWhenTheApplicationIsKilled() throws Exception {
		Process application = start("--server.port=0", "pom.xml");
		try {
			ask(application);
			List<ProcessHandle> workers = application.children().toList();
			assertThat(workers).isNotEmpty();
			application.destroyForcibly().waitFor();
			Awaitility.await()
				.atMost(Duration.ofSeconds(PATIENCE_SECONDS))
				.until(() -> workers.stream().noneMatch(ProcessHandle::isAlive));
		}
		finally {
			application.destroyForcibly().waitFor();
		}
	}

	/** Have the workers look at a text of 11 characters, once the port is known. */
	private String ask(Process application) throws Exception {
		Pattern started = Pattern.compile("Tomcat started on port (\\d+)");
		String port = Awaitility.await().atMost(Duration.ofSeconds(PATIENCE_SECONDS)).until(() -> {
			assertThat(application.isAlive()).isTrue();
			Matcher matcher = started.matcher(Files.readString(this.directory.resolve("output")));
			return matcher.find() ? matcher.group(1) : "";
		}, (found) -> !found.isEmpty());
		HttpRequest request = HttpRequest
			.newBuilder(URI.create("http://localhost:" + port + "/workers?text=hello+world"))
			.timeout(Duration.ofSeconds(PATIENCE_SECONDS))
			.build();
		return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
	}

	private List<Path> temporaryFiles() throws IOException {
		try (Stream<Path> files = Files.list(this.directory.resolve("tmp"))) {
			return files.toList();
		}
	}

	private Run run(String... arguments) throws Exception {
		Process process = start(arguments);
		try {
			assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("ended in time").isTrue();
		}
		finally {
			process.destroyForcibly().waitFor();
		}
		return new Run(process.exitValue(), Files.readAllLines(this.directory.resolve("output")),
				Files.readAllLines(this.directory.resolve("errors")));
	}

	private Process start(String... arguments) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.add("-Djava.io.tmpdir=" + Files.createDirectory(this.directory.resolve("tmp")));
		command.addAll(List.of("-jar", System.getProperty("sample-app.jar")));
		command.addAll(List.of(arguments));
		return new ProcessBuilder(command).redirectOutput(this.directory.resolve("output").toFile())
			.redirectError(this.directory.resolve("errors").toFile())
			.start();
	}

	private record Run(int status, List<String> output, List<String> errors) {
	}

}
