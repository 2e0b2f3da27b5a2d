package dev.socketpair.process;

import java.io.InterruptedIOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;

import dev.socketpair.Errno;
import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.message.Framing;
import dev.socketpair.message.MessageConnection;
import dev.socketpair.process.RestartPolicy.When;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.LogCapture;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Children that live, and with which nothing can be exchanged.
 */
@NothingLeaks
class ChannelContractTests {

	/** Neither reads nor ends by itself. */
	private static final String DEAF = "echo up >&3; exec sleep 1000";

	private final SocketPairFactory factory = SocketPairs.factory();

	@RegisterExtension
	private final LogCapture log = new LogCapture(Supervision.class);

	@AfterEach
	void close() {
		assertThat(this.factory.statistics().openPairs()).isEmpty();
		this.factory.close();
	}

	private List<String> logged(Level level) {
		return this.log.messages(level);
	}

	private static RestartPolicy atOnce(When when) {
		return new RestartPolicy(when, Duration.ZERO, 1, Duration.ZERO, 5);
	}

	private SocketPairProcessBuilder shell(String script) {
		return Children.shell(this.factory, script).stopTimeout(Duration.ofSeconds(1));
	}

	private static void interrupt(InBackground<ByteBuffer> receiver) {
		receiver.thread().interrupt();
		assertThatExceptionOfType(ClosedByInterruptException.class).isThrownBy(receiver::get);
	}

	@ParameterizedTest
	@EnumSource(value = When.class, names = { "ON_FAILURE", "ALWAYS" })
	void childWhoseReaderWasInterruptedIsReplaced(When when) throws Exception {
		try (SocketPairProcess process = shell(DEAF).restart(atOnce(when)).start()) {
			assertThat(Children.receive(process)).isEqualTo("up");
			InBackground<ByteBuffer> receiver = InBackground.call(() -> process.messages().receive()).untilBlocked();
			interrupt(receiver);
			assertThat(process.isDown()).isTrue();
			assertThatExceptionOfType(ProcessNotRunningException.class).isThrownBy(() -> process.messages().send("x"))
				.withMessageContaining("Process 'sh' cannot be used any more and is being ended")
				.withMessageContaining("was interrupted");
			Children.until(() -> process.starts() == 2);
			assertThat(Children.receive(process)).isEqualTo("up");
			assertThat(process.isDown()).isFalse();
			assertThat(logged(Level.WARNING)).anyMatch((text) -> text.contains("was interrupted"));
		}
	}

	@Test
	void exitWithZeroOfAChildWhoseReaderWasInterruptedIsAFailure() throws Exception {
		try (SocketPairProcess cat = Children.cat(this.factory).restart(atOnce(When.ON_FAILURE)).start()) {
			InBackground<ByteBuffer> receiver = InBackground.call(() -> cat.messages().receive()).untilBlocked();
			interrupt(receiver);
			Children.until(() -> cat.starts() == 2);
			assertThat(cat.lastExit()).isEqualTo(new ExitStatus(0));
			cat.messages().send("again");
			assertThat(Children.receive(cat)).isEqualTo("again");
		}
	}

	@Test
	void childThatFailedThoughItsStatusIsZeroIsDown() throws Exception {
		try (SocketPairProcess cat = Children.cat(this.factory).start()) {
			InBackground<ByteBuffer> receiver = InBackground.call(() -> cat.messages().receive()).untilBlocked();
			interrupt(receiver);
			Children.until(() -> cat.state() == SocketPairProcessState.STOPPED);
			assertThat(cat.lastExit()).isEqualTo(new ExitStatus(0));
			assertThat(cat.isDown()).isTrue();
			assertThatExceptionOfType(ProcessExitedException.class).isThrownBy(() -> cat.messages().receive())
				.withMessageContaining("exited with 0, after this application has closed its own end");
			assertThat(logged(Level.WARNING)).singleElement().asString().contains("exited with 0, after");
		}
	}

	@Test
	void callerThatQueuesAndIsInterruptedHarmsNoOther() throws Exception {
		try (SocketPairProcess cat = Children.cat(this.factory).start()) {
			InBackground<ByteBuffer> first = InBackground.call(() -> cat.messages().receive()).untilBlocked();
			InBackground<ByteBuffer> second = InBackground.call(() -> cat.messages().receive()).untilBlocked();
			second.thread().interrupt();
			assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(second::get);
			cat.messages().send("for the first");
			assertThat(Children.text(first.get())).isEqualTo("for the first");
			assertThat(cat.isDown()).isFalse();
			assertThat(cat.starts()).isOne();
		}
	}

	@Test
	void childThatClosesItsEndAndLivesOnIsReplacedWithoutAReader() throws Exception {
		try (SocketPairProcess process = shell("exec 3>&-; exec sleep 1000").settleTime(Duration.ZERO)
			.restart(atOnce(When.ON_FAILURE))
			.start()) {
			Children.until(process::isDown);
			assertThat(process.starts()).isOne();
			Children.until(() -> process.starts() == 2);
			assertThat(process.lastExit()).hasToString("143 (SIGTERM)");
			assertThat(logged(Level.WARNING)).anyMatch(
					(text) -> text.contains("cannot be used any more and is ended: it has closed its end of the pair"));
		}
	}

	@Test
	void childThatIgnoresTheTermSignalIsKilled() throws Exception {
		try (SocketPairProcess process = shell("trap '' TERM; exec 3>&-; while :; do sleep 1; done")
			.settleTime(Duration.ZERO)
			.start()) {
			Children.until(() -> process.state() == SocketPairProcessState.STOPPED);
			assertThat(process.lastExit()).hasToString("137 (SIGKILL)");
			assertThat(process.isDown()).isTrue();
		}
	}

	@Test
	void messagesFromBeforeAChildClosedItsEndAreReceivedAfterItWasEnded() throws Exception {
		try (SocketPairProcess process = shell("echo one >&3; echo two >&3; exec 3>&-; exec sleep 1000")
			.settleTime(Duration.ZERO)
			.start()) {
			Children.until(() -> process.state() == SocketPairProcessState.STOPPED);
			assertThat(Children.receive(process)).isEqualTo("one");
			assertThat(Children.receive(process)).isEqualTo("two");
			assertThatExceptionOfType(ProcessExitedException.class).isThrownBy(() -> process.messages().receive())
				.withMessageContaining("exited with 143 (SIGTERM), after it has closed its end of the pair");
		}
	}

	@Test
	void receiverGetsTheExitOfAChildThatClosedItsEndAndWasEnded() throws Exception {
		try (SocketPairProcess process = shell("read line <&3; exec 3>&-; exec sleep 1000").start()) {
			InBackground<ByteBuffer> receiver = InBackground.call(() -> process.messages().receive()).untilBlocked();
			process.messages().send("go");
			assertThatExceptionOfType(ProcessExitedException.class).isThrownBy(receiver::get);
		}
	}

	@ParameterizedTest
	@EnumSource(Attachment.class)
	void childThatReadsNoMoreIsEndedWhenItIsSentSomething(Attachment attachment) throws Exception {
		boolean stdio = attachment == Attachment.STDIO;
		String program = stdio ? "import os; os.close(0); print('deaf', flush=True); import time; time.sleep(1000)"
				: """
						import socket, time
						end = socket.socket(fileno=3)
						end.shutdown(socket.SHUT_RD)
						end.sendall(b'deaf\\n')
						time.sleep(1000)""";
		try (SocketPairProcess process = Children.python(this.factory, program)
			.attach(attachment)
			.framing(Framing.LINE)
			.stopTimeout(Duration.ofSeconds(1))
			.restart(new RestartPolicy(When.NEVER, Duration.ZERO, 1, Duration.ZERO, 1))
			.start()) {
			assertThat(Children.receive(process)).isEqualTo("deaf");
			assertThat(process.isDown()).isFalse();
			assertThatExceptionOfType(ProcessNotRunningException.class).isThrownBy(() -> process.messages().send("x"))
				.withMessageContaining("cannot be used any more and is being ended: it has closed its end");
			assertThat(process.isDown()).isTrue();
			Children.until(() -> process.state() == SocketPairProcessState.STOPPED);
			assertThat(process.isDown()).isTrue();
		}
	}

	@ParameterizedTest
	@EnumSource(Attachment.class)
	void childIsNotEndedWhereSomethingIsSentAfterTheEnd(Attachment attachment) throws Exception {
		String end = (attachment == Attachment.STDIO) ? "" : "<&3 >&3";
		try (SocketPairProcess process = shell("exec %s; cat; read line; sleep 3; echo late".formatted(end))
			.attach(attachment)
			.start()) {
			process.messages().shutdownOutput();
			assertThatExceptionOfType(SocketPairException.class).isThrownBy(() -> process.messages().send("x"))
				.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EPIPE));
			assertThat(process.isDown()).isFalse();
			assertThat(Children.receive(process)).isEqualTo("late");
		}
	}

	@Test
	void exitThatFollowsTheEndOfTheStreamIsTheChildsOwn() throws Exception {
		try (SocketPairProcess process = shell("read line <&3; exec 3>&-; sleep 0.3; exit 0").start()) {
			process.messages().send("go");
			assertThat(process.messages().receive()).isNull();
			Children.until(() -> process.state() == SocketPairProcessState.STOPPED);
			assertThat(process.lastExit()).isEqualTo(new ExitStatus(0));
			assertThat(process.isDown()).isFalse();
		}
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 20 })
	void childThatClosesItsEndWithinTheSettleTimeFailsTheStart(long seconds) throws Exception {
		assertThatExceptionOfType(ProcessStartException.class)
			.isThrownBy(() -> shell("exec 3>&-; exec sleep 1000").settleTime(Duration.ofSeconds(seconds)).start())
			.withMessageContaining("it has closed its end of the pair, and was ended after")
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(ProcessStartException.Reason.EXITED_AT_ONCE));
	}

	@Test
	void childThatBreaksTheProtocolIsReplaced() throws Exception {
		try (SocketPairProcess process = shell("echo no header >&3; exec sleep 1000").framing(Framing.CONTENT_LENGTH)
			.restart(atOnce(When.ON_FAILURE))
			.start()) {
			assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> Children.receive(process));
			assertThat(process.isDown()).isTrue();
			Children.until(() -> process.starts() == 2);
			assertThat(logged(Level.WARNING)).anyMatch((text) -> text.contains("it broke the protocol: "));
		}
	}

	@Test
	void childWhoseSocketWasClosedIsReplaced() throws Exception {
		try (SocketPairProcess process = shell(DEAF).restart(atOnce(When.ON_FAILURE)).start()) {
			process.socket().close();
			assertThat(process.isDown()).isTrue();
			Children.until(() -> process.starts() == 2);
			assertThat(Children.receive(process)).isEqualTo("up");
		}
	}

	@Test
	void childWhoseSocketWasGivenAwayLivesOn() throws Exception {
		try (SocketPairProcess process = shell("read line <&3; echo $line >&3; exec sleep 1000").start();
				SocketChannel channel = process.socket().toSocketChannel()) {
			long start = System.nanoTime();
			Children.until(() -> System.nanoTime() - start > Duration.ofMillis(1200).toNanos());
			channel.write(ByteBuffer.wrap("hello\n".getBytes()));
			assertThat(channel.read(ByteBuffer.allocate(10))).isEqualTo(6);
			assertThat(process.isDown()).isFalse();
			assertThat(process.isAlive()).isTrue();
		}
	}

	@Test
	void closeOfAViewOfTheMessagesEndsNoChild() throws Exception {
		try (SocketPairProcess cat = Children.cat(this.factory).start()) {
			MessageConnection current = cat.currentMessages();
			try (MessageConnection shared = cat.messages()) {
				shared.send("1");
			}
			current.close();
			assertThat(current.isOpen()).isFalse();
			assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(() -> current.send("x"));
			assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(current::receive);
			assertThat(cat.messages().isOpen()).isTrue();
			assertThat(Children.receive(cat)).isEqualTo("1");
			assertThat(cat.isDown()).isFalse();
		}
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, 10 })
	void receiveWithATimeoutDoesNotWaitLongerForAnExit(long millis) throws Exception {
		try (SocketPairProcess process = shell("trap '' TERM; exec 3>&-; while :; do sleep 1; done")
			.settleTime(Duration.ZERO)
			.stopTimeout(Duration.ofSeconds(20))
			.start()) {
			Children.until(process::isDown);
			long start = System.nanoTime();
			assertThatExceptionOfType(SocketTimeoutException.class)
				.isThrownBy(() -> process.messages().receive(Duration.ofMillis(millis)));
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(800));
			Children.kill(process);
		}
	}

	@Test
	void exitWithZeroIsLoggedWithTheOutlookAndAHint() throws Exception {
		try (SocketPairProcess process = shell("exit 0").restart(RestartPolicy.onFailure()).start()) {
			Children.until(() -> logged(Level.INFO).size() == 2);
			assertThat(logged(Level.INFO)).last()
				.asString()
				.contains("exited with 0, and is not started again: restart.policy is 'on-failure'")
				.contains("needs 'attach: stdio'")
				.contains("'announce'");
			assertThatExceptionOfType(ProcessExitedException.class).isThrownBy(() -> process.messages().send("x"))
				.withMessageContaining("is not started again: restart.policy is 'on-failure'");
			assertThat(process.isDown()).isFalse();
		}
	}

	@Test
	void stopIsNotReportedAsAnExitByItself() throws Exception {
		try (SocketPairProcess cat = Children.cat(this.factory).start()) {
			cat.stop();
			assertThat(logged(Level.INFO)).singleElement().asString().contains("was started with pid");
			assertThat(logged(Level.WARNING)).isEmpty();
		}
	}

	@Test
	void startReturnsWhenTheChildHasSentSomething() throws Exception {
		long start = System.nanoTime();
		try (SocketPairProcess process = shell(DEAF).settleTime(Duration.ofMinutes(5)).start()) {
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMinutes(1));
			assertThat(Children.receive(process)).isEqualTo("up");
		}
	}

	@Test
	void settleTimeIsASecondUnlessSet() throws Exception {
		assertThatExceptionOfType(ProcessStartException.class)
			.isThrownBy(
					() -> new SocketPairProcessBuilder(this.factory).command("sh", "-c", "sleep 0.6; exit 2").start())
			.withMessageContaining("it exited with 2");
	}

}
