package dev.socketpair.sample;

import java.time.Duration;
import java.util.List;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairs;
import dev.socketpair.message.Framing;
import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Worker} with shell scripts that do not do what they should.
 */
@Timeout(60)
class WorkerTests {

	private static final String ANSWER = "{\"words\":1,\"characters\":2,\"sha256\":\"3\",\"language\":\"sh\","
			+ "\"version\":\"4\",\"pid\":5}";

	private static final String GOOD = "while read -r line; do echo '%s'; done <&3 >&3".formatted(ANSWER);

	/** Those of an application that another test has started, and that is kept. */
	private final List<ProcessHandle> others = ProcessHandle.current().children().toList();

	private final SocketPairFactory factory = SocketPairs.factory();

	@AfterEach
	void close() {
		this.factory.close();
		assertThat(ProcessHandle.current().children()).isSubsetOf(this.others);
	}

	@Test
	void processIsStartedWithTheFirstRequest() {
		try (SocketPairProcess process = process(Duration.ofSeconds(30), "sh", "-c", GOOD)) {
			Worker worker = new Worker(process, new JsonMapper());
			assertThat(process.starts()).isZero();
			WorkerReply reply = worker.ask("hi");
			assertThat(reply.error()).isNull();
			assertThat(reply.name()).isEqualTo("worker");
			assertThat(reply.state()).isEqualTo("running");
			assertThat(reply.pid()).isEqualTo(process.pid());
			assertThat(reply.answer()).isEqualTo(new TextFacts(1, 2, "3", "sh", "4", 5));
			assertThat(reply.microseconds()).isPositive();
			worker.ask("hi");
			assertThat(process.starts()).isOne();
		}
	}

	@Test
	void commandThatIsMissingIsNotInstalled() {
		try (SocketPairProcess process = process(Duration.ofSeconds(30), "no-such-command")) {
			WorkerReply reply = new Worker(process, new JsonMapper()).ask("hi");
			assertThat(reply.state()).isEqualTo("not installed");
			assertThat(reply.error())
				.isEqualTo("Process 'worker' cannot be started: 'no-such-command' is not on the PATH: install it");
			assertThat(reply.pid()).isNull();
			assertThat(reply.answer()).isNull();
			assertThat(reply.microseconds()).isNull();
		}
	}

	@Test
	void commandThatFailsAtOnceTellsWhy() {
		try (SocketPairProcess process = process(Duration.ofSeconds(30), "sh", "-c", "echo no idea >&2; exit 3")) {
			WorkerReply reply = new Worker(process, new JsonMapper()).ask("hi");
			assertThat(reply.state()).isEqualTo("stopped");
			assertThat(reply.error())
				.matches("Process 'worker' cannot be started: it exited with 3 after \\d+ ms \\| no idea");
		}
	}

	@Test
	void workerThatEndsBeforeItsAnswerTellsItsStatus() {
		try (SocketPairProcess process = process(Duration.ofSeconds(30), "sh", "-c", "read -r line <&3; exit 7")) {
			WorkerReply reply = new Worker(process, new JsonMapper()).ask("hi");
			assertThat(reply.error()).isEqualTo("Process 'worker' exited with 7");
			assertThat(reply.answer()).isNull();
		}
	}

	@Test
	void workerThatIsSilentIsReplaced() {
		try (SocketPairProcess process = process(Duration.ofMillis(300), "sh", "-c", "cat <&3 >/dev/null")) {
			Worker worker = new Worker(process, new JsonMapper());
			WorkerReply reply = worker.ask("hi");
			assertThat(reply.error()).contains("'worker' was stopped without an answer", "Timed out");
			assertThat(reply.state()).isEqualTo("stopped");
			assertThat(reply.pid()).isNull();
			worker.ask("hi");
			assertThat(process.starts()).isEqualTo(2);
		}
	}

	@Test
	void workerThatHangsUpAndLivesOnIsReplaced() {
		try (SocketPairProcess process = process(Duration.ofSeconds(30), "sh", "-c",
				"read -r line <&3; exec 3<&-; exec sleep 600")) {
			Worker worker = new Worker(process, new JsonMapper());
			// The library ends a child with which nothing can be exchanged any more
			assertThat(worker.ask("hi").error())
				.matches("Process 'worker' exited with (143 \\(SIGTERM\\)|137 \\(SIGKILL\\))");
			assertThat(process.isAlive()).isFalse();
			worker.ask("hi");
			assertThat(process.starts()).isEqualTo(2);
		}
	}

	@Test
	void answerThatIsNoneIsAnError() {
		try (SocketPairProcess process = process(Duration.ofSeconds(30), "sh", "-c",
				"while read -r line; do echo nonsense; done <&3 >&3")) {
			WorkerReply reply = new Worker(process, new JsonMapper()).ask("hi");
			assertThat(reply.error()).contains("nonsense");
			assertThat(reply.state()).isEqualTo("running");
		}
	}

	private SocketPairProcess process(Duration readTimeout, String... command) {
		return new SocketPairProcessBuilder(this.factory).name("worker")
			.command(command)
			.options(SocketPairOptions.builder().readTimeout(readTimeout).build())
			.framing(Framing.LINE)
			.stopTimeout(Duration.ofSeconds(2))
			.build();
	}

}
