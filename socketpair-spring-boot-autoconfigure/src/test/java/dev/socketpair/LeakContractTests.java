package dev.socketpair;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketpair.libc.NativeBinding;
import dev.socketpair.nio.NativeSocketPairFactory;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.LogCapture;
import dev.socketpair.testsupport.NothingLeaks;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sockets that are lost without being closed.
 */
@NothingLeaks
class LeakContractTests {

	private volatile boolean logFails;

	@RegisterExtension
	private final LogCapture log = new LogCapture("dev.socketpair.nio.PairState").then((entry) -> {
		if (this.logFails) {
			throw new IllegalStateException("The log is full");
		}
	});

	private static NativeSocketPairFactory factory(LeakDetection detection) {
		return NativeSocketPairFactory.builder(NativeBinding.fromSystemProperty().load())
			.leakDetection(detection)
			.build();
	}

	private static SocketPairOptions named(String name) {
		return SocketPairOptions.builder().name(name).build();
	}

	private static void untilCollected(Runnable assertion) {
		Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20)).untilAsserted(() -> {
			System.gc();
			assertion.run();
		});
	}

	@Test
	void lostPairIsClosedCountedByTheEndAndLoggedOnceWithItsName() throws Exception {
		try (SocketPairFactory factory = factory(LeakDetection.SIMPLE)) {
			lose(factory);
			untilCollected(() -> assertThat(factory.statistics().totals().get(0).leaked()).isEqualTo(2));
			assertThat(factory.statistics().openPairs()).isEmpty();
		}
		assertThat(this.log.messages()).singleElement().asString().contains("name=lost", "socketpair.leak-detection");
		assertThat(this.log.records().get(0).getThrown()).isNull();
	}

	private static void lose(SocketPairFactory factory) throws SocketPairException {
		factory.create(named("lost"));
	}

	@Test
	void lostSocketIsClosedEvenIfTheLogFails() throws Exception {
		this.logFails = true;
		for (LeakDetection detection : List.of(LeakDetection.SIMPLE, LeakDetection.TRACKED)) {
			try (NativeSocketPairFactory factory = factory(detection)) {
				lose(factory);
				untilCollected(() -> assertThat(factory.statistics().openPairs()).isEmpty());
				assertThat(factory.statistics().totals().get(0).leaked()).isEqualTo(2);
			}
		}
	}

	@Test
	void trackedLeakShowsWhereThePairWasMade() throws Exception {
		try (SocketPairFactory factory = factory(LeakDetection.TRACKED)) {
			lose(factory);
			untilCollected(() -> assertThat(this.log.records()).hasSize(1));
			assertThat(this.log.records().get(0).getThrown().getStackTrace())
				.anyMatch((element) -> element.getMethodName().equals("lose"));
			untilCollected(() -> assertThat(factory.statistics().openPairs()).isEmpty());
		}
	}

	@Test
	void closedPairIsNoLeak() throws Exception {
		try (SocketPairFactory factory = factory(LeakDetection.SIMPLE)) {
			WeakReference<SocketPair> closed = closed(factory);
			untilCollected(() -> assertThat(closed.get()).isNull());
			assertThat(factory.statistics().totals().get(0).leaked()).isZero();
			assertThat(this.log.records()).isEmpty();
		}
	}

	private static WeakReference<SocketPair> closed(SocketPairFactory factory) throws Exception {
		SocketPair pair = factory.create();
		pair.close();
		return new WeakReference<>(pair);
	}

	@Test
	void holdingOneEndKeepsOnlyThatEndAlive() throws Exception {
		try (SocketPairFactory factory = factory(LeakDetection.SIMPLE)) {
			PairedSocket kept = factory.create().first();
			untilCollected(() -> assertThat(factory.statistics().totals().get(0).leaked()).isOne());
			assertThat(kept.read(ByteBuffer.allocate(1))).isEqualTo(-1);
			assertThat(kept.isOpen()).isTrue();
			kept.close();
		}
	}

	@Test
	void blockedReaderKeepsItsSocketAlive() throws Exception {
		try (SocketPairFactory factory = factory(LeakDetection.SIMPLE)) {
			compileRead(factory);
			SocketPair pair = factory.create();
			PairedSocket peer = pair.second();
			InBackground<Integer> reader = readInBackground(pair);
			pair = null;
			reader.untilBlocked();
			WeakReference<Object> garbage = new WeakReference<>(new Object());
			untilCollected(() -> assertThat(garbage.get()).isNull());
			peer.write(ByteBuffer.allocate(1));
			assertThat(reader.get()).isOne();
			peer.close();
		}
	}

	/** The interpreter keeps what a method has in its hands; compiled code does not. */
	private static void compileRead(SocketPairFactory factory) throws Exception {
		ByteBuffer one = ByteBuffer.allocate(1);
		try (SocketPair pair = factory.create()) {
			for (int i = 0; i < 30_000; i++) {
				pair.second().write(one.clear());
				pair.first().read(one.clear());
			}
		}
	}

	private static InBackground<Integer> readInBackground(SocketPair pair) {
		// The thread keeps its task, so the task must not keep the socket.
		AtomicReference<PairedSocket> socket = new AtomicReference<>(pair.first());
		return InBackground.call(() -> socket.getAndSet(null).read(ByteBuffer.allocate(1)));
	}

	@Test
	void withoutDetectionALostPairStaysOpenUntilTheFactoryIsClosed() throws Exception {
		SocketPairFactory factory = factory(LeakDetection.DISABLED);
		lose(factory);
		WeakReference<Object> garbage = new WeakReference<>(new Object());
		untilCollected(() -> assertThat(garbage.get()).isNull());
		assertThat(factory.statistics().openPairs()).hasSize(1);
		factory.close();
		assertThat(factory.statistics().openPairs()).isEmpty();
		assertThat(this.log.records()).isEmpty();
	}

	@Test
	void countingOfBytesCanBeSwitchedOff() throws Exception {
		try (SocketPairFactory factory = NativeSocketPairFactory.builder(NativeBinding.fromSystemProperty().load())
			.countsBytes(false)
			.build(); SocketPair pair = factory.create()) {
			pair.first().write(ByteBuffer.allocate(9));
			SocketPairStatistics.Totals totals = factory.statistics().totals().get(0);
			assertThat(totals.created()).isOne();
			assertThat(totals.bytes(SocketPairStatistics.End.FIRST, SocketPairStatistics.Direction.SENT)).isZero();
		}
	}

}
