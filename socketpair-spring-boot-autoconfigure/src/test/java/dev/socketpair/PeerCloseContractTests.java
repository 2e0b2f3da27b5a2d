package dev.socketpair;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import dev.socketpair.testsupport.ChildJvm;
import dev.socketpair.testsupport.Command;
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
 * What a socket reports when its peer is closed or a direction is shut down.
 */
@NothingLeaks
class PeerCloseContractTests {

	@RegisterExtension
	final Pairs pairs = new Pairs();

	static Stream<String> types() {
		return Stream.of("stream", "dgram", "seqpacket");
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket" })
	void closedPeerIsTheEndOfTheStreamAfterWhatIsWaiting(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		pair.first().write(Sockets.bytes("last"));
		pair.first().close();
		ByteBuffer dst = ByteBuffer.allocate(10);
		assertThat(pair.second().read(dst)).isEqualTo(4);
		assertThat(pair.second().read(dst)).isEqualTo(-1);
		assertThat(pair.second().read(new ByteBuffer[] { dst })).isEqualTo(-1);
		assertThat(pair.second().isOpen()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket" })
	void writeToAClosedPeerIsABrokenPipeAndLeavesTheSocketOpen(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		pair.first().write(Sockets.bytes("last"));
		pair.first().close();
		Sockets.assertErrno(Errno.EPIPE, () -> pair.second().write(Sockets.bytes("x")));
		Sockets.assertErrno(Errno.EPIPE, () -> pair.second().write(Sockets.direct("x")));
		Sockets.assertErrno(Errno.EPIPE, () -> pair.second().write(new ByteBuffer[] { Sockets.bytes("x") }));
		assertThat(pair.second().isOpen()).isTrue();
		assertThat(pair.second().read(ByteBuffer.allocate(10))).isEqualTo(4);
		assertThat(this.pairs.factory().statistics().failures()).anySatisfy((failures) -> {
			assertThat(failures.operation()).isEqualTo("send");
			assertThat(failures.errno()).isEqualTo(Errno.EPIPE);
			assertThat(failures.count()).isEqualTo(2);
		});
	}

	@Test
	void streamPeerClosedWithUnreadDataIsOneResetAfterWhatIsWaiting() throws IOException {
		SocketPair pair = this.pairs.of("stream");
		pair.first().write(Sockets.bytes("last"));
		pair.second().write(Sockets.bytes("unread"));
		pair.first().close();
		ByteBuffer dst = ByteBuffer.allocate(10);
		assertThat(pair.second().read(dst)).isEqualTo(4);
		Sockets.assertErrno(Errno.ECONNRESET, () -> pair.second().read(dst));
		assertThat(pair.second().read(dst)).isEqualTo(-1);
		assertThat(pair.second().isOpen()).isTrue();
	}

	@Test
	void seqpacketPeerClosedWithUnreadDataIsOneResetBeforeWhatIsWaiting() throws IOException {
		SocketPair pair = this.pairs.of("seqpacket");
		pair.first().write(Sockets.bytes("last"));
		pair.second().write(Sockets.bytes("unread"));
		pair.first().close();
		ByteBuffer dst = ByteBuffer.allocate(10);
		Sockets.assertErrno(Errno.ECONNRESET, () -> pair.second().read(dst));
		assertThat(pair.second().read(dst)).isEqualTo(4);
		assertThat(pair.second().read(dst)).isEqualTo(-1);
	}

	@Test
	void seqpacketWriteAfterSuchACloseIsResetOnceThenABrokenPipe() throws IOException {
		SocketPair pair = this.pairs.of("seqpacket");
		pair.second().write(Sockets.bytes("unread"));
		pair.first().close();
		Sockets.assertErrno(Errno.ECONNRESET, () -> pair.second().write(Sockets.bytes("x")));
		Sockets.assertErrno(Errno.EPIPE, () -> pair.second().write(Sockets.bytes("x")));
	}

	@Test
	void datagramToAClosedPeerIsRefusedOnceThenNotConnected() throws IOException {
		SocketPair pair = this.pairs.of("dgram");
		pair.first().close();
		Sockets.assertErrno(Errno.ECONNREFUSED, () -> pair.second().write(Sockets.bytes("x")));
		Sockets.assertErrno(Errno.ENOTCONN, () -> pair.second().write(Sockets.bytes("x")));
		assertThat(pair.second().isOpen()).isTrue();
	}

	@Test
	void datagramHasNoEndOfStream() throws IOException {
		SocketPair pair = this.pairs.of("dgram");
		pair.first().close();
		pair.second().configureBlocking(false);
		assertThat(pair.second().read(ByteBuffer.allocate(1))).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket" })
	void halfCloseEndsOneDirectionOnly(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		pair.first().write(Sockets.bytes("last"));
		assertThat(pair.first().shutdownOutput().isOutputShutdown()).isTrue();
		Sockets.assertErrno(Errno.EPIPE, () -> pair.first().write(Sockets.bytes("x")));
		ByteBuffer dst = ByteBuffer.allocate(10);
		assertThat(pair.second().read(dst)).isEqualTo(4);
		assertThat(pair.second().read(dst)).isEqualTo(-1);
		pair.second().write(Sockets.bytes("answer"));
		assertThat(pair.first().read(ByteBuffer.allocate(10))).isEqualTo(6);
		assertThat(pair.first().isInputShutdown()).isFalse();
	}

	/**
	 * As long as its queue is full poll(2) does not report it. Of datagrams the kernel
	 * tells no writer.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket" })
	void writerThatWaitsForRoomWithATimeOutIsToldThatThePeerHasShutDownItsInput(String type) throws Exception {
		SocketPair pair = this.pairs.of(type);
		pair.first().configureBlocking(false);
		while (pair.first().write(ByteBuffer.allocate(1000)) > 0) {
			// Until it is full.
		}
		pair.first().configureBlocking(true).writeTimeout(Duration.ofMinutes(1));
		InBackground<Integer> writer = InBackground.call(() -> pair.first().write(ByteBuffer.allocate(1000)));
		writer.untilBlocked();
		pair.second().shutdownInput();
		assertThatExceptionOfType(SocketPairException.class).isThrownBy(writer::get)
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EPIPE));
	}

	@ParameterizedTest
	@MethodSource("types")
	void shutdownOfTheInputEndsAReaderThatWaits(String type) throws Exception {
		SocketPair pair = this.pairs.of(type);
		InBackground<Integer> reader = InBackground.call(() -> pair.first().read(ByteBuffer.allocate(10)));
		reader.untilBlocked();
		assertThat(pair.first().shutdownInput().isInputShutdown()).isTrue();
		assertThat(reader.get()).isEqualTo(-1);
	}

	@ParameterizedTest
	@MethodSource("types")
	void inputThatIsShutDownIsAtItsEndInEveryMode(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		pair.first().shutdownInput();
		ByteBuffer dst = ByteBuffer.allocate(1);
		assertThat(pair.first().readTimeout(Duration.ofMinutes(1)).read(dst)).isEqualTo(-1);
		assertThat(pair.first().readTimeout(null).read(dst)).isEqualTo(-1);
		assertThat(pair.first().configureBlocking(false).read(dst)).isEqualTo(-1);
	}

	@Test
	void brokenPipeIsNoSignal() {
		Command.assumeInstalled("strace");
		List<String> command = new ArrayList<>(
				List.of("strace", "-f", "-e", "trace=none", "-e", "signal=SIGPIPE", "-o", "/dev/stdout"));
		command.addAll(ChildJvm.command(List.of(), BreakPipes.class));
		ChildJvm child = ChildJvm.run(command);
		assertThat(child.output()).contains("broken: 8").doesNotContain("--- SIGPIPE");
		assertThat(child.status()).isZero();
	}

	/** Writes to peers that are closed, in every way there is. */
	public static final class BreakPipes {

		private BreakPipes() {
		}

		/**
		 * Run it.
		 * @param arguments none
		 * @throws IOException if it fails
		 */
		public static void main(String[] arguments) throws IOException {
			int broken = 0;
			try (SocketPairFactory factory = SocketPairs.factory()) {
				for (SocketType type : List.of(SocketType.STREAM, SocketType.SEQPACKET)) {
					SocketPair pair = factory.create(SocketPairOptions.builder().type(type).build());
					pair.first().close();
					PairedSocket socket = pair.second();
					broken += isBroken(() -> socket.write(Sockets.bytes("x")));
					broken += isBroken(() -> socket.write(Sockets.direct("x")));
					broken += isBroken(
							() -> socket.write(new ByteBuffer[] { Sockets.bytes("x"), Sockets.direct("x") }));
					broken += isBroken(() -> socket.sendDescriptors(Sockets.bytes("x"), PassedDescriptor.of(0)));
				}
			}
			System.out.println("broken: " + broken);
		}

		private static int isBroken(Callable<?> write) throws IOException {
			try {
				write.call();
			}
			catch (SocketPairException ex) {
				return (ex.errno() == Errno.EPIPE) ? 1 : 0;
			}
			catch (Exception ex) {
				throw new IOException(ex);
			}
			return 0;
		}

	}

}
