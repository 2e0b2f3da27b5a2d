package dev.socketpair.sample;

import java.nio.file.Files;
import java.nio.file.Path;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.DefaultApplicationArguments;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TransferRunner}.
 */
@ExtendWith(OutputCaptureExtension.class)
class TransferRunnerTests {

	@TempDir
	private Path directory;

	private final SocketPairFactory factory = SocketPairs.factory();

	@AfterEach
	void close() {
		this.factory.close();
	}

	@Test
	void printsTheReportAndSucceeds(CapturedOutput output) throws Exception {
		Path file = Files.writeString(this.directory.resolve("file"), "bytes");
		assertThat(run(file.toString())).isZero();
		assertThat(output.getOut().lines()).anyMatch((line) -> line.matches("digests +agree"));
		assertThat(output.getErr()).isEmpty();
	}

	@Test
	void printsOneMessageAndFails(CapturedOutput output) throws Exception {
		Path missing = this.directory.resolve("missing");
		assertThat(run(missing.toString())).isOne();
		assertThat(output.getErr().lines()).containsExactly("The transfer failed: " + missing + ": does not exist");
		assertThat(output.getOut()).isEmpty();
	}

	@Test
	void printsOneMessageForTwoPaths(CapturedOutput output) throws Exception {
		assertThat(run("a", "b")).isOne();
		assertThat(output.getErr().lines())
			.containsExactly("The transfer failed: One path is enough, but there are [a, b]");
	}

	private int run(String... args) throws InterruptedException {
		ApplicationArguments arguments = new DefaultApplicationArguments(args);
		TransferRunner runner = new TransferRunner(new SourceFile(arguments), new FileTransfer(this.factory),
				new TransferReport(this.factory, new SimpleMeterRegistry()));
		runner.run(arguments);
		return runner.getExitCode();
	}

}
