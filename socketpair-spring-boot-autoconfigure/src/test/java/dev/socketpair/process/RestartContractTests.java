package dev.socketpair.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketpair.PairedSocket;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.message.Framing;
import dev.socketpair.message.MessageConnection;
import dev.socketpair.process.RestartPolicy.When;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Children that are started again.
 */
@NothingLeaks
class RestartContractTests {

	private static final Duration LONG = Duration.ofMinutes(5);

	private final SocketPairFactory factory = SocketPairs.factory();

	@AfterEach
	void close() {
		assertThat(this.factory.statistics().openPairs()).isEmpty();
		this.factory.close();
	}

	private static RestartPolicy atOnce(When when, int maxRestarts) {
		return new RestartPolicy(when, Duration.ZERO, 1, Duration.ZERO, maxRestarts);
	}

	private static RestartPolicy late(When when) {
		return new RestartPolicy(when, LONG, 1, LONG, 10);
	}

	/** Tells its number, and exits with the status that it is sent. */
	private SocketPairProcessBuilder obedient() {
		return Children.shell(this.factory, "echo $$ >&3; read status <&3; exit $status").settleTime(Duration.ZERO);
	}

	@ParameterizedTest
	@CsvSource({ "never, 0, false", "never, 1, false", "on_failure, 0, false", "on_failure, 1, true", "always, 0, true",
			"always, 1, true" })
	void policyDecidesAfterWhichExitsAChildIsStartedAgain(String when, String status, boolean again) throws Exception {
		RestartPolicy policy = atOnce(When.valueOf(when.toUpperCase(Locale.ROOT)), 5);
		try (SocketPairProcess process = obedient().restart(policy).start()) {
			assertThat(Children.receive(process)).isEqualTo(Long.toString(process.pid()));
			process.messages().send(status);
			Children.until(() -> (process.starts() == 2 || process.state() == SocketPairProcessState.STOPPED)
					&& process.lastExit() != null);
			assertThat(process.starts()).isEqualTo(again ? 2 : 1);
			assertThat(process.restarts()).isEqualTo(again ? 1 : 0);
		}
	}

	@Test
	void sameObjectServesTheNextChildAndNothingOfTheOneBefore() throws Exception {
		CountDownLatch restart = new CountDownLatch(1);
		SocketPairProcessListener listener = new SocketPairProcessListener() {

			@Override
			public void started(SocketPairProcess process, long pid) {
				if (process.starts() == 2) {
					restart.countDown();
				}
			}

		};
		try (SocketPairProcess process = Children
			.shell(this.factory, "echo $$ >&3; echo unread >&3; read status <&3; exit $status")
			.restart(atOnce(When.ON_FAILURE, 5))
			.settleTime(Duration.ZERO)
			.listener(listener)
			.start()) {
			MessageConnection messages = process.messages();
			PairedSocket first = process.socket();
			String firstPid = Children.receive(process);
			messages.send("7");
			restart.await();
			String secondPid = Children.receive(process);
			assertThat(secondPid).isNotEqualTo(firstPid).isEqualTo(Long.toString(process.pid()));
			assertThat(process.messages()).isSameAs(messages);
			assertThat(first.isOpen()).isFalse();
			assertThat(process.socket()).isNotSameAs(first);
			assertThat(messages.isOpen()).isTrue();
		}
	}

	@Test
	void betweenTwoChildrenCallsFailAtOnce() throws Exception {
		try (SocketPairProcess process = obedient().restart(late(When.ON_FAILURE)).start()) {
			assertThat(Children.receive(process)).isNotEmpty();
			InBackground<?> waiting = InBackground.call(() -> process.messages().receive()).untilBlocked();
			process.messages().send("9");
			assertThatExceptionOfType(ProcessExitedException.class).isThrownBy(waiting::get)
				.withMessageContaining("exited with 9, and is started again after 300000 ms");
			assertThat(process.state()).isEqualTo(SocketPairProcessState.WAITING_TO_RESTART);
			assertThat(process.isAlive()).isFalse();
			assertThatExceptionOfType(ProcessExitedException.class).isThrownBy(() -> process.messages().receive());
			assertThatExceptionOfType(ProcessExitedException.class).isThrownBy(() -> process.messages().send("x"));
		}
	}

	@Test
	void messagesOfTheCurrentChildNeverGoToTheNextOne() throws Exception {
		try (SocketPairProcess process = Children.cat(this.factory)
			.restart(new RestartPolicy(RestartPolicy.When.ALWAYS, Duration.ZERO, 1, Duration.ZERO, 5))
			.start()) {
			MessageConnection asked = process.currentMessages();
			asked.send("before");
			assertThat(Children.text(asked.receive())).isEqualTo("before");
			Children.kill(process);
			Children.until(() -> process.starts() == 2 && process.isAlive());
			assertThatExceptionOfType(ProcessExitedException.class).isThrownBy(asked::receive)
				.satisfies((ex) -> assertThat(ex.status()).hasToString("137 (SIGKILL)"));
			assertThatExceptionOfType(ProcessExitedException.class).isThrownBy(() -> asked.send("lost"));
			process.messages().send("after");
			assertThat(Children.receive(process)).isEqualTo("after");
			asked.close();
			assertThat(process.currentMessages().isOpen()).isTrue();
			assertThat(asked.isOpen()).isFalse();
		}
	}

	@Test
	void stopEndsTheWaitForARestart() throws Exception {
		SocketPairProcess process = obedient().restart(late(When.ALWAYS)).start();
		process.messages().send("0");
		Children.until(() -> process.state() == SocketPairProcessState.WAITING_TO_RESTART);
		long start = System.nanoTime();
		process.stop();
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
		assertThat(process.state()).isEqualTo(SocketPairProcessState.STOPPED);
		assertThat(process.starts()).isOne();
		process.start();
		assertThat(process.starts()).isEqualTo(2);
		assertThat(process.restarts()).isZero();
		process.close();
	}

	@Test
	void afterTooManyConsecutiveRestartsItGivesUpAndCanBeStartedAgain() throws Exception {
		SocketPairProcessBuilder builder = Children
			.shell(this.factory, "echo $$ >&3; read status <&3; exit ${status:-3}")
			.restart(atOnce(When.ON_FAILURE, 4))
			.settleTime(Duration.ZERO);
		try (SocketPairProcess process = builder.start()) {
			for (int i = 1; i <= 5; i++) {
				int starts = i;
				Children.until(() -> process.starts() == starts);
				process.messages().send("3");
			}
			Children.until(() -> process.state() == SocketPairProcessState.GAVE_UP);
			assertThat(process.starts()).isEqualTo(5);
			assertThat(process.restarts()).isEqualTo(4);
			assertThat(process.exits()).containsEntry(new ExitStatus(3), 5L);
			Children.receive(process);
			assertThatExceptionOfType(RestartsExhaustedException.class).isThrownBy(() -> process.messages().receive())
				.withMessageContaining("exited with 3, and is not started again: too many restarts in a row");
			assertThatExceptionOfType(RestartsExhaustedException.class).isThrownBy(() -> process.messages().send("x"));
			process.start();
			assertThat(process.state()).isEqualTo(SocketPairProcessState.RUNNING);
			assertThat(Children.receive(process)).isEqualTo(Long.toString(process.pid()));
		}
	}

	@Test
	void restartAfterTheStableTimeIsAFirstOneAgain() throws Exception {
		// A second is the shortest life that counts.
		try (SocketPairProcess process = obedient().restart(atOnce(When.ON_FAILURE, 1)).start()) {
			for (int i = 1; i <= 3; i++) {
				int starts = i;
				Children.until(() -> process.starts() == starts);
				long started = System.nanoTime();
				Children.until(() -> System.nanoTime() - started > Duration.ofMillis(1050).toNanos());
				process.messages().send("1");
			}
			Children.until(() -> process.starts() == 4);
			process.messages().send("1");
			Children.until(() -> process.state() == SocketPairProcessState.GAVE_UP);
			assertThat(process.starts()).isEqualTo(4);
		}
	}

	@Test
	void restartThatFailsGoesOnWithThePolicy(@TempDir Path directory) throws Exception {
		Path command = Files.writeString(directory.resolve("command"), "#!/bin/sh\nread status <&3; exit $status\n");
		assertThat(command.toFile().setExecutable(true)).isTrue();
		Queue<String> events = new ConcurrentLinkedQueue<>();
		try (SocketPairProcess process = new SocketPairProcessBuilder(this.factory).command(command.toString())
			.restart(new RestartPolicy(When.ON_FAILURE, Duration.ofMillis(20), 1, Duration.ofMillis(20), 3))
			.framing(Framing.LINE)
			.listener(new Recorder(events))
			.start()) {
			Files.delete(command);
			process.messages().send("6");
			Children.until(() -> process.state() == SocketPairProcessState.GAVE_UP);
			assertThat(process.starts()).isOne();
			assertThatExceptionOfType(RestartsExhaustedException.class).isThrownBy(() -> process.messages().receive())
				.withMessageContaining("exited with 6, and its restart failed (")
				.satisfies((ex) -> assertThat(ex.getSuppressed()).singleElement()
					.isInstanceOf(ProcessStartException.class));
			Children.until(() -> events.contains("gave up 6"));
			assertThat(events).containsExactly("started", "exited 6 20", "failed 20", "failed 20", "failed -1",
					"gave up 6");
		}
	}

	@Test
	void eventsComeInOrder() throws Exception {
		Queue<String> events = new ConcurrentLinkedQueue<>();
		try (SocketPairProcess process = obedient().restart(atOnce(When.ON_FAILURE, 2))
			.listener(new Recorder(events))
			.start()) {
			for (int i = 1; i <= 3; i++) {
				int starts = i;
				Children.until(() -> process.starts() == starts);
				process.messages().send(Integer.toString(i));
			}
			Children.until(() -> events.contains("gave up 3"));
			assertThat(events).containsExactly("started", "exited 1 0", "started", "exited 2 0", "started",
					"exited 3 -1", "gave up 3");
		}
	}

	@Test
	void listenerMayStopAndThrowAndWait() throws Exception {
		CountDownLatch stopped = new CountDownLatch(1);
		AtomicReference<SocketPairProcessState> state = new AtomicReference<>();
		SocketPairProcessListener thrower = new SocketPairProcessListener() {

			@Override
			public void started(SocketPairProcess process, long pid) {
				throw new IllegalStateException("thrown by a listener");
			}

		};
		SocketPairProcessListener stopper = new SocketPairProcessListener() {

			@Override
			public void started(SocketPairProcess process, long pid) {
				process.stop();
				state.set(process.state());
				stopped.countDown();
			}

		};
		try (SocketPairProcess process = Children.cat(this.factory)
			.restart(atOnce(When.ALWAYS, 5))
			.settleTime(Duration.ZERO)
			.listener(thrower)
			.listener(stopper)
			.build()) {
			try {
				process.start();
			}
			catch (ProcessStartException ex) {
				assertThat(ex.reason()).isEqualTo(ProcessStartException.Reason.STOPPED);
			}
			stopped.await();
			assertThat(state).hasValue(SocketPairProcessState.STOPPED);
			assertThat(process.starts()).isOne();
		}
	}

	@Test
	void listenerThatThrowsAnErrorOfItsOwnKeepsNothingFromTheNext() throws Exception {
		Queue<String> events = new ConcurrentLinkedQueue<>();
		SocketPairProcessListener thrower = new SocketPairProcessListener() {

			@Override
			public void started(SocketPairProcess process, long pid) {
				throw new Error("not implemented");
			}

		};
		try (SocketPairProcess process = Children.cat(this.factory)
			.listener(thrower)
			.listener(new Recorder(events))
			.start()) {
			Children.until(() -> !events.isEmpty());
			assertThat(events).singleElement().asString().startsWith("started");
			assertThat(process.isAlive()).isTrue();
		}
	}

	@Test
	void listenerThatWaitsDelaysNeitherRestartNorStop() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		SocketPairProcessListener listener = new SocketPairProcessListener() {

			@Override
			public void started(SocketPairProcess process, long pid) {
				assertThatCode(release::await).doesNotThrowAnyException();
			}

		};
		try (SocketPairProcess process = obedient().restart(atOnce(When.ON_FAILURE, 5)).listener(listener).start()) {
			process.messages().send("1");
			Children.until(() -> process.starts() == 2);
			process.stop();
			assertThat(process.exits()).containsEntry(new ExitStatus(1), 2L);
			release.countDown();
		}
	}

	/**
	 * Writes events down.
	 */
	private record Recorder(Queue<String> events) implements SocketPairProcessListener {

		@Override
		public void started(SocketPairProcess process, long pid) {
			this.events.add("started");
		}

		@Override
		public void exited(SocketPairProcess process, long pid, ExitStatus status, Duration restartDelay) {
			this.events.add("exited %s %d".formatted(status, millis(restartDelay)));
		}

		@Override
		public void restartFailed(SocketPairProcess process, IOException failure, Duration restartDelay) {
			this.events.add("failed " + millis(restartDelay));
		}

		@Override
		public void gaveUp(SocketPairProcess process, ExitStatus status) {
			this.events.add("gave up " + status);
		}

		private static long millis(Duration delay) {
			return (delay != null) ? delay.toMillis() : -1;
		}

	}

}
