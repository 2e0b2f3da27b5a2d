package dev.socketpair.process;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.process.RestartPolicy.When;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Start, restart, kill and stop of a process, and what its children leave behind.
 */
@NothingLeaks
class SupervisionContractTests {

	private static final Duration LONG = Duration.ofMinutes(5);

	private final SocketPairFactory factory = SocketPairs.factory();

	@AfterEach
	void close() {
		assertThat(this.factory.statistics().openPairs()).isEmpty();
		this.factory.close();
	}

	private static RestartPolicy atOnce(When when) {
		return new RestartPolicy(when, Duration.ZERO, 1, Duration.ZERO, 3);
	}

	private SocketPairProcessBuilder shell(String script) {
		return Children.shell(this.factory, script).stopTimeout(Duration.ofSeconds(1));
	}

	@Test
	void startOfARunningProcessDoesNothing() throws Exception {
		try (SocketPairProcess cat = Children.cat(this.factory).start()) {
			long pid = cat.pid();
			cat.start();
			assertThat(cat.pid()).isEqualTo(pid);
			assertThat(cat.starts()).isOne();
		}
	}

	@Test
	void startThatAnotherThreadMakesIsWaitedFor() throws Exception {
		try (SocketPairProcess process = shell("sleep 0.5; echo up >&3; cat <&3").settleTime(LONG).build()) {
			List<InBackground<Object>> starters = new CopyOnWriteArrayList<>();
			for (int i = 0; i < 4; i++) {
				starters.add(InBackground.call(() -> {
					process.start();
					assertThat(process.state()).isEqualTo(SocketPairProcessState.RUNNING);
					return null;
				}));
			}
			for (InBackground<Object> starter : starters) {
				starter.get();
			}
			assertThat(process.starts()).isOne();
		}
	}

	@Test
	void allThatWaitForAStartGetItsFailure() throws Exception {
		try (SocketPairProcess process = shell("sleep 1; exit 4").settleTime(LONG).build()) {
			InBackground<Object> first = InBackground.call(() -> {
				process.start();
				return null;
			});
			Children.until(process::isAlive);
			assertThatExceptionOfType(ProcessStartException.class).isThrownBy(process::start)
				.withMessageContaining("it exited with 4");
			assertThatExceptionOfType(ProcessStartException.class).isThrownBy(first::get);
		}
	}

	@Test
	void startEndsTheWaitForARestart() throws Exception {
		try (SocketPairProcess cat = Children.cat(this.factory)
			.restart(new RestartPolicy(When.ON_FAILURE, LONG, 1, LONG, 3))
			.start()) {
			Children.kill(cat);
			Children.until(() -> cat.state() == SocketPairProcessState.WAITING_TO_RESTART);
			assertThat(cat.awaitRunning(Duration.ZERO)).isFalse();
			cat.start();
			assertThat(cat.state()).isEqualTo(SocketPairProcessState.RUNNING);
			assertThat(cat.restarts()).isOne();
			cat.messages().send("hello");
			assertThat(Children.receive(cat)).isEqualTo("hello");
		}
	}

	@Test
	void restartServesAnotherChild() throws Exception {
		SocketPairProcess cat = Children.cat(this.factory).build();
		cat.restart();
		long pid = cat.pid();
		cat.messages().send("a late answer");
		cat.restart();
		assertThat(cat.pid()).isNotEqualTo(pid).isNotEqualTo(SocketPairProcess.NO_PID);
		cat.messages().send("hello");
		assertThat(Children.receive(cat)).isEqualTo("hello");
		cat.close();
		assertThatIllegalStateException().isThrownBy(cat::restart);
	}

	@Test
	void killedChildFollowsThePolicy() throws Exception {
		try (SocketPairProcess cat = Children.cat(this.factory).restart(atOnce(When.ON_FAILURE)).build()) {
			cat.kill();
			cat.start();
			long pid = cat.pid();
			cat.kill();
			assertThat(Children.runs(pid)).isFalse();
			assertThat(cat.awaitRunning(Children.PATIENCE)).isTrue();
			assertThat(cat.pid()).isNotEqualTo(pid);
			assertThat(cat.lastExit()).hasToString("137 (SIGKILL)");
		}
	}

	@Test
	void awaitRunningWaitsForAStartByAnotherThread() throws Exception {
		try (SocketPairProcess cat = Children.cat(this.factory).build()) {
			assertThat(cat.awaitRunning(Duration.ofMillis(20))).isFalse();
			assertThatIllegalArgumentException().isThrownBy(() -> cat.awaitRunning(Duration.ofNanos(-1)));
			InBackground<Boolean> waiting = InBackground.call(() -> cat.awaitRunning(Duration.ofDays(1000)))
				.untilBlocked();
			cat.start();
			assertThat(waiting.get()).isTrue();
			InBackground<Boolean> interrupted = InBackground.call(() -> {
				cat.stop();
				return cat.awaitRunning(Children.PATIENCE);
			}).untilBlocked();
			Children.until(() -> cat.state() == SocketPairProcessState.STOPPED);
			interrupted.thread().interrupt();
			assertThatExceptionOfType(InterruptedException.class).isThrownBy(interrupted::get);
		}
	}

	@Test
	void initializerTalksToEachChildBeforeItServes() throws Exception {
		AtomicInteger calls = new AtomicInteger();
		try (SocketPairProcess process = shell("read first <&3; echo ready >&3; while read x <&3; do "
				+ "[ $x = die ] && exit 3; echo $first $x >&3; done")
			.restart(atOnce(When.ON_FAILURE))
			.initializer((name, messages) -> {
				messages.send(name + calls.incrementAndGet());
				assertThat(Children.text(messages.receive(Children.PATIENCE))).isEqualTo("ready");
			})
			.start()) {
			process.messages().send("one");
			assertThat(Children.receive(process)).isEqualTo("sh1 one");
			process.messages().send("die");
			Children.until(() -> process.starts() == 2);
			process.messages().send("two");
			assertThat(Children.receive(process)).isEqualTo("sh2 two");
		}
	}

	@Test
	void failedInitializerFailsTheStartAndLeavesNoChild() throws Exception {
		try (SocketPairProcess cat = Children.cat(this.factory)
			.settleTime(Duration.ZERO)
			.initializer((name, messages) -> {
				throw new IOException("not this version");
			})
			.build()) {
			assertThatExceptionOfType(ProcessStartException.class).isThrownBy(cat::start)
				.withMessageContaining("its initialization failed (java.io.IOException: not this version)");
			assertThat(cat.state()).isEqualTo(SocketPairProcessState.STOPPED);
			assertThat(cat.isAlive()).isFalse();
			assertThatExceptionOfType(ProcessNotRunningException.class).isThrownBy(() -> cat.messages().send("x"));
		}
	}

	@Test
	void failedInitializerOfARestartGoesOnWithThePolicy() throws Exception {
		AtomicInteger calls = new AtomicInteger();
		try (SocketPairProcess cat = Children.cat(this.factory)
			.restart(atOnce(When.ON_FAILURE))
			.initializer((name, messages) -> {
				if (calls.incrementAndGet() > 1) {
					throw new IOException("not this time");
				}
			})
			.start()) {
			Children.kill(cat);
			Children.until(() -> cat.state() == SocketPairProcessState.GAVE_UP);
			assertThat(calls).hasValue(4);
			assertThat(cat.isDown()).isTrue();
			assertThatExceptionOfType(RestartsExhaustedException.class).isThrownBy(() -> cat.messages().send("x"))
				.withMessageContaining("its initialization failed");
		}
	}

	@Test
	void stopDuringAnInitializerEndsTheStart() throws Exception {
		try (SocketPairProcess process = shell("cat <&3").initializer((name, messages) -> messages.receive()).build()) {
			InBackground<Object> starter = InBackground.call(() -> {
				process.start();
				return null;
			});
			Children.until(() -> process.state() == SocketPairProcessState.STARTING);
			starter.untilBlocked();
			process.stop();
			assertThatExceptionOfType(ProcessStartException.class).isThrownBy(starter::get)
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(ProcessStartException.Reason.STOPPED));
		}
	}

	@Test
	void descendantsOfADeadChildAreEndedBeforeItIsStartedAgain() throws Exception {
		try (SocketPairProcess process = shell("sleep 1000 & echo $! >&3; wait").restart(atOnce(When.ON_FAILURE))
			.start()) {
			long orphan = Long.parseLong(Children.receive(process));
			Children.kill(process);
			Children.until(() -> process.starts() == 2);
			assertThat(Children.runs(orphan)).isFalse();
		}
	}

	@Test
	void descendantThatHasLeftItsSessionIsEndedByAStop() throws Exception {
		try (SocketPairProcess process = shell(
				"(setsid sh -c 'trap \"\" TERM; echo $$ >&3; while :; do sleep 1; done' &); cat <&3")
			.start()) {
			long daemon = Long.parseLong(Children.receive(process));
			Children.kill(process);
			Children.until(() -> process.state() == SocketPairProcessState.STOPPED);
			assertThat(Children.runs(daemon)).isTrue();
			process.stop();
			assertThat(Children.runs(daemon)).isFalse();
		}
	}

	/** The environment of the grandchild is another, so that it is not found. */
	@Test
	void outputThatADescendantHoldsOpenIsReadNoMore() throws Exception {
		String script = "env -i /bin/sh -c 'echo $$ >&3; exec sleep 1000' & cat <&3";
		List<Long> orphans = new CopyOnWriteArrayList<>();
		try (SocketPairProcess process = shell(script).restart(atOnce(When.ON_FAILURE)).name("holder").start()) {
			for (int i = 1; i <= 3; i++) {
				orphans.add(Long.parseLong(Children.receive(process)));
				int starts = i + 1;
				Children.kill(process);
				Children.until(() -> process.starts() == starts);
			}
			orphans.add(Long.parseLong(Children.receive(process)));
			Children.until(() -> threads() == 2);
			Children.kill(process);
			Children.until(() -> !process.isAlive());
			process.stop();
			Children.until(() -> threads() == 0);
			assertThat(orphans).allMatch(Children::runs);
		}
		finally {
			orphans.forEach(Children::kill);
		}
	}

	/** As by {@link ThreadGroup#interrupt()}: the child is being ended then. */
	@Test
	void endOfTheSupervisingThreadEndsTheChildAndIsAnExitLikeAnyOther() throws Exception {
		List<String> events = new CopyOnWriteArrayList<>();
		SocketPairProcessListener listener = new SocketPairProcessListener() {

			@Override
			public void exited(SocketPairProcess process, long pid, ExitStatus status, Duration restartDelay) {
				events.add(status + " " + restartDelay);
			}

		};
		String script = "trap '' TERM; echo up >&3; exec 3>&-; while :; do sleep 0.1; done";
		try (SocketPairProcess process = shell(script).restart(atOnce(When.ALWAYS))
			.settleTime(Duration.ZERO)
			.name("abandoned")
			.listener(listener)
			.start()) {
			long pid = process.pid();
			assertThat(Children.receive(process)).isEqualTo("up");
			InBackground<Object> receiver = InBackground.call(() -> {
				process.messages().receive();
				return null;
			});
			Children.until(() -> {
				Thread.getAllStackTraces()
					.keySet()
					.stream()
					.filter((thread) -> thread.getName().equals("socketpair-abandoned"))
					.forEach(Thread::interrupt);
				return process.state() == SocketPairProcessState.STOPPED;
			});
			assertThat(Children.runs(pid)).isFalse();
			assertThat(process.exits()).containsExactly(Map.entry(new ExitStatus(137), 1L));
			assertThat(process.isDown()).isTrue();
			assertThatExceptionOfType(ProcessExitedException.class).isThrownBy(receiver::get)
				.withMessageContaining("137 (SIGKILL)");
			Children.until(() -> events.equals(List.of("137 (SIGKILL) null")));
		}
	}

	private static long threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("socketpair-holder-std"))
			.count();
	}

}
