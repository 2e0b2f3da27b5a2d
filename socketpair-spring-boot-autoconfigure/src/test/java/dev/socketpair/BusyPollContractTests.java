package dev.socketpair;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Readers that look again for a while before they sleep.
 */
@NothingLeaks
class BusyPollContractTests {

	/** Over long before a reader is seen to be blocked. */
	private static final Duration SHORT = Duration.ofMillis(1);

	/** Never over. */
	private static final Duration LONG = Duration.ofMinutes(1);

	private final SocketPairFactory factory = SocketPairs.factory();

	@AfterEach
	void close() {
		this.factory.close();
	}

	static Stream<Arguments> asleepAndLooking() {
		return Stream.of("stream", "dgram", "seqpacket")
			.flatMap((type) -> Stream.of(Arguments.of(type, SHORT), Arguments.of(type, LONG)));
	}

	private SocketPair pair(String type, Duration busyPoll) throws IOException {
		return this.factory.create(SocketPairOptions.builder().type(SocketType.of(type)).busyPoll(busyPoll).build());
	}

	@ParameterizedTest
	@MethodSource("asleepAndLooking")
	void readerGetsWhatIsThereAndWhatComes(String type, Duration busyPoll) throws Exception {
		SocketPair pair = pair(type, busyPoll);
		for (ByteBuffer dst : List.of(ByteBuffer.allocate(10), ByteBuffer.allocateDirect(10))) {
			pair.first().write(ByteBuffer.allocate(3));
			assertThat(pair.second().read(dst)).isEqualTo(3);
			InBackground<Integer> reader = InBackground.call(() -> pair.second().read(dst)).untilBlocked();
			pair.first().write(ByteBuffer.allocate(4));
			assertThat(reader.get()).isEqualTo(4);
		}
	}

	@ParameterizedTest
	@MethodSource("asleepAndLooking")
	void closeWakesTheReader(String type, Duration busyPoll) throws Exception {
		SocketPair pair = pair(type, busyPoll);
		InBackground<Integer> reader = InBackground.call(() -> pair.second().read(ByteBuffer.allocate(1)));
		reader.untilBlocked();
		pair.second().close();
		assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(reader::get);
		assertThat(this.factory.statistics().failures()).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("asleepAndLooking")
	void interruptClosesTheSocket(String type, Duration busyPoll) throws Exception {
		SocketPair pair = pair(type, busyPoll);
		InBackground<Integer> reader = InBackground.call(() -> pair.second().read(ByteBuffer.allocate(1)));
		reader.untilBlocked();
		reader.thread().interrupt();
		assertThatExceptionOfType(ClosedByInterruptException.class).isThrownBy(reader::get);
		assertThat(pair.second().isOpen()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "seqpacket" })
	void timeOutIsATimeOutAndNotTheEnd(String type) throws IOException {
		SocketPair pair = pair(type, SHORT);
		Duration timeout = Duration.ofMillis(30);
		pair.second().readTimeout(timeout);
		long before = System.nanoTime();
		assertThatExceptionOfType(SocketTimeoutException.class)
			.isThrownBy(() -> pair.second().read(ByteBuffer.allocate(1)));
		assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(timeout);
		pair.first().write(ByteBuffer.allocate(1));
		assertThat(pair.second().read(ByteBuffer.allocate(9))).isOne();
		assertThat(this.factory.statistics().failures()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket" })
	void peerThatClosesEndsTheStream(String type) throws Exception {
		for (Duration busyPoll : List.of(SHORT, LONG)) {
			SocketPair pair = pair(type, busyPoll);
			InBackground<Integer> reader = InBackground.call(() -> pair.second().read(ByteBuffer.allocate(1)));
			reader.untilBlocked();
			pair.first().close();
			assertThat(reader.get()).isEqualTo(-1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "seqpacket" })
	void nonBlockingReaderDoesNotLookAgain(String type) throws IOException {
		SocketPair pair = pair(type, LONG);
		pair.second().configureBlocking(false);
		assertThat(pair.second().read(ByteBuffer.allocate(1))).isZero();
	}

}
