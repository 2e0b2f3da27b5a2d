package dev.socketpair.process;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import dev.socketpair.PairedSocket;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.process.RestartPolicy.When;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The factory of a process is closed while children are launched. The numbers that it
 * gives back are taken at once by other pairs, none of which may get into a child.
 */
@NothingLeaks
class FactoryCloseContractTests {

	private static final int ROUNDS = 12;

	private static final int GUARDS = 64;

	private final SocketPairFactory guardFactory = SocketPairs.factory();

	@AfterEach
	void close() {
		this.guardFactory.close();
	}

	@ParameterizedTest
	@EnumSource(Attachment.class)
	void numberOfAnotherPairIsNeverGivenToAChild(Attachment attachment) throws Exception {
		AtomicBoolean done = new AtomicBoolean();
		InBackground<Object> guard = InBackground.call(() -> {
			guard(done);
			return null;
		});
		try {
			for (int i = 0; i < ROUNDS; i++) {
				closeDuringRestarts(attachment);
			}
		}
		finally {
			done.set(true);
		}
		guard.get();
	}

	private static void closeDuringRestarts(Attachment attachment) throws Exception {
		SocketPairFactory factory = SocketPairs.factory();
		try (SocketPairProcess process = new SocketPairProcessBuilder(factory)
			.command("sh", "-c", "echo intruder >&%d; exit 1".formatted((attachment == Attachment.STDIO) ? 1 : 3))
			.attach(attachment)
			.stderr(Output.DISCARD)
			.settleTime(Duration.ZERO)
			.restart(new RestartPolicy(When.ALWAYS, Duration.ZERO, 1, Duration.ZERO, Integer.MAX_VALUE))
			.start()) {
			Children.until(() -> process.starts() >= 2);
			LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(TimeUnit.MILLISECONDS.toNanos(30)));
			factory.close();
			long starts = process.starts();
			Children.until(() -> process.state() == SocketPairProcessState.WAITING_TO_RESTART
					|| process.state() == SocketPairProcessState.STOPPED || process.starts() > starts);
		}
		assertThat(factory.statistics().openPairs()).isEmpty();
	}

	/** Takes and gives back numbers, and never finds anything in a pair. */
	private void guard(AtomicBoolean done) throws IOException {
		Deque<SocketPair> guards = new ArrayDeque<>();
		List<String> hurt = new ArrayList<>();
		while (!done.get() || !guards.isEmpty()) {
			if (!done.get()) {
				guards.add(this.guardFactory.create());
			}
			if (guards.size() > GUARDS || done.get()) {
				try (SocketPair oldest = guards.remove()) {
					examine(oldest.first(), hurt);
					examine(oldest.second(), hurt);
				}
			}
		}
		assertThat(hurt).isEmpty();
	}

	private static void examine(PairedSocket end, List<String> hurt) throws IOException {
		if (end.available() > 0 || end.isHungUp()) {
			hurt.add(end.toString());
		}
	}

}
