package dev.socketpair;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.stream.Stream;

import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import dev.socketpair.testsupport.Pairs;
import dev.socketpair.testsupport.Sockets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Blocking and non-blocking mode, time-outs, and the options of a socket.
 */
@NothingLeaks
class SocketModeContractTests {

	private static final Duration SHORT = Duration.ofMillis(30);

	@RegisterExtension
	final Pairs pairs = new Pairs();

	static Stream<String> types() {
		return Stream.of("stream", "dgram", "seqpacket");
	}

	@ParameterizedTest
	@MethodSource("types")
	void nonBlockingCallsReturnAtOnce(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		pair.second().configureBlocking(false);
		assertThat(pair.second().isBlocking()).isFalse();
		assertThat(pair.second().read(ByteBuffer.allocate(10))).isZero();
		assertThat(Sockets.fill(pair.first())).isPositive();
		assertThat(pair.second().read(ByteBuffer.allocate(1000))).isEqualTo(1000);
		assertThat(this.pairs.factory().statistics().failures()).isEmpty();
	}

	@Test
	void nonBlockingWriteOfAStreamWritesWhatThereIsRoomFor() throws IOException {
		SocketPair pair = this.pairs.of("stream");
		pair.first().configureBlocking(false);
		ByteBuffer src = ByteBuffer.allocate(10_000_000);
		int written = pair.first().write(src);
		assertThat(written).isPositive().isLessThan(10_000_000);
		assertThat(src.position()).isEqualTo(written);
	}

	@ParameterizedTest
	@MethodSource("types")
	void pairMadeNonBlockingCanWaitAllTheSame(String type) throws Exception {
		SocketPair pair = this.pairs.factory()
			.create(SocketPairOptions.builder().type(SocketType.of(type)).nonBlocking(true).build());
		assertThat(pair.second().read(ByteBuffer.allocate(10))).isZero();
		pair.second().configureBlocking(true);
		InBackground<Integer> reader = InBackground.call(() -> pair.second().read(ByteBuffer.allocate(10)));
		reader.untilBlocked();
		pair.first().write(Sockets.bytes("now"));
		assertThat(reader.get()).isEqualTo(3);
	}

	@ParameterizedTest
	@MethodSource("types")
	void readTimeOutIsATimeOutAndNotTheEnd(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		pair.second().readTimeout(SHORT);
		assertThat(pair.second().readTimeout()).isEqualTo(SHORT);
		long before = System.nanoTime();
		assertThatExceptionOfType(SocketTimeoutException.class)
			.isThrownBy(() -> pair.second().read(ByteBuffer.allocate(10)));
		assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(SHORT);
		pair.first().write(Sockets.bytes("later"));
		assertThat(pair.second().read(ByteBuffer.allocate(10))).isEqualTo(5);
		assertThat(this.pairs.factory().statistics().failures()).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("types")
	void writeTimeOutLeavesTheSocketOpen(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		Sockets.fill(pair.first());
		pair.first().writeTimeout(SHORT);
		assertThatExceptionOfType(SocketTimeoutException.class)
			.isThrownBy(() -> pair.first().write(ByteBuffer.allocate(1000)));
		assertThat(pair.first().isOpen()).isTrue();
		assertThat(this.pairs.factory().statistics().failures()).isEmpty();
	}

	@Test
	void writeTimeOutTellsWhatWasWritten() throws IOException {
		SocketPair pair = this.pairs.of("stream");
		pair.first().writeTimeout(SHORT);
		ByteBuffer src = ByteBuffer.allocate(10_000_000);
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> pair.first().write(src))
			.satisfies((ex) -> assertThat(ex.bytesTransferred).isPositive().isEqualTo(src.position()));
	}

	@Test
	void timeOutsComeFromTheOptionsAndZeroIsNone() throws IOException {
		SocketPair pair = this.pairs.factory()
			.create(SocketPairOptions.builder().readTimeout(SHORT).writeTimeout(Duration.ofSeconds(5)).build());
		assertThat(pair.first().readTimeout()).isEqualTo(SHORT);
		assertThat(pair.second().writeTimeout()).isEqualTo(Duration.ofSeconds(5));
		assertThat(pair.first().readTimeout(Duration.ZERO).readTimeout()).isNull();
		assertThat(pair.first().writeTimeout(null).writeTimeout()).isNull();
		assertThatIllegalArgumentException().isThrownBy(() -> pair.first().readTimeout(Duration.ofMillis(-1)))
			.withMessageContaining("PT-0.001S");
	}

	@Test
	void optionsAreReadAndSet() throws IOException {
		SocketPair pair = this.pairs.of("seqpacket");
		PairedSocket socket = pair.first();
		assertThat(socket.setOption(StandardSocketOptions.SO_SNDBUF, 50_000).getOption(StandardSocketOptions.SO_SNDBUF))
			.isEqualTo(50_000);
		assertThat(socket.getOption(StandardSocketOptions.SO_RCVBUF)).isPositive();
		assertThat(socket.getOption(LinuxSocketOptions.SO_DOMAIN)).isEqualTo(SocketDomain.UNIX);
		assertThat(socket.getOption(LinuxSocketOptions.SO_TYPE)).isEqualTo(SocketType.SEQPACKET);
		assertThat(socket.getOption(LinuxSocketOptions.SO_PROTOCOL)).isZero();
		assertThat(socket.getOption(LinuxSocketOptions.SO_ERROR)).isZero();
		assertThat(socket.supportedOptions()).hasSize(6);
	}

	@Test
	void unsupportedAndReadOnlyOptionsAreRefusedWithTheirName() throws IOException {
		SocketPair pair = this.pairs.of("stream");
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> pair.first().getOption(StandardSocketOptions.TCP_NODELAY))
			.withMessageContainingAll("TCP_NODELAY", "SO_SNDBUF");
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> pair.first().setOption(LinuxSocketOptions.SO_ERROR, 1))
			.withMessageContaining("SO_ERROR");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> pair.first().setOption(StandardSocketOptions.SO_SNDBUF, -5))
			.withMessageContainingAll("SO_SNDBUF", "-5");
	}

}
