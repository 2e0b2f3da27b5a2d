package dev.socketpair.process;

import java.lang.ref.Reference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.testsupport.ChildJvm;
import dev.socketpair.testsupport.LogCapture;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Standard output and error of children.
 */
@NothingLeaks
class OutputContractTests {

	private static final String WATCH = "socketpair-output-silence";

	private final SocketPairFactory factory = SocketPairs.factory();

	private final CountDownLatch waiting = new CountDownLatch(1);

	private final CountDownLatch released = new CountDownLatch(1);

	@RegisterExtension
	private final LogCapture log = new LogCapture("socketpair.process.talker").then((entry) -> {
		if (entry.getMessage().contains("make the logger slow")) {
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
		}
		if (entry.getMessage().contains("make the logger wait")) {
			this.waiting.countDown();
			await(this.released);
		}
		if (entry.getMessage().contains("make the logger fail")) {
			throw new IllegalStateException("thrown by a log handler");
		}
	});

	@AfterEach
	void close() {
		this.factory.close();
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private SocketPairProcessBuilder talker(String script) {
		return Children.shell(this.factory, script).name("talker").settleTime(Duration.ZERO);
	}

	private List<String> messages() {
		return this.log.messages();
	}

	private void untilEnded(SocketPairProcess process) {
		Children.until(() -> process.state() == SocketPairProcessState.STOPPED);
	}

	@Test
	void standardOutputIsInformationAndStandardErrorAWarning() throws Exception {
		try (SocketPairProcess process = talker("echo to output; echo to error >&2").start()) {
			untilEnded(process);
			Children.until(() -> this.log.records().size() == 2);
			assertThat(this.log.records()).extracting(LogRecord::getLevel, LogRecord::getMessage)
				.containsExactlyInAnyOrder(tuple(Level.INFO, "to output"), tuple(Level.WARNING, "to error"));
			assertThat(process.standardErrorTail()).containsExactly("to error");
		}
	}

	@Test
	void lastWordsAreThereWhenTheExitIsKnown() throws Exception {
		for (int i = 0; i < 20; i++) {
			try (SocketPairProcess process = talker("echo last words >&2; kill -9 $$").start()) {
				untilEnded(process);
				assertThat(process.standardErrorTail()).containsExactly("last words");
			}
		}
	}

	@Test
	void linesAreEscapedCutAndNeverFormatted() throws Exception {
		try (SocketPairProcess process = talker("printf 'a\\033[31m\\tred\\r\\n{0} %%s\\n\\n' >&2; "
				+ "head -c 10000 /dev/zero | tr '\\0' x >&2; printf 'END\\nno end' >&2")
			.start()) {
			untilEnded(process);
			Children.until(() -> this.log.records().size() == 5);
			assertThat(messages())
				.startsWith("a\\u001b[31m\tred", "{0} %s", "",
						"x".repeat(1024) + "[1811 bytes cut]" + "x".repeat(7165) + "END")
				.endsWith("no end");
			assertThat(process.standardErrorTail().get(3)).hasSize(1024)
				.startsWith("xxx")
				.contains("[cut]")
				.endsWith("xEND");
		}
	}

	@Test
	void errorAfterProgressIsTheLastLine() throws Exception {
		String script = "i=0; while [ $i -lt 500 ]; do printf '\\r%3d%% of the file' $i >&2; i=$((i+1)); done; "
				+ "printf '\\rdisk full\\n' >&2; exit 1";
		try (SocketPairProcess process = talker(script).start()) {
			assertThatExceptionOfType(ProcessExitedException.class).isThrownBy(() -> process.messages().receive())
				.satisfies((ex) -> assertThat(ex.standardErrorTail()).endsWith("disk full"));
			assertThat(process.standardErrorTail()).hasSize(20).endsWith("499% of the file", "disk full");
			Children.until(() -> messages().contains("disk full"));
			assertThat(messages()).hasSize(501);
		}
	}

	@Test
	void promptIsShownWhileTheChildWaitsForTheAnswer() throws Exception {
		try (SocketPairProcess process = talker("printf out; printf 'name? ' >&2; read line <&3; echo hello $line >&2; "
				+ "printf 'end? ' >&2; read line <&3")
			.start()) {
			Children.until(() -> process.standardErrorTail().equals(List.of("name? ")));
			Children.until(() -> messages().containsAll(List.of("out", "name? ")));
			process.messages().send("Ada");
			Children.until(() -> process.standardErrorTail().equals(List.of("name? ", "hello Ada", "end? ")));
			Children.until(() -> messages().size() == 4);
			process.messages().send("now");
			untilEnded(process);
			assertThat(process.standardErrorTail()).hasSize(3);
			assertThat(messages()).hasSize(4);
		}
	}

	@Test
	void outputWithoutAPauseIsOneLine() throws Exception {
		String script = "for i in 1 2 3 4 5 6 7 8; do printf $i >&2; sleep 0.1; done; echo >&2";
		try (SocketPairProcess process = talker(script).start()) {
			untilEnded(process);
			assertThat(process.standardErrorTail()).containsExactly("12345678");
		}
	}

	@Test
	void lastWordsAreInTheTailThoughTheLogIsSlow() throws Exception {
		String script = "i=0; while [ $i -lt 60 ]; do echo make the logger slow >&2; i=$((i+1)); done; "
				+ "printf 'last words' >&2; exit 1";
		try (SocketPairProcess process = talker(script).start()) {
			untilEnded(process);
			assertThat(process.standardErrorTail()).endsWith("last words");
			Children.until(() -> messages().size() == 61);
			assertThat(messages()).endsWith("last words");
		}
	}

	@Test
	void silenceIsWatchedByOneThreadThatEnds() throws Exception {
		String script = "printf 'waiting' >&2; read line <&3";
		try (SocketPairProcess first = talker(script).start(); SocketPairProcess second = talker(script).start()) {
			Children.until(() -> messages().size() == 2);
			assertThat(threads(WATCH)).isLessThanOrEqualTo(1);
			assertThat(first.standardErrorTail()).isEqualTo(second.standardErrorTail());
		}
		Children.until(() -> threads(WATCH) == 0);
	}

	private static long threads(String name) {
		return Thread.getAllStackTraces().keySet().stream().filter((thread) -> thread.getName().equals(name)).count();
	}

	@Test
	void floodDoesNotSlowTheChildAndIsCounted() throws Exception {
		try (SocketPairProcess process = talker("exec 2>&1; yes a line of the flood | head -n 2000000; echo done >&3")
			.start()) {
			assertThat(Children.receive(process)).isEqualTo("done");
			untilEnded(process);
			Children.until(() -> messages().stream().mapToLong(OutputContractTests::lines).sum() == 2_000_000);
			assertThat(messages()).hasSizeLessThan(100_000)
				.anyMatch((line) -> line.matches("\\[\\d+ more lines were dropped: only 1000 in a second are logged]"));
		}
	}

	private static long lines(String message) {
		return message.startsWith("[") ? Long.parseLong(message.substring(1, message.indexOf(' '))) : 1;
	}

	/**
	 * The environment of the descendant is another, so that it is not found. The JDK
	 * would read the flood into memory.
	 */
	@Test
	void stopDoesNotWaitForALoggerAndTheFloodOfADescendantEnds() throws Exception {
		String script = "(env -i setsid sh -c 'echo $$ >&3; echo make the logger wait >&2; exec yes >&2' &); "
				+ "read line <&3";
		long flood = 0;
		try (SocketPairProcess process = talker(script).stopTimeout(Duration.ofSeconds(2)).start()) {
			flood = Long.parseLong(Children.receive(process));
			await(this.waiting);
			process.stopAsync().get(10, TimeUnit.SECONDS);
			assertThat(Children.runs(flood)).isTrue();
			this.released.countDown();
			long pid = flood;
			Children.until(() -> !Children.runs(pid));
			Children.until(() -> threads("socketpair-talker-stderr") == 0);
		}
		finally {
			this.released.countDown();
			Children.kill(flood);
		}
	}

	@Test
	void loggerThatFailsDoesNotStopTheChild() throws Exception {
		try (SocketPairProcess process = talker(
				"for i in 1 2 3; do echo make the logger fail >&2; done; head -c 200000 /dev/zero >&2; echo done >&3")
			.start()) {
			assertThat(Children.receive(process)).isEqualTo("done");
		}
	}

	@Test
	void tailHasTheLastTwentyLines() throws Exception {
		try (SocketPairProcess process = talker("i=0; while [ $i -lt 50 ]; do echo line $i >&2; i=$((i+1)); done")
			.start()) {
			untilEnded(process);
			assertThat(process.standardErrorTail()).hasSize(20).startsWith("line 30").endsWith("line 49");
		}
	}

	@Test
	void outputThatIsDiscardedIsNotLogged() throws Exception {
		try (SocketPairProcess process = talker("echo to output; echo to error >&2").stdout(Output.DISCARD)
			.stderr(Output.DISCARD)
			.start()) {
			untilEnded(process);
			assertThat(this.log.records()).isEmpty();
			assertThat(process.standardErrorTail()).isEmpty();
		}
	}

	@Test
	void outputThatIsInheritedGoesWhereTheParentsGoes() {
		ChildJvm jvm = ChildJvm.run(ChildJvm.command(List.of(), Inheriting.class));
		assertThat(jvm.output()).isEqualTo("to output\nto error\n");
		assertThat(jvm.status()).isZero();
	}

	@Test
	void standardOutputCannotBeChosenWhereItIsTheSocket() {
		assertThatIllegalArgumentException().isThrownBy(() -> Children.cat(this.factory).stdout(Output.DISCARD).build())
			.withMessageContaining("'stdout' must not be set, but is DISCARD");
	}

	/**
	 * A parent whose output is read.
	 */
	public static final class Inheriting {

		private Inheriting() {
		}

		public static void main(String[] arguments) throws Exception {
			// The start is logged to standard error, too.
			Logger logger = Logger.getLogger("dev.socketpair.process");
			logger.setLevel(Level.WARNING);
			try (SocketPairFactory factory = SocketPairs.factory();
					SocketPairProcess process = Children.shell(factory, "echo to output; echo to error >&2")
						.stdout(Output.INHERIT)
						.stderr(Output.INHERIT)
						.start()) {
				process.messages().receive();
			}
			Reference.reachabilityFence(logger);
		}

	}

}
