package dev.socketpair.process;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.SocketType;
import dev.socketpair.message.Framing;
import dev.socketpair.process.ProcessStartException.Reason;
import dev.socketpair.testsupport.ChildJvm;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Children that are stopped.
 */
@NothingLeaks
class StopContractTests {

	private static final String DEAF = "trap '' TERM; echo $$ >&3; while :; do sleep 1; done";

	private final SocketPairFactory factory = SocketPairs.factory();

	@AfterEach
	void close() {
		assertThat(this.factory.statistics().openPairs()).isEmpty();
		this.factory.close();
	}

	private SocketPairProcessBuilder shell(String script, Duration stopTimeout) {
		return Children.shell(this.factory, script).settleTime(Duration.ZERO).stopTimeout(stopTimeout);
	}

	private static Duration timed(Runnable task) {
		long start = System.nanoTime();
		task.run();
		return Duration.ofNanos(System.nanoTime() - start);
	}

	@Test
	void childThatSeesTheEndOfTheStreamGetsNoSignal() throws Exception {
		try (SocketPairProcess shell = shell("trap 'exit 9' TERM; echo up >&3; cat <&3; exit 5", Duration.ofMinutes(1))
			.start()) {
			assertThat(Children.receive(shell)).isEqualTo("up");
			assertThat(timed(shell::stop)).isLessThan(Duration.ofSeconds(20));
			assertThat(shell.lastExit()).isEqualTo(new ExitStatus(5));
		}
	}

	@Test
	void childThatDoesNotReadGetsATermSignalAfterHalfOfTheTime() throws Exception {
		try (SocketPairProcess shell = shell("trap 'exit 9' TERM; echo up >&3; while :; do sleep 0.01; done",
				Duration.ofSeconds(4))
			.start()) {
			assertThat(Children.receive(shell)).isEqualTo("up");
			assertThat(timed(shell::stop)).isBetween(Duration.ofMillis(1900), Duration.ofMillis(3900));
			assertThat(shell.lastExit()).isEqualTo(new ExitStatus(9));
		}
	}

	@Test
	void childThatIgnoresTheSignalIsKilledWhenTheTimeIsOver() throws Exception {
		try (SocketPairProcess shell = shell(DEAF, Duration.ofMillis(300)).start()) {
			long pid = Long.parseLong(Children.receive(shell));
			assertThat(timed(shell::stop)).isBetween(Duration.ofMillis(290), Duration.ofSeconds(5));
			assertThat(shell.lastExit()).hasToString("137 (SIGKILL)");
			assertThat(Children.runs(pid)).isFalse();
		}
	}

	@Test
	void descendantsThatIgnoreEverythingAreKilledToo() throws Exception {
		String deafChild = "sh -c 'trap \"\" TERM; echo $$ >&3; while :; do sleep 1; done'";
		try (SocketPairProcess shell = shell("%s & %s & wait".formatted(deafChild, deafChild), Duration.ofMillis(400))
			.stderr(Output.DISCARD)
			.stdout(Output.DISCARD)
			.start()) {
			long first = Long.parseLong(Children.receive(shell));
			long second = Long.parseLong(Children.receive(shell));
			assertThat(Children.runs(first)).isTrue();
			shell.stop();
			assertThat(shell.isAlive()).isFalse();
			assertThat(Children.runs(first)).isFalse();
			assertThat(Children.runs(second)).isFalse();
		}
	}

	@Test
	void descendantThatOutlivesTheChildIsStopped() throws Exception {
		try (SocketPairProcess shell = shell("sleep 1000 & echo $! >&3; cat <&3", Duration.ofMillis(400))
			.stderr(Output.DISCARD)
			.stdout(Output.DISCARD)
			.start()) {
			long pid = Long.parseLong(Children.receive(shell));
			shell.stop();
			assertThat(shell.lastExit()).isEqualTo(new ExitStatus(0));
			assertThat(Children.runs(pid)).isFalse();
		}
	}

	@Test
	void zombieThatIsNotReapedDoesNotDelayTheStop() throws Exception {
		// The second child of the shell becomes cat, which does not know of the first.
		try (SocketPairProcess shell = shell("sleep 0 & echo $! >&3; exec cat <&3", Duration.ofMinutes(1)).start()) {
			long pid = Long.parseLong(Children.receive(shell));
			Children.until(() -> !Children.runs(pid));
			assertThat(timed(shell::stop)).isLessThan(Duration.ofSeconds(20));
		}
	}

	@Test
	void lastMessagesOfTheChildAreReceivedAfterTheStop() throws Exception {
		SocketPairProcess shell = shell("echo up >&3; cat <&3; echo summary >&3", Duration.ofMinutes(1)).start();
		assertThat(Children.receive(shell)).isEqualTo("up");
		shell.messages().send("last");
		shell.stop();
		assertThatExceptionOfType(ProcessNotRunningException.class).isThrownBy(() -> shell.messages().send("x"))
			.withMessage("Process 'sh' was stopped");
		assertThat(Children.receive(shell)).isEqualTo("summary");
		assertThat(shell.messages().receive()).isNull();
		assertThat(this.factory.statistics().openPairs()).isEmpty();
		assertThatExceptionOfType(ProcessNotRunningException.class).isThrownBy(() -> shell.messages().receive())
			.withMessage("Process 'sh' was stopped");
		assertThat(shell.messages().isOpen()).isFalse();
	}

	@Test
	void receiverThatWaitsGetsACleanEnd() throws Exception {
		try (SocketPairProcess cat = Children.cat(this.factory).start()) {
			InBackground<ByteBuffer> receiver = InBackground.call(() -> cat.messages().receive()).untilBlocked();
			cat.stop();
			assertThat(receiver.get()).isNull();
		}
	}

	@Test
	void senderThatWaitsGetsTheStop() throws Exception {
		try (SocketPairProcess shell = shell("echo up >&3; exec sleep 1000", Duration.ofMillis(200)).start()) {
			assertThat(Children.receive(shell)).isEqualTo("up");
			InBackground<?> sender = InBackground.call(() -> {
				while (true) {
					shell.messages().send(new byte[100_000]);
				}
			});
			Children.until(() -> shell.socket().unsent() > 100_000);
			shell.stop();
			assertThatExceptionOfType(ProcessNotRunningException.class).isThrownBy(sender::get)
				.withMessageContaining("Process 'sh' is being stopped");
			assertThat(shell.lastExit()).hasToString("143 (SIGTERM)");
		}
	}

	@Test
	void closedProcessCannotBeStartedAndHoldsNothing() throws Exception {
		SocketPairProcess shell = shell("echo unread >&3; cat <&3", Duration.ofMinutes(1)).start();
		shell.close();
		assertThat(this.factory.statistics().openPairs()).isEmpty();
		assertThatIllegalStateException().isThrownBy(shell::start).withMessage("Process 'sh' is closed");
		assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(() -> shell.messages().receive());
		assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(() -> shell.messages().send("x"));
		shell.close();
		shell.stop();
	}

	@Test
	void processThatWasNotStartedHasNoMessages() throws Exception {
		SocketPairProcess cat = Children.cat(this.factory).build();
		assertThat(cat.state()).isEqualTo(SocketPairProcessState.STOPPED);
		assertThat(cat.pid()).isEqualTo(SocketPairProcess.NO_PID);
		assertThatExceptionOfType(ProcessNotRunningException.class).isThrownBy(() -> cat.messages().receive())
			.withMessage("Process 'cat' was not started");
		assertThatIllegalStateException().isThrownBy(cat::socket).withMessage("Process 'cat' was not started");
		assertThat(cat.messages().isOpen()).isFalse();
		cat.stop();
		cat.close();
	}

	@Test
	void stoppedProcessCanBeStartedAgain() throws Exception {
		try (SocketPairProcess cat = Children.cat(this.factory).start()) {
			cat.stop();
			cat.start();
			cat.messages().send("again");
			assertThat(Children.receive(cat)).isEqualTo("again");
		}
	}

	@Test
	void severalThreadsStopAtOnce() throws Exception {
		try (SocketPairProcess shell = shell(DEAF, Duration.ofMillis(300)).start()) {
			Children.receive(shell);
			List<InBackground<Boolean>> stoppers = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				stoppers.add(InBackground.call(() -> {
					shell.stop();
					return shell.isAlive();
				}));
			}
			for (InBackground<Boolean> stopper : stoppers) {
				assertThat(stopper.get()).isFalse();
			}
			assertThat(shell.exits()).containsOnlyKeys(new ExitStatus(137)).containsValue(1L);
		}
	}

	@Test
	void manyAreStoppedAtTheSameTime() throws Exception {
		List<SocketPairProcess> processes = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			SocketPairProcess process = shell(DEAF, Duration.ofSeconds(1)).name("deaf-" + i).start();
			Children.receive(process);
			processes.add(process);
		}
		assertThat(timed(() -> CompletableFuture
			.allOf(processes.stream().map(SocketPairProcess::stopAsync).toArray(CompletableFuture[]::new))
			.join())).isLessThan(Duration.ofSeconds(6));
		assertThat(processes).noneMatch(SocketPairProcess::isAlive);
		processes.forEach(SocketPairProcess::close);
	}

	@Test
	void interruptedThreadGivesTheChildNoTimeAndStaysInterrupted() throws Exception {
		try (SocketPairProcess shell = shell(DEAF, Duration.ofMinutes(1)).start()) {
			Children.receive(shell);
			InBackground<Boolean> stopper = InBackground.call(() -> {
				shell.stop();
				return Thread.currentThread().isInterrupted();
			}).untilBlocked();
			stopper.thread().interrupt();
			assertThat(stopper.get()).isTrue();
			assertThat(shell.lastExit()).hasToString("137 (SIGKILL)");
		}
	}

	@Test
	void interruptedSecondStopperGivesTheChildNoTimeEither() throws Exception {
		try (SocketPairProcess shell = shell(DEAF, Duration.ofMinutes(1)).start()) {
			Children.receive(shell);
			InBackground<Object> first = InBackground.call(() -> {
				shell.stop();
				return null;
			}).untilBlocked();
			Children.until(() -> shell.state() == SocketPairProcessState.STOPPING);
			InBackground<Boolean> second = InBackground.call(() -> {
				shell.stop();
				return Thread.currentThread().isInterrupted();
			}).untilBlocked();
			second.thread().interrupt();
			assertThat(second.get()).isTrue();
			first.get();
		}
	}

	@Test
	void stopDuringTheSettleTimeEndsTheStart() throws Exception {
		SocketPairProcess cat = Children.cat(this.factory).settleTime(Duration.ofMinutes(1)).build();
		InBackground<Object> starter = InBackground.call(() -> {
			cat.start();
			return null;
		});
		Children.until(cat::isAlive);
		assertThat(cat.state()).isEqualTo(SocketPairProcessState.STARTING);
		cat.stop();
		assertThatExceptionOfType(ProcessStartException.class).isThrownBy(starter::get)
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.STOPPED));
		assertThat(cat.state()).isEqualTo(SocketPairProcessState.STOPPED);
		cat.close();
	}

	@Test
	void interruptOfTheStartingThreadKillsTheChild() throws Exception {
		SocketPairProcess shell = shell(DEAF, Duration.ofMinutes(1)).settleTime(Duration.ofMinutes(1)).build();
		InBackground<Object> starter = InBackground.call(() -> {
			try {
				shell.start();
				return null;
			}
			finally {
				assertThat(Thread.currentThread().isInterrupted()).isTrue();
			}
		});
		Children.until(shell::isAlive);
		starter.thread().interrupt();
		assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(starter::get);
		assertThat(shell.isAlive()).isFalse();
		shell.close();
	}

	@Test
	void zeroTimeKillsAtOnce() throws Exception {
		try (SocketPairProcess shell = shell(DEAF, Duration.ZERO).start()) {
			Children.receive(shell);
			shell.stop();
			assertThat(shell.lastExit()).hasToString("137 (SIGKILL)");
		}
	}

	@Test
	void childWithoutAnEndOfTheStreamIsStoppedBySignal() throws Exception {
		try (SocketPairProcess cat = Children.cat(this.factory)
			.type(SocketType.DGRAM)
			.framing(Framing.NONE)
			.stopTimeout(Duration.ofMillis(400))
			.start()) {
			cat.messages().send("hello");
			assertThat(Children.receive(cat)).isEqualTo("hello");
			InBackground<ByteBuffer> receiver = InBackground.call(() -> cat.messages().receive()).untilBlocked();
			cat.stop();
			assertThat(cat.lastExit()).hasToString("143 (SIGTERM)");
			assertThatExceptionOfType(ProcessExitedException.class).isThrownBy(receiver::get);
		}
	}

	@Test
	void stopWhileItStartsLeavesNoChild() throws Exception {
		for (int i = 0; i < 100; i++) {
			SocketPairProcess cat = Children.cat(this.factory).settleTime(Duration.ZERO).build();
			InBackground<Object> starter = InBackground.call(() -> {
				cat.start();
				return null;
			});
			LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(i * 20L));
			cat.close();
			try {
				starter.get();
			}
			catch (ProcessStartException ex) {
				assertThat(ex.reason()).isEqualTo(Reason.STOPPED);
			}
			catch (IllegalStateException ex) {
				assertThat(ex).hasMessageContaining("is closed");
			}
			assertThat(cat.isAlive()).isFalse();
			assertThat(cat.state()).isEqualTo(SocketPairProcessState.STOPPED);
		}
	}

	@Test
	void processIsEndedAlsoWhereNoDescriptorIsLeft() {
		ChildJvm child = ChildJvm.run(ChildJvm.commandWithLimit(200, StopWithoutDescriptors.class));
		assertThat(child.output()).endsWith("no descriptor was left, and the child is gone\n");
		assertThat(child.status()).isZero();
	}

	/**
	 * Ends a child that ignores all but {@code SIGKILL} when all descriptors are taken.
	 */
	public static final class StopWithoutDescriptors {

		private StopWithoutDescriptors() {
		}

		/**
		 * Run it.
		 * @param arguments none
		 * @throws Exception if it fails
		 */
		public static void main(String[] arguments) throws Exception {
			SocketPairFactory factory = SocketPairs.factory();
			// What this needs of classes has been loaded when it matters.
			start(factory).close();
			SocketPairProcess process = start(factory);
			long pid = process.pid();
			List<FileInputStream> all = new ArrayList<>();
			try {
				while (true) {
					all.add(new FileInputStream("/dev/zero"));
				}
			}
			catch (IOException ex) {
				process.close();
			}
			for (FileInputStream one : all) {
				one.close();
			}
			if (!Children.runs(pid)) {
				System.out.println("no descriptor was left, and the child is gone");
			}
			factory.close();
		}

		private static SocketPairProcess start(SocketPairFactory factory) throws IOException {
			return Children.shell(factory, "trap '' TERM; while :; do sleep 1; done")
				.stopTimeout(Duration.ofMillis(100))
				.start();
		}

	}

}
