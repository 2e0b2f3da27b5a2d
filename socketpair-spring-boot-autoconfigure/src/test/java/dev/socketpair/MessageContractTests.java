package dev.socketpair;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.AsynchronousCloseException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.NativeBinding;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import dev.socketpair.testsupport.Pairs;
import dev.socketpair.testsupport.Sockets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Whole messages, and what can be asked of a socket.
 */
@NothingLeaks
class MessageContractTests {

	@RegisterExtension
	final Pairs pairs = new Pairs();

	private final Libc libc = NativeBinding.fromSystemProperty().load();

	private static List<ByteBuffer> buffers(int capacity) {
		return List.of(ByteBuffer.allocate(capacity), ByteBuffer.allocateDirect(capacity));
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "seqpacket", "raw" })
	void messagesAreSentAndReceivedWhole(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		for (ByteBuffer dst : buffers(10)) {
			assertThat(pair.first().send(Sockets.bytes("one"))).isEqualTo(3);
			assertThat(pair.first().send(Sockets.bytes("two22"))).isEqualTo(5);
			assertThat(pair.second().receive(dst)).isEqualTo(3);
			assertThat(pair.second().receive(dst.clear())).isEqualTo(5);
			assertThat(dst.position()).isEqualTo(5);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "seqpacket" })
	void emptyMessageIsSentAndIsNotTheEndOfTheStream(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		for (ByteBuffer dst : buffers(10)) {
			assertThat(pair.first().send(Sockets.bytes(""))).isZero();
			assertThat(pair.first().send(Sockets.bytes("x"))).isOne();
			assertThat(pair.second().receive(dst)).isZero();
			assertThat(pair.second().receive(dst)).isOne();
		}
	}

	@Test
	void emptyMessageIsToldFromTheEndAfterThePeerHasClosed() throws IOException {
		SocketPair pair = this.pairs.of("seqpacket");
		pair.first().send(Sockets.bytes(""));
		pair.first().send(Sockets.bytes("x"));
		pair.first().send(Sockets.bytes(""));
		pair.first().close();
		ByteBuffer dst = ByteBuffer.allocate(10);
		assertThat(pair.second().receive(dst)).isZero();
		assertThat(pair.second().read(dst)).isOne();
		assertThat(pair.second().read(new ByteBuffer[] { dst })).isZero();
		assertThat(pair.second().receive(dst)).isEqualTo(PairedSocket.END_OF_STREAM);
		assertThat(pair.second().read(new ByteBuffer[] { dst })).isEqualTo(-1);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void endOfTheStreamIsNeverSeenBeforeTheLastMessage(boolean blocking) throws Exception {
		ExecutorService sender = Executors.newSingleThreadExecutor();
		ByteBuffer dst = ByteBuffer.allocateDirect(10);
		for (int i = 0; i < 20_000; i++) {
			SocketPair pair = this.pairs.of("seqpacket");
			pair.second().configureBlocking(blocking);
			sender.execute(() -> sendAndClose(pair.first()));
			int received;
			do {
				received = pair.second().receive(dst.clear());
			}
			while (received == PairedSocket.WOULD_BLOCK);
			assertThat(received).as("round %d", i).isOne();
			pair.second().close();
		}
		sender.shutdown();
		assertThat(sender.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
	}

	private static void sendAndClose(PairedSocket socket) {
		try (socket) {
			socket.send(ByteBuffer.allocate(1));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "seqpacket" })
	void messageThatDoesNotFitTellsItsRealLength(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		for (ByteBuffer dst : buffers(4)) {
			pair.first().send(Sockets.bytes("too long"));
			pair.first().send(Sockets.bytes("next"));
			assertThatExceptionOfType(MessageTruncatedException.class).isThrownBy(() -> pair.second().receive(dst))
				.satisfies((ex) -> assertThat(ex.length()).isEqualTo(8));
			assertThat(dst.position()).isZero();
			assertThat(pair.second().receive(dst)).isEqualTo(4);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "seqpacket" })
	void bufferWithoutRoomReceivesAnEmptyMessageOnly(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		pair.first().send(Sockets.bytes(""));
		pair.first().send(Sockets.bytes("x"));
		assertThat(pair.second().receive(ByteBuffer.allocate(0))).isZero();
		assertThatExceptionOfType(MessageTruncatedException.class)
			.isThrownBy(() -> pair.second().receive(ByteBuffer.allocateDirect(0)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "seqpacket" })
	void nonBlockingMessageCallsTellWouldBlockFromAnEmptyMessage(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		pair.second().configureBlocking(false);
		ByteBuffer dst = ByteBuffer.allocate(10);
		assertThat(pair.second().receive(dst)).isEqualTo(PairedSocket.WOULD_BLOCK);
		assertThat(pair.second().peek(dst)).isEqualTo(PairedSocket.WOULD_BLOCK);
		pair.first().send(Sockets.bytes(""));
		assertThat(pair.second().peek(dst)).isZero();
		assertThat(pair.second().receive(dst)).isZero();
		pair.first().configureBlocking(false);
		int sent;
		do {
			sent = pair.first().send(ByteBuffer.allocate(1000));
		}
		while (sent >= 0);
		assertThat(sent).isEqualTo(PairedSocket.WOULD_BLOCK);
		assertThat(this.pairs.factory().statistics().failures()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "seqpacket" })
	void streamOfAMessageSocketSkipsEmptyMessages(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		pair.first().send(Sockets.bytes(""));
		pair.first().send(Sockets.bytes("x"));
		assertThat(pair.second().inputStream().read()).isEqualTo('x');
	}

	@Test
	void messageCallsAreRefusedOnAStream() throws IOException {
		SocketPair pair = this.pairs.of("stream");
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> pair.first().send(Sockets.bytes("x")))
			.withMessageContaining("stream");
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> pair.first().receive(ByteBuffer.allocate(1)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "seqpacket" })
	void peekDoesNotConsume(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		pair.first().write(Sockets.bytes("hello"));
		for (ByteBuffer dst : buffers(10)) {
			assertThat(pair.second().peek(dst)).isEqualTo(5);
			assertThat(dst.position()).isEqualTo(5);
		}
		assertThat(pair.second().read(ByteBuffer.allocate(10))).isEqualTo(5);
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "seqpacket" })
	void peekTellsTheRealLengthOfALongerMessage(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		pair.first().write(Sockets.bytes("hello"));
		for (ByteBuffer dst : buffers(2)) {
			assertThat(pair.second().peek(dst)).isEqualTo(5);
			assertThat(dst.position()).isEqualTo(2);
		}
		assertThat(pair.second().receive(ByteBuffer.allocate(5))).isEqualTo(5);
	}

	@Test
	void peekIntoABufferWithoutRoomIsNotTheEndOfTheStream() throws IOException {
		SocketPair pair = this.pairs.of("stream");
		pair.first().write(Sockets.bytes("x"));
		assertThat(pair.second().peek(ByteBuffer.allocate(0))).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket" })
	void peekSeesTheEndOfTheStream(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		pair.first().close();
		assertThat(pair.second().peek(ByteBuffer.allocate(1))).isEqualTo(PairedSocket.END_OF_STREAM);
	}

	@Test
	void readOnlyBuffersAreRefused() throws IOException {
		SocketPair pair = this.pairs.of("seqpacket");
		ByteBuffer readOnly = ByteBuffer.allocate(1).asReadOnlyBuffer();
		assertThatExceptionOfType(ReadOnlyBufferException.class).isThrownBy(() -> pair.first().receive(readOnly));
		assertThatExceptionOfType(ReadOnlyBufferException.class).isThrownBy(() -> pair.first().peek(readOnly));
	}

	@Test
	void availableIsTheFirstDatagramAndTheSumOfTheOthers() throws IOException {
		for (String type : List.of("stream", "dgram", "seqpacket")) {
			SocketPair pair = this.pairs.of(type);
			assertThat(pair.second().available()).isZero();
			pair.first().write(Sockets.bytes("abc"));
			pair.first().write(Sockets.bytes("de"));
			assertThat(pair.second().available()).isEqualTo(type.equals("dgram") ? 3 : 5);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "seqpacket" })
	void unsentIsZeroExactlyWhenThePeerHasReadAll(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		assertThat(pair.first().unsent()).isZero();
		pair.first().write(Sockets.bytes("hello"));
		assertThat(pair.first().unsent()).isGreaterThanOrEqualTo(5);
		pair.second().read(ByteBuffer.allocate(10));
		assertThat(pair.first().unsent()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "seqpacket" })
	void peerIsTheProcessThatMadeThePair(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		PeerCredentials credentials = pair.second().peerCredentials();
		assertThat(credentials.pid()).isEqualTo((int) ProcessHandle.current().pid());
		assertThat(credentials.uid()).isNotNegative();
		assertThat(credentials).isEqualTo(pair.first().peerCredentials());
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "seqpacket" })
	void duplicateStandsForTheSameEnd(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		PairedSocket duplicate = pair.first().duplicate();
		assertThat(duplicate.descriptor()).isNotEqualTo(pair.first().descriptor());
		assertThat(this.libc.fcntl(duplicate.descriptor(), LinuxAbi.F_GETFD, 0) & LinuxAbi.FD_CLOEXEC).isNotZero();
		pair.first().close();
		assertThat(pair.second().write(Sockets.bytes("x"))).isOne();
		assertThat(duplicate.read(ByteBuffer.allocate(5))).isOne();
		duplicate.close();
		if (!type.equals("dgram")) {
			assertThat(pair.second().read(ByteBuffer.allocate(1))).isEqualTo(-1);
		}
	}

	@Test
	void closeIsNoShutdownThatAnotherHolderWouldFeel() throws Exception {
		SocketPair pair = this.pairs.of("stream");
		PairedSocket duplicate = pair.first().duplicate();
		InBackground<Integer> reader = InBackground.call(() -> pair.first().read(ByteBuffer.allocate(5)));
		reader.untilBlocked();
		pair.first().close();
		assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(reader::get);
		assertThat(pair.second().write(Sockets.bytes("x"))).isOne();
		assertThat(duplicate.read(ByteBuffer.allocate(5))).isOne();
		assertThat(duplicate.write(Sockets.bytes("yy"))).isEqualTo(2);
		assertThat(pair.second().read(ByteBuffer.allocate(5))).isEqualTo(2);
	}

	@Test
	void pairStaysOpenWhileADuplicateIs() throws IOException {
		SocketPair pair = this.pairs.of("stream");
		PairedSocket duplicate = pair.second().duplicate();
		pair.close();
		assertThat(this.pairs.factory().statistics().openPairs()).hasSize(1);
		duplicate.close();
		assertThat(this.pairs.factory().statistics().openPairs()).isEmpty();
		assertThat(this.pairs.factory().statistics().totals()).singleElement()
			.satisfies((totals) -> assertThat(totals.created()).isOne())
			.satisfies((totals) -> assertThat(totals.open()).isZero());
	}

	@Test
	void factoryClosesDuplicatesToo() throws IOException {
		PairedSocket duplicate = this.pairs.of("stream").first().duplicate();
		this.pairs.factory().close();
		assertThat(duplicate.isOpen()).isFalse();
	}

	@Test
	void nothingFlipsTheModeOfTheSharedDescription() throws Exception {
		SocketPair pair = this.pairs.of("stream");
		PairedSocket duplicate = pair.first().duplicate();
		pair.first().configureBlocking(false);
		assertThat(isNonBlocking(duplicate)).isFalse();
		pair.first().read(ByteBuffer.allocate(1));
		assertThat(isNonBlocking(duplicate)).isFalse();
		pair.first().configureBlocking(true).readTimeout(Duration.ofMinutes(1));
		InBackground<Integer> reader = InBackground.call(() -> pair.first().read(ByteBuffer.allocate(1)));
		reader.untilBlocked();
		assertThat(isNonBlocking(duplicate)).isFalse();
		pair.second().write(Sockets.bytes("x"));
		assertThat(reader.get()).isOne();
		pair.first().readTimeout(Duration.ofMillis(1));
		assertThatExceptionOfType(SocketTimeoutException.class)
			.isThrownBy(() -> pair.first().read(ByteBuffer.allocate(1)));
		assertThat(isNonBlocking(duplicate)).isFalse();
	}

	@Test
	void modeOfADescriptionThatWasNonBlockingIsLeftAlone() throws Exception {
		SocketPair pair = this.pairs.factory().create(SocketPairOptions.builder().nonBlocking(true).build());
		pair.first().configureBlocking(true);
		assertThat(isNonBlocking(pair.first())).isTrue();
		InBackground<Integer> reader = InBackground.call(() -> pair.first().read(ByteBuffer.allocate(1)));
		reader.untilBlocked();
		assertThat(isNonBlocking(pair.first())).isTrue();
		pair.second().write(Sockets.bytes("x"));
		assertThat(reader.get()).isOne();
		assertThat(isNonBlocking(pair.first())).isTrue();
	}

	private boolean isNonBlocking(PairedSocket socket) {
		return (this.libc.fcntl(socket.descriptor(), LinuxAbi.F_GETFL, 0) & LinuxAbi.O_NONBLOCK) != 0;
	}

}
