package dev.socketpair.process;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.process.RestartPolicy.When;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Senders, receivers, killers and stoppers at the same time.
 */
@NothingLeaks
class ProcessStressTests {

	private final SocketPairFactory factory = SocketPairs.factory();

	private final Logger logger = Logger.getLogger(Supervision.class.getName());

	private final AtomicLong echoes = new AtomicLong();

	@BeforeEach
	void beQuiet() {
		this.logger.setLevel(Level.OFF);
	}

	@AfterEach
	void close() {
		this.logger.setLevel(null);
		assertThat(this.factory.statistics().openPairs()).isEmpty();
		this.factory.close();
	}

	@Test
	void nothingHangsOrIsMixedUpForTwoSeconds() throws Exception {
		run(Duration.ofSeconds(2));
	}

	@Test
	@Tag("stress")
	void nothingHangsOrIsMixedUpForAMinute() throws Exception {
		run(Duration.ofMinutes(1));
	}

	private void run(Duration duration) throws Exception {
		long end = System.nanoTime() + duration.toNanos();
		// Every echo has the number of the child that made it.
		SocketPairProcess process = Children
			.shell(this.factory, "exec 0<&3 1>&3; while read line; do echo $$ $line; done")
			.stderr(Output.DISCARD)
			.settleTime(Duration.ZERO)
			.stopTimeout(Duration.ofSeconds(2))
			.restart(new RestartPolicy(When.ALWAYS, Duration.ZERO, 1, Duration.ZERO, Integer.MAX_VALUE))
			.build();
		List<InBackground<Object>> speakers = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			speakers
				.add(until(end, () -> process.messages().send("x".repeat(ThreadLocalRandom.current().nextInt(200)))));
			speakers.add(until(end, () -> receive(process)));
		}
		List<InBackground<Object>> workers = new ArrayList<>();
		workers.add(until(end, () -> {
			ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
			pause(100);
		}));
		workers.add(until(end, () -> {
			process.stop();
			assertThat(process.state()).isIn((Object[]) SocketPairProcessState.values());
			pause(300);
		}));
		workers.add(until(end, () -> {
			startUnlessRunning(process);
			pause(10);
		}));
		for (InBackground<Object> worker : workers) {
			await(worker, duration);
		}
		// A child whose messages are not received any more does not read either.
		process.close();
		for (InBackground<Object> speaker : speakers) {
			await(speaker, duration);
		}
		assertThat(process.isAlive()).isFalse();
		assertThat(this.echoes.get()).isPositive();
		assertThat(process.exits().values().stream().mapToLong(Long::longValue).sum()).isEqualTo(process.starts());
	}

	private static void await(InBackground<Object> worker, Duration duration) throws Exception {
		worker.thread().join(duration.plus(Children.PATIENCE).toMillis());
		worker.get();
	}

	private static void startUnlessRunning(SocketPairProcess process) throws IOException {
		try {
			process.start();
		}
		catch (IllegalStateException ex) {
			assertThat(ex).hasMessageContaining("cannot be started while it is");
		}
		catch (ProcessStartException ex) {
			assertThat(ex.reason()).isEqualTo(ProcessStartException.Reason.STOPPED);
		}
	}

	private void receive(SocketPairProcess process) throws IOException {
		long startsBefore = process.starts();
		long pidBefore = process.pid();
		ByteBuffer message = process.messages().receive(Duration.ofMillis(50));
		if (message != null) {
			long pid = Long.parseLong(Children.text(message).split(" ")[0]);
			this.echoes.incrementAndGet();
			if (pidBefore != SocketPairProcess.NO_PID && process.starts() == startsBefore) {
				assertThat(pid).isEqualTo(pidBefore);
			}
		}
	}

	private static void pause(int millis) {
		LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextInt(millis)));
	}

	private static InBackground<Object> until(long end, Step step) {
		return InBackground.call(() -> {
			while (System.nanoTime() - end < 0) {
				try {
					step.take();
				}
				catch (ProcessExitedException | ProcessNotRunningException | SocketTimeoutException ex) {
					// What callers are told.
				}
			}
			return null;
		});
	}

	/**
	 * What a worker does again and again.
	 */
	@FunctionalInterface
	private interface Step {

		void take() throws Exception;

	}

}
