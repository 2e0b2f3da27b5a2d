package dev.socketpair.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import dev.socketpair.LeakDetection;
import dev.socketpair.PairedSocket;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairStatistics.End;
import dev.socketpair.SocketPairStatistics.Totals;
import dev.socketpair.SocketType;
import dev.socketpair.descriptor.RawDescriptors;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.NativeBinding;
import dev.socketpair.statistics.DescriptorTable;
import dev.socketpair.statistics.LiveStatistics;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What waits in the queues of open pairs, and for how long, by a clock that the tests
 * set.
 */
@NothingLeaks
class QueuesTests {

	private final Libc libc = NativeBinding.fromSystemProperty().load();

	private final AtomicLong nanoseconds = new AtomicLong();

	private final Set<PairState> open = ConcurrentHashMap.newKeySet();

	private final LiveStatistics statistics = new LiveStatistics(Set.of(),
			new DescriptorTable(this.libc, DescriptorTable.OF_THIS_PROCESS), this.open, this.nanoseconds::get);

	@AfterEach
	void close() {
		this.open.forEach(PairState::close);
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket", "dgram" })
	void queueThatIsNotReceivedFromStallsFromTheFirstPollOn(String type) throws IOException {
		Pair pair = pair(type);
		pair.first.write(ByteBuffer.allocate(10));
		later(7);
		assertThat(totals().queued(End.FIRST)).isEqualTo(10);
		assertThat(totals().stalled(End.FIRST)).isZero();
		later(7);
		assertThat(totals().stalled(End.FIRST)).isEqualTo(Duration.ofSeconds(7));
		pair.first.write(ByteBuffer.allocate(10));
		later(7);
		assertThat(totals().stalled(End.FIRST)).isEqualTo(Duration.ofSeconds(14));
		assertThat(totals().queued(End.SECOND)).isZero();
		assertThat(totals().stalled(End.SECOND)).isZero();
	}

	@Test
	void queueThatIsAlwaysFullMovesIfItIsReceivedFrom() throws IOException {
		Pair pair = pair("stream");
		pair.second.write(ByteBuffer.allocate(100));
		for (int i = 0; i < 5; i++) {
			assertThat(totals().queued(End.SECOND)).isEqualTo(100);
			assertThat(totals().stalled(End.SECOND)).isZero();
			pair.first.read(ByteBuffer.allocate(30));
			pair.second.write(ByteBuffer.allocate(30));
			later(7);
		}
		assertThat(totals().stalled(End.SECOND)).isZero();
		later(7);
		assertThat(totals().stalled(End.SECOND)).isEqualTo(Duration.ofSeconds(7));
	}

	@Test
	void queueThatWasEmptyMeanwhileStartsAnew() throws IOException {
		Pair pair = pair("stream");
		pair.first.write(ByteBuffer.allocate(1));
		totals().stalled(End.FIRST);
		later(7);
		assertThat(totals().stalled(End.FIRST)).isEqualTo(Duration.ofSeconds(7));
		pair.second.read(ByteBuffer.allocate(1));
		later(7);
		assertThat(totals().stalled(End.FIRST)).isZero();
		pair.first.write(ByteBuffer.allocate(1));
		later(7);
		assertThat(totals().stalled(End.FIRST)).isZero();
	}

	@Test
	void queueTowardsAnEndThatIsNotHeldHereIsTheMemoryThatItTakes() throws IOException {
		Pair pair = pair("stream");
		int released = pair.second.release();
		try (PairedSocket child = NativeSocketPairFactory.builder(this.libc).build().adopt(released)) {
			pair.first.write(ByteBuffer.allocate(1000));
			assertThat(totals().queued(End.FIRST)).isGreaterThanOrEqualTo(1000);
			later(7);
			assertThat(totals().stalled(End.FIRST)).isEqualTo(Duration.ofSeconds(7));
			pair.first.write(ByteBuffer.allocate(1000));
			later(7);
			assertThat(totals().stalled(End.FIRST)).isEqualTo(Duration.ofSeconds(14));
			pair.first.write(ByteBuffer.allocate(1000));
			child.read(ByteBuffer.allocate(2000));
			later(7);
			assertThat(totals().queued(End.FIRST)).isGreaterThanOrEqualTo(1000);
			assertThat(totals().stalled(End.FIRST)).isZero();
			child.read(ByteBuffer.allocate(2000));
			later(7);
			assertThat(totals().queued(End.FIRST)).isZero();
			child.write(ByteBuffer.allocate(3));
			later(7);
			assertThat(totals().queued(End.SECOND)).isEqualTo(3);
			later(7);
			assertThat(totals().stalled(End.SECOND)).isEqualTo(Duration.ofSeconds(7));
		}
	}

	@Test
	void queuesOfPairsThatAreCountedTogetherAreAddedAndTheLongestWaitCounts() throws IOException {
		Pair stuck = pair("stream");
		stuck.first.write(ByteBuffer.allocate(10));
		totals().queued(End.FIRST);
		later(7);
		for (int i = 0; i < 10; i++) {
			pair("stream").first.write(ByteBuffer.allocate(10));
		}
		assertThat(totals().queued(End.FIRST)).isEqualTo(110);
		assertThat(totals().stalled(End.FIRST)).isEqualTo(Duration.ofSeconds(7));
		stuck.first.close();
		stuck.second.close();
		later(1);
		assertThat(totals().queued(End.FIRST)).isEqualTo(100);
		assertThat(totals().stalled(End.FIRST)).isEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void whoAsksAgainAtOnceGetsTheSameAnswer() throws IOException {
		Pair pair = pair("stream");
		assertThat(totals().queued(End.FIRST)).isZero();
		pair.first.write(ByteBuffer.allocate(10));
		assertThat(totals().queued(End.FIRST)).isZero();
		this.nanoseconds.addAndGet(TimeUnit.MILLISECONDS.toNanos(500));
		assertThat(totals().queued(End.FIRST)).isEqualTo(10);
	}

	@Test
	void withoutCountersNothingIsSaidToStall() throws IOException {
		Pair pair = pair("stream", false);
		pair.first.write(ByteBuffer.allocate(10));
		assertThat(totals().queued(End.FIRST)).isEqualTo(10);
		later(7);
		assertThat(totals().stalled(End.FIRST)).isZero();
	}

	private void later(int seconds) {
		this.nanoseconds.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
	}

	private Totals totals() {
		return this.statistics.totals().get(0);
	}

	private Pair pair(String type) {
		return pair(type, true);
	}

	private Pair pair(String type, boolean countsBytes) {
		SocketPairOptions options = SocketPairOptions.builder().type(SocketType.of(type)).build();
		int[] numbers = new int[2];
		assertThat(RawDescriptors.pair(this.libc, options, numbers)).isZero();
		PairState state = new PairState(
				new FactorySettings(this.libc, false, LeakDetection.DISABLED, countsBytes, this.statistics), this.open,
				options, numbers);
		return new Pair(new NativePairedSocket(state.first()), new NativePairedSocket(state.second()));
	}

	private record Pair(PairedSocket first, PairedSocket second) {
	}

}
