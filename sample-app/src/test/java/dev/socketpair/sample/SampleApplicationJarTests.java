package dev.socketpair.sample;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the executable jar, which Maven has packed when these tests run.
 */
class SampleApplicationJarTests {

	private static final String WORKERS = "/workers?text=hello+world";

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
		try (SampleProcess application = serve()) {
			assertThat(application.get(WORKERS)).contains("\"name\":\"java-worker\",\"state\":\"running\"")
				.contains("\"characters\":11");
			List<ProcessHandle> workers = application.children();
			assertThat(workers).isNotEmpty();
			application.terminate();
			assertThat(application.exitValue()).isEqualTo(143);
			assertThat(workers).noneMatch(ProcessHandle::isAlive);
			assertThat(application.errors()).isEmpty();
			assertThat(application.temporaryFiles()).isEmpty();
		}
	}

	@Test
	void workersEndWhenTheApplicationIsKilled() throws Exception {
		List<ProcessHandle> workers;
		try (SampleProcess application = serve()) {
			application.get(WORKERS);
			workers = application.children();
			assertThat(workers).isNotEmpty();
		}
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.until(() -> workers.stream().noneMatch(ProcessHandle::isAlive));
	}

	private SampleProcess serve() throws Exception {
		return SampleProcess.start(this.directory, List.of(), "--server.port=0", "pom.xml");
	}

	private Run run(String... arguments) throws Exception {
		try (SampleProcess application = SampleProcess.start(this.directory, List.of(), arguments)) {
			int status = application.exitValue();
			return new Run(status, application.output(), application.errors());
		}
	}

	private record Run(int status, List<String> output, List<String> errors) {
	}

}
