package dev.socketpair.process;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

import dev.socketpair.Errno;
import dev.socketpair.PairedSocket;
import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.SocketType;
import dev.socketpair.message.Framing;
import dev.socketpair.message.IncompleteMessageException;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The exit of a child, as callers see it.
 */
@NothingLeaks
class ExitContractTests {

	private static final int CALLERS = 10;

	private static final ExitStatus KILLED = new ExitStatus(137);

	private final SocketPairFactory factory = SocketPairs.factory();

	@AfterEach
	void close() {
		assertThat(this.factory.statistics().openPairs()).isEmpty();
		this.factory.close();
	}

	/**
	 * A grandchild that holds the socket, or standard error, hides the child's end from
	 * readers.
	 */
	@ParameterizedTest
	@CsvSource({ "exec cat <&3, DISCARD", "sleep 1000 & echo $! >&3; cat <&3, DISCARD",
			"sleep 1000 & echo $! >&3; cat <&3, LOG" })
	void callersThatWaitAreReleasedWithinATenthOfASecond(String script, Output output) throws Exception {
		List<Duration> slowest = new ArrayList<>();
		for (int round = 0; round < 5; round++) {
			slowest.add(killUnderWaitingCallers(script, output));
		}
		// One round that nothing else disturbs is enough.
		assertThat(slowest).anyMatch((duration) -> duration.toMillis() < 100);
	}

	private Duration killUnderWaitingCallers(String script, Output output) throws Exception {
		try (SocketPairProcess process = Children.shell(this.factory, script)
			.stderr(output)
			.stdout(output)
			.settleTime(Duration.ZERO)
			.start()) {
			String grandchild = script.contains("$!") ? Children.receive(process) : null;
			List<InBackground<Long>> callers = new ArrayList<>();
			for (int i = 0; i < CALLERS; i++) {
				callers.add(InBackground.call(() -> {
					assertThatExceptionOfType(ProcessExitedException.class)
						.isThrownBy(() -> process.messages().receive())
						.withMessageContaining("137 (SIGKILL)")
						.satisfies((ex) -> assertThat(ex.status()).isEqualTo(KILLED));
					return System.nanoTime();
				}).untilBlocked());
			}
			long killed = System.nanoTime();
			Children.kill(process);
			long released = killed;
			for (InBackground<Long> caller : callers) {
				released = Math.max(released, caller.get());
			}
			if (grandchild != null) {
				Children.kill(Long.parseLong(grandchild));
			}
			return Duration.ofNanos(released - killed);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket", "dgram" })
	void messagesOfTheChildAreReceivedBeforeItsEnd(String type) throws Exception {
		Framing framing = Framing.defaultFor(SocketType.of(type));
		String prefix = (framing == Framing.NONE) ? "" : "(4).to_bytes(4, 'big') + ";
		try (SocketPairProcess python = Children.python(this.factory, """
				import os, signal
				for i in range(100):
				    os.write(3, %sb"%%04d" %% i)
				os.kill(os.getpid(), signal.SIGKILL)
				""".formatted(prefix)).type(SocketType.of(type)).settleTime(Duration.ZERO).start()) {
			Children.until(() -> !python.isAlive());
			for (int i = 0; i < 100; i++) {
				assertThat(Children.receive(python)).isEqualTo("%04d".formatted(i));
			}
			assertThatExceptionOfType(ProcessExitedException.class).isThrownBy(() -> Children.receive(python));
			assertThatExceptionOfType(ProcessExitedException.class).isThrownBy(() -> python.messages().receive());
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket" })
	void unreadMessagesOfAChildDoNotHideItsOwn(String type) throws Exception {
		String first = type.equals("stream") ? "(1).to_bytes(4, 'big') + " : "";
		try (SocketPairProcess python = Children.python(this.factory, """
				import os, sys
				os.write(3, %sb"1")
				os.read(3, 1)
				os.write(3, %sb"2")
				sys.exit(5)
				""".formatted(first, first)).type(SocketType.of(type)).start()) {
			assertThat(Children.receive(python)).isEqualTo("1");
			python.messages().send("first");
			try {
				python.messages().send("second");
			}
			catch (ProcessExitedException ex) {
				// It was that quick.
			}
			Children.until(() -> python.state() == SocketPairProcessState.STOPPED);
			assertThat(Children.receive(python)).isEqualTo("2");
			assertThatExceptionOfType(ProcessExitedException.class).isThrownBy(() -> Children.receive(python))
				.withMessageContaining("exited with 5");
		}
	}

	@Test
	void exitWithZeroIsACleanEndForReceiversAndAFailureForSenders() throws Exception {
		try (SocketPairProcess shell = Children.shell(this.factory, "echo bye >&3").start()) {
			assertThat(Children.receive(shell)).isEqualTo("bye");
			assertThat(shell.messages().receive()).isNull();
			assertThat(shell.messages().receive()).isNull();
			assertThatExceptionOfType(ProcessExitedException.class).isThrownBy(() -> shell.messages().send("x"))
				.withMessageContaining("Process 'sh' (sh with 2 arguments) exited with 0")
				.withCauseInstanceOf(SocketPairException.class)
				.satisfies((ex) -> assertThat(ex.command()).containsExactly("sh", "-c", "echo bye >&3"))
				.satisfies((ex) -> assertThat(ex.name()).isEqualTo("sh"));
			assertThatExceptionOfType(ProcessExitedException.class)
				.isThrownBy(() -> shell.messages().sendAll(List.of(ByteBuffer.allocate(1))));
		}
	}

	@Test
	void exceptionHasTheLastLinesOfStandardError() throws Exception {
		try (SocketPairProcess shell = Children
			.shell(this.factory, "read line <&3; echo one >&2; echo no luck >&2; exit 3")
			.start()) {
			InBackground<ByteBuffer> receiver = InBackground.call(() -> shell.messages().receive()).untilBlocked();
			shell.messages().send("go");
			assertThatExceptionOfType(ProcessExitedException.class).isThrownBy(receiver::get)
				.withMessageContaining("exited with 3")
				.withMessageNotContaining("no luck")
				.satisfies((ex) -> assertThat(ex.standardErrorTail()).containsExactly("one", "no luck"));
			assertThat(shell.standardErrorTail()).containsExactly("one", "no luck");
		}
	}

	@Test
	void messageThatWasCutIsNoCleanEnd() throws Exception {
		try (SocketPairProcess shell = Children.shell(this.factory, "printf 'whole\\nhalf' >&3").start()) {
			assertThat(Children.receive(shell)).isEqualTo("whole");
			assertThatExceptionOfType(ProcessExitedException.class).isThrownBy(() -> Children.receive(shell))
				.withMessageContaining("exited with 0, inside a message")
				.withNoCause()
				.satisfies((ex) -> assertThat(ex.getSuppressed()).singleElement()
					.isInstanceOf(IncompleteMessageException.class));
		}
	}

	@Test
	void endOfTheStreamWaitsForTheExitThatFollows() throws Exception {
		try (SocketPairProcess shell = Children.shell(this.factory, "read line <&3; exec 3>&-; sleep 0.3; exit 4")
			.start()) {
			InBackground<ByteBuffer> receiver = InBackground.call(() -> shell.messages().receive()).untilBlocked();
			shell.messages().send("go");
			assertThatExceptionOfType(ProcessExitedException.class).isThrownBy(receiver::get)
				.withMessageContaining("exited with 4");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "sleep 1000 & echo $! >&3; " })
	void senderThatWaitsForRoomIsReleased(String grandchild) throws Exception {
		try (SocketPairProcess shell = Children.shell(this.factory, grandchild + "echo >&3; kill -STOP $$; cat")
			.stderr(Output.DISCARD)
			.stdout(Output.DISCARD)
			.start()) {
			String pid = Children.receive(shell);
			InBackground<?> sender = InBackground.call(() -> {
				while (true) {
					shell.messages().send(new byte[100_000]);
				}
			}).untilBlocked();
			Children.until(() -> shell.socket().unsent() > 100_000);
			Children.kill(shell);
			assertThatExceptionOfType(ProcessExitedException.class).isThrownBy(sender::get)
				.withMessageContaining("137 (SIGKILL)");
			if (!pid.isEmpty()) {
				Children.kill(Long.parseLong(pid));
			}
		}
	}

	@Test
	void rawSocketIsReleasedAlthoughAGrandchildHoldsTheOtherEnd() throws Exception {
		try (SocketPairProcess shell = Children.shell(this.factory, "sleep 1000 & echo $! >&3; cat <&3")
			.stderr(Output.DISCARD)
			.stdout(Output.DISCARD)
			.start()) {
			PairedSocket socket = shell.socket();
			StringBuilder pid = new StringBuilder();
			for (int c; (c = socket.inputStream().read()) != '\n';) {
				pid.append((char) c);
			}
			InBackground<Integer> reader = InBackground.call(() -> socket.read(ByteBuffer.allocate(1))).untilBlocked();
			Children.kill(shell);
			assertThat(reader.get()).isEqualTo(-1);
			assertThatExceptionOfType(SocketPairException.class).isThrownBy(() -> socket.write(ByteBuffer.allocate(1)))
				.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EPIPE));
			Children.kill(Long.parseLong(pid.toString()));
		}
	}

	@Test
	void interruptOfACallerClosesOurEndAndTheChildEnds() throws Exception {
		try (SocketPairProcess cat = Children.cat(this.factory).start()) {
			InBackground<ByteBuffer> receiver = InBackground.call(() -> cat.messages().receive()).untilBlocked();
			receiver.thread().interrupt();
			assertThatExceptionOfType(ClosedByInterruptException.class).isThrownBy(receiver::get);
			Children.until(() -> cat.state() == SocketPairProcessState.STOPPED);
			assertThat(cat.lastExit()).isEqualTo(new ExitStatus(0));
			assertThatExceptionOfType(ProcessExitedException.class).isThrownBy(() -> cat.messages().receive());
		}
	}

	@Test
	void closedFactoryIsTheEndOfTheStreamForTheChild() throws Exception {
		SocketPairFactory own = SocketPairs.factory();
		try (SocketPairProcess cat = Children.cat(own)
			.restart(new RestartPolicy(RestartPolicy.When.ALWAYS, Duration.ZERO, 1, Duration.ZERO, 3))
			.start()) {
			own.close();
			Children.until(() -> cat.state() == SocketPairProcessState.GAVE_UP);
			assertThat(cat.exits()).containsOnlyKeys(new ExitStatus(0));
			assertThatExceptionOfType(RestartsExhaustedException.class).isThrownBy(() -> cat.messages().receive())
				.withMessageContaining("its restart failed (The factory of socket pairs is closed)");
		}
	}

	@Test
	void timeOutOfAReceiverPassesThrough() throws Exception {
		try (SocketPairProcess cat = Children.cat(this.factory).start()) {
			assertThatExceptionOfType(SocketTimeoutException.class)
				.isThrownBy(() -> cat.messages().receive(Duration.ofMillis(1)));
			cat.messages().send("still there");
			assertThat(Children.receive(cat)).isEqualTo("still there");
		}
	}

	@Test
	void startsAndExitsAreCounted() throws Exception {
		try (SocketPairProcess shell = Children.shell(this.factory, "read line <&3; exit $line")
			.settleTime(Duration.ZERO)
			.build()) {
			assertThat(shell.startedAt()).isNull();
			assertThat(shell.lastExit()).isNull();
			for (String status : List.of("0", "3", "3", "200")) {
				shell.start();
				shell.messages().send(status);
				Children.until(() -> shell.state() == SocketPairProcessState.STOPPED);
			}
			assertThat(shell.starts()).isEqualTo(4);
			assertThat(shell.restarts()).isZero();
			assertThat(shell.exits()).hasToString("{0=1, 3=2, 200=1}");
			assertThat(shell.lastExit()).isEqualTo(new ExitStatus(200));
			assertThat(shell.startedAt()).isNotNull();
		}
	}

	@Test
	void thousandConsecutiveKillsLeaveNothing() throws Exception {
		long start = System.nanoTime();
		try (SocketPairProcess sleep = new SocketPairProcessBuilder(this.factory).command("sleep", "1000")
			.attach(Attachment.STDIO)
			.settleTime(Duration.ZERO)
			.restart(new RestartPolicy(RestartPolicy.When.ALWAYS, Duration.ZERO, 1, Duration.ZERO, Integer.MAX_VALUE))
			.start()) {
			quietly(() -> {
				for (int i = 1; i <= 1000; i++) {
					int before = i;
					Children.until(() -> sleep.starts() == before && sleep.state() == SocketPairProcessState.RUNNING);
					Children.kill(sleep);
					Children.until(() -> sleep.starts() == before + 1);
				}
			});
			assertThat(sleep.exits()).containsOnlyKeys(KILLED).containsValue(1000L);
			assertThat(this.factory.statistics().openPairs()).hasSize(2);
		}
		assertThat(zombies()).isEmpty();
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMinutes(1));
	}

	private static void quietly(Runnable task) {
		Logger logger = Logger.getLogger(Supervision.class.getName());
		logger.setLevel(Level.OFF);
		try {
			task.run();
		}
		finally {
			logger.setLevel(null);
		}
	}

	private static List<Long> zombies() throws IOException {
		return ProcessHandle.current().children().filter(ProcessTree::hasEnded).map(ProcessHandle::pid).toList();
	}

}
