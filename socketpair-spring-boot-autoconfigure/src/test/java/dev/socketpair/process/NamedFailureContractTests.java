package dev.socketpair.process;

import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairs;
import dev.socketpair.SocketType;
import dev.socketpair.message.Framing;
import dev.socketpair.message.MessageTooLargeException;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a caller with many processes learns from a failure: which process it was, and
 * which property sets the limit.
 */
@NothingLeaks
class NamedFailureContractTests {

	private static final Duration SHORT = Duration.ofMillis(20);

	private final SocketPairFactory factory = SocketPairs.factory();

	@AfterEach
	void close() {
		this.factory.close();
	}

	private static String named(SocketPairProcess process) {
		return "process 'worker' (pid %s)".formatted(process.pid());
	}

	private SocketPairProcessBuilder cat() {
		return Children.cat(this.factory).name("worker");
	}

	@Test
	void timeOutNamesTheProcessAndTheProperty() throws Exception {
		try (SocketPairProcess process = cat().options(SocketPairOptions.builder().readTimeout(SHORT).build())
			.start()) {
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> process.messages().receive())
				.withMessageEndingWith("to read: %s, 'read-timeout' is 20 ms", named(process));
			assertThatExceptionOfType(SocketTimeoutException.class)
				.isThrownBy(() -> process.currentMessages().receive(Duration.ofMillis(1)))
				.withMessageEndingWith("to read: %s, after 1 ms", named(process));
		}
	}

	@Test
	void timeOutWithinAMessageIsNamed() throws Exception {
		try (SocketPairProcess process = Children.shell(this.factory, "printf part >&3; exec cat >&3 <&3")
			.name("worker")
			.start()) {
			Children.until(() -> process.socket().available() == "part".length());
			assertThatExceptionOfType(SocketTimeoutException.class)
				.isThrownBy(() -> process.messages().receive(Duration.ofMillis(1)))
				.withMessage(
						"Timed out while waiting for the rest of a message, of which 4 bytes have come: %s, after 1 ms",
						named(process));
			process.messages().send("whole");
			assertThat(Children.receive(process)).isEqualTo("partwhole");
		}
	}

	@Test
	void timeOutOfASenderNamesTheProcessAndTheProperty() throws Exception {
		try (SocketPairProcess process = new SocketPairProcessBuilder(this.factory).name("worker")
			.command("sleep", "1000")
			.options(SocketPairOptions.builder().writeTimeout(SHORT).build())
			.stopTimeout(Duration.ZERO)
			.start()) {
			assertThatExceptionOfType(SocketTimeoutException.class)
				.isThrownBy(() -> process.messages().send(new byte[10_000_000]))
				.withMessageEndingWith("room to write: %s, 'write-timeout' is 20 ms", named(process))
				.satisfies((ex) -> assertThat(ex.bytesTransferred).isPositive());
			assertThatExceptionOfType(SocketTimeoutException.class)
				.isThrownBy(() -> process.messages().sendAll(List.of(ByteBuffer.allocate(1))))
				.withMessageContaining(named(process));
		}
	}

	@Test
	void messageThatIsTooLargeNamesTheProcessAndTheProperty() throws Exception {
		try (SocketPairProcess process = Children.shell(this.factory, "echo too long >&3; exec cat <&3 >&3")
			.name("worker")
			.maxMessageSize(4)
			.start()) {
			assertThatExceptionOfType(MessageTooLargeException.class).isThrownBy(() -> Children.receive(process))
				.withMessage("A message of %s of 8 bytes is larger than the maximum of 4 ('max-message-size')",
						named(process))
				.satisfies((ex) -> assertThat(ex.length()).isEqualTo(8))
				.satisfies((ex) -> assertThat(ex.maximum()).isEqualTo(4));
			assertThatExceptionOfType(MessageTooLargeException.class).isThrownBy(() -> process.messages().send("12345"))
				.withMessage("A message to %s of 5 bytes is larger than the maximum of 4 ('max-message-size')",
						named(process));
			process.messages().send("1234");
			assertThat(Children.receive(process)).isEqualTo("1234");
		}
	}

	@Test
	void messageThatBreaksTheFramingNamesTheProcessAndTheProperty() throws Exception {
		try (SocketPairProcess process = Children.shell(this.factory, "echo Hello, world >&3; exec cat <&3")
			.name("worker")
			.framing(Framing.CONTENT_LENGTH)
			.start()) {
			String named = named(process);
			assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> Children.receive(process))
				.withMessageContaining("Hello, world")
				.withMessageEndingWith(": %s, 'framing' is 'content-length'", named);
		}
	}

	@Test
	void callThatTheKernelRefusesNamesTheProcess() throws Exception {
		try (SocketPairProcess process = new SocketPairProcessBuilder(this.factory).name("worker")
			.command("cat")
			.attach(Attachment.STDIO)
			.type(SocketType.SEQPACKET)
			.start()) {
			assertThatExceptionOfType(SocketPairException.class)
				.isThrownBy(() -> process.messages().send(new byte[5_000_000]))
				.withMessage("send failed with EMSGSIZE (90): Message too long [%s]", named(process));
		}
	}

	@ParameterizedTest
	@EnumSource(Attachment.class)
	void argumentsAreInNoMessageAndNoText(Attachment attachment) throws Exception {
		String secret = "s3cret";
		SocketPairProcessBuilder builder = new SocketPairProcessBuilder(this.factory).name("worker")
			.attach(attachment)
			.settleTime(Duration.ofSeconds(20));
		assertThatExceptionOfType(ProcessStartException.class)
			.isThrownBy(() -> builder.command("sh", "-c", "exit 3", secret).start())
			.withMessageStartingWith("Process 'worker' (sh with 3 arguments) cannot be started: ")
			.satisfies((ex) -> assertThat(ex).hasStackTraceContaining("worker"))
			.satisfies((ex) -> assertThat(ex.command()).endsWith(secret));
		assertThatExceptionOfType(ProcessStartException.class)
			.isThrownBy(() -> builder.command("no-such-command", secret).start())
			.withMessageStartingWith("Process 'worker' (no-such-command with 1 argument) cannot be started: ")
			.withMessageNotContaining(secret);
		try (SocketPairProcess process = builder.settleTime(Duration.ZERO)
			.command("sh", "-c", "exit 3", secret)
			.start()) {
			Children.until(() -> process.state() == SocketPairProcessState.STOPPED);
			assertThatExceptionOfType(ProcessExitedException.class).isThrownBy(() -> process.messages().receive())
				.withMessage("Process 'worker' (sh with 3 arguments) exited with 3")
				.satisfies((ex) -> assertThat(ex.command()).endsWith(secret));
			assertThat(process.toString()).doesNotContain(secret);
			assertThat(process.messages().toString()).doesNotContain(secret);
		}
	}

}
