package dev.socketpair.tipc;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;

import dev.socketpair.Errno;
import dev.socketpair.PairedSocket;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairException;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.NativeBinding;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import dev.socketpair.testsupport.Virtual;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is seen of a peer that has closed.
 */
@NothingLeaks
class TipcEndContract {

	private static final int SHUT_RDWR = 2;

	@RegisterExtension
	private final Tipc tipc = new Tipc();

	private final Libc libc = NativeBinding.fromSystemProperty().load();

	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket" })
	void endComesAfterWhatIsWaitingAndStays(String type) throws IOException {
		for (boolean blocking : new boolean[] { true, false }) {
			SocketPair pair = this.tipc.pair(type);
			PairedSocket reader = pair.second().configureBlocking(blocking);
			pair.first().write(Tipc.bytes("last words"));
			pair.first().close();
			ByteBuffer dst = ByteBuffer.allocate(20);
			assertThat(reader.peek(dst)).isEqualTo(10);
			assertThat(reader.read(dst.clear())).isEqualTo(10);
			assertEnded(reader, type);
		}
		assertThat(this.tipc.factory().statistics().failures()).isEmpty();
	}

	private static void assertEnded(PairedSocket reader, String type) throws IOException {
		ByteBuffer dst = ByteBuffer.allocateDirect(20);
		for (int i = 0; i < 2; i++) {
			assertThat(reader.read(dst)).isEqualTo(-1);
			assertThat(reader.read(new ByteBuffer[] { dst })).isEqualTo(-1);
			assertThat(reader.peek(dst)).isEqualTo(PairedSocket.END_OF_STREAM);
			if (!type.equals("stream")) {
				assertThat(reader.receive(dst)).isEqualTo(PairedSocket.END_OF_STREAM);
			}
			assertThat(reader.available()).isZero();
		}
		assertThat(reader.isOpen()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket" })
	void peerThatHasNotReadAllIsToldOnceAfterWhatIsWaiting(String type) throws IOException {
		SocketPair pair = this.tipc.pair(type);
		pair.first().write(Tipc.bytes("never read"));
		pair.second().write(Tipc.bytes("waiting"));
		pair.second().close();
		assertThat(pair.first().read(ByteBuffer.allocate(20))).isEqualTo(7);
		assertThatExceptionOfType(SocketPairException.class)
			.isThrownBy(() -> pair.first().read(ByteBuffer.allocate(20)))
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.ECONNRESET));
		assertEnded(pair.first(), type);
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket" })
	void writeToAPeerThatHasClosedGivesEpipe(String type) throws IOException {
		SocketPair pair = this.tipc.pair(type);
		pair.second().close();
		for (int i = 0; i < 2; i++) {
			assertThatExceptionOfType(SocketPairException.class).isThrownBy(() -> pair.first().write(Tipc.bytes("x")))
				.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EPIPE));
		}
		assertThat(pair.first().isOpen()).isTrue();
		assertEnded(pair.first(), type);
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket" })
	void peerThatWasShutDownByAnotherHolderIsAtItsEndForGood(String type) throws IOException {
		for (boolean blocking : new boolean[] { true, false }) {
			SocketPair pair = this.tipc.pair(type);
			pair.first().write(Tipc.bytes("last words"));
			assertThat(this.libc.shutdown(pair.first().descriptor(), SHUT_RDWR)).isZero();
			assertThat(pair.second().configureBlocking(blocking).read(ByteBuffer.allocate(20))).isEqualTo(10);
			assertEnded(pair.second(), type);
			assertEnded(pair.first().configureBlocking(blocking), type);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket" })
	void readerThatWaitsSeesTheEnd(String type) throws Exception {
		for (boolean virtual : kindsOfThreads()) {
			for (Duration timeout : new Duration[] { Duration.ZERO, Duration.ofMinutes(1) }) {
				SocketPair pair = this.tipc.pair(type);
				pair.first().readTimeout(timeout);
				InBackground<Integer> reader = InBackground.call(virtual,
						() -> pair.first().read(ByteBuffer.allocate(1)));
				reader.untilBlocked();
				pair.second().close();
				assertThat(reader.get()).isEqualTo(-1);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket" })
	void writerThatWaitsIsToldThatThePeerHasClosed(String type) throws Exception {
		for (boolean virtual : kindsOfThreads()) {
			SocketPair pair = this.tipc.pair(type);
			InBackground<Integer> writer = InBackground.call(virtual, () -> {
				while (true) {
					pair.first().write(ByteBuffer.allocate(Tipc.LARGEST_MESSAGE));
				}
			});
			writer.untilBlocked();
			pair.second().close();
			assertThatExceptionOfType(SocketPairException.class).isThrownBy(writer::get)
				.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EPIPE));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "rdm" })
	void datagramsHaveNoEndAndAWriteToNobodySucceeds(String type) throws IOException {
		SocketPair pair = this.tipc.pair(type);
		pair.second().write(Tipc.bytes("last words"));
		pair.second().close();
		assertThat(pair.first().receive(ByteBuffer.allocate(20))).isEqualTo(10);
		pair.first().readTimeout(Duration.ofMillis(1));
		assertThatExceptionOfType(SocketTimeoutException.class)
			.isThrownBy(() -> pair.first().receive(ByteBuffer.allocate(20)));
		assertThat(pair.first().send(Tipc.bytes("x"))).isOne();
		assertThat(pair.first().send(Tipc.bytes("x"))).isOne();
		assertThat(this.tipc.factory().statistics().failures()).isEmpty();
	}

	static boolean[] kindsOfThreads() {
		return Virtual.isAvailable() ? new boolean[] { false, true } : new boolean[] { false };
	}

}
