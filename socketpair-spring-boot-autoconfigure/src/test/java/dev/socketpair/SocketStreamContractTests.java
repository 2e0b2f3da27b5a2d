package dev.socketpair;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.IllegalBlockingModeException;
import java.util.SplittableRandom;
import java.util.stream.Stream;

import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import dev.socketpair.testsupport.Pairs;
import dev.socketpair.testsupport.Sockets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The streams of a socket.
 */
@NothingLeaks
class SocketStreamContractTests {

	@RegisterExtension
	final Pairs pairs = new Pairs();

	static Stream<String> types() {
		return Stream.of("stream", "dgram", "seqpacket");
	}

	@Test
	void inputStreamOfMessagesGivesNothingWrongAfterAnError() throws IOException {
		SocketPair pair = this.pairs.of("seqpacket");
		pair.second().write(Sockets.bytes("unread"));
		pair.first().write(Sockets.bytes("last"));
		InputStream in = pair.second().inputStream();
		pair.first().close();
		byte[] bytes = new byte[10];
		Sockets.assertErrno(Errno.ECONNRESET, () -> in.read(bytes));
		assertThat(in.read(bytes)).isEqualTo(4);
		assertThat(in.read(bytes)).isEqualTo(-1);
	}

	@ParameterizedTest
	@MethodSource("types")
	void streamsMoveEverything(String type) throws Exception {
		SocketPair pair = this.pairs.of(type);
		byte[] sent = new byte[100_000];
		new SplittableRandom(3).nextBytes(sent);
		InBackground<Boolean> writer = InBackground.call(() -> {
			pair.first().outputStream().write(sent, 0, 60_000);
			pair.first().outputStream().write(sent, 60_000, 39_999);
			pair.first().outputStream().write(sent[99_999]);
			pair.first().outputStream().flush();
			return true;
		});
		InputStream in = pair.second().inputStream();
		byte[] received = new byte[100_000];
		received[0] = (byte) in.read();
		assertThat(in.readNBytes(received, 1, 99_999)).isEqualTo(99_999);
		assertThat(received).isEqualTo(sent);
		assertThat(writer.get()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "seqpacket" })
	void streamOfAMessageSocketKeepsTheRestOfAMessage(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		pair.first().write(Sockets.bytes("hello"));
		pair.first().write(Sockets.bytes("world"));
		InputStream in = pair.second().inputStream();
		assertThat(in.read(new byte[2])).isEqualTo(2);
		assertThat(in.available()).isGreaterThanOrEqualTo(8);
		assertThat(in.read(new byte[10])).isEqualTo(3);
		assertThat(in.read(new byte[10])).isEqualTo(5);
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "seqpacket" })
	void streamOfAMessageSocketTakesMessagesOfAnySize(String type) throws Exception {
		SocketPair pair = this.pairs.factory()
			.create(SocketPairOptions.builder().type(SocketType.of(type)).sendBufferSize(212_992).build());
		pair.first().write(ByteBuffer.allocate(300_000));
		assertThat(pair.second().inputStream().readNBytes(300_000)).hasSize(300_000);
	}

	@Test
	void streamTellsWhatIsAvailableWhileAnotherThreadReads() throws Exception {
		SocketPair pair = this.pairs.of("seqpacket");
		InBackground<Integer> reader = InBackground.call(() -> pair.second().inputStream().read());
		reader.untilBlocked();
		assertThat(pair.second().inputStream().available()).isZero();
		pair.first().write(Sockets.bytes("x"));
		assertThat(reader.get()).isEqualTo('x');
	}

	@Test
	void streamTellsWhatIsAvailable() throws IOException {
		SocketPair pair = this.pairs.of("stream");
		assertThat(pair.second().inputStream().available()).isZero();
		pair.first().write(Sockets.bytes("hello"));
		assertThat(pair.second().inputStream().available()).isEqualTo(5);
	}

	@Test
	void endOfTheStreamIsSeenByTheInputStream() throws IOException {
		SocketPair pair = this.pairs.of("stream");
		pair.first().outputStream().close();
		assertThat(pair.first().isOpen()).isFalse();
		assertThat(pair.second().inputStream().read()).isEqualTo(-1);
		pair.second().inputStream().close();
		assertThat(pair.isOpen()).isFalse();
	}

	@Test
	void streamsOfANonBlockingSocketAreRefused() throws IOException {
		SocketPair pair = this.pairs.of("stream");
		pair.first().configureBlocking(false);
		assertThatExceptionOfType(IllegalBlockingModeException.class)
			.isThrownBy(() -> pair.first().inputStream().read());
		assertThatExceptionOfType(IllegalBlockingModeException.class)
			.isThrownBy(() -> pair.first().outputStream().write(1));
	}

}
