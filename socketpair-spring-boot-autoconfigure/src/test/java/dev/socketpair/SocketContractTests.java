package dev.socketpair;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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
 * What every socket promises of the bytes and messages that it moves.
 */
@NothingLeaks
class SocketContractTests {

	@RegisterExtension
	final Pairs pairs = new Pairs();

	static Stream<String> types() {
		return Stream.of("stream", "dgram", "seqpacket");
	}

	@ParameterizedTest
	@MethodSource("types")
	void heapAndDirectBuffersAreMovedFromPositionToLimit(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		ByteBuffer heap = ByteBuffer.wrap("..heap..".getBytes(StandardCharsets.UTF_8), 2, 4).slice();
		for (ByteBuffer src : new ByteBuffer[] { heap, Sockets.direct("..direct..").position(2).limit(8),
				Sockets.bytes("read-only").asReadOnlyBuffer() }) {
			int length = src.remaining();
			String expected = StandardCharsets.UTF_8.decode(src.duplicate()).toString();
			for (ByteBuffer dst : new ByteBuffer[] { ByteBuffer.allocate(20), ByteBuffer.allocateDirect(20) }) {
				dst.position(3);
				assertThat(pair.first().write(src.duplicate())).isEqualTo(length);
				assertThat(pair.second().read(dst)).isEqualTo(length);
				assertThat(dst.position()).isEqualTo(3 + length);
				assertThat(Sockets.text(dst).substring(3)).isEqualTo(expected);
			}
		}
	}

	@ParameterizedTest
	@MethodSource("types")
	void bothDirectionsWorkAtTheSameTime(String type) throws Exception {
		SocketPair pair = this.pairs.of(type);
		int rounds = 20_000;
		InBackground<Integer> there = InBackground.call(() -> writeNumbers(pair.first(), rounds));
		InBackground<Integer> back = InBackground.call(() -> writeNumbers(pair.second(), rounds));
		InBackground<Integer> firstReader = InBackground.call(() -> readNumbers(pair.first(), rounds));
		assertThat(readNumbers(pair.second(), rounds)).isEqualTo(rounds);
		assertThat(firstReader.get()).isEqualTo(rounds);
		assertThat(there.get() + back.get()).isEqualTo(2 * rounds);
	}

	@ParameterizedTest
	@MethodSource("types")
	void gatheredBuffersAreOneMessageAndScatteredBuffersTakeItWhole(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		ByteBuffer[] srcs = { Sockets.bytes("aa"), Sockets.direct("bbb"), Sockets.bytes(""), Sockets.bytes("c"),
				Sockets.direct("not this one") };
		assertThat(pair.first().write(srcs, 0, 4)).isEqualTo(6);
		assertThat(srcs[4].remaining()).isEqualTo(12);
		ByteBuffer[] dsts = { ByteBuffer.allocateDirect(1), ByteBuffer.allocate(3), ByteBuffer.allocate(0),
				ByteBuffer.allocateDirect(9) };
		assertThat(pair.second().read(dsts)).isEqualTo(6);
		assertThat(Arrays.stream(dsts).map(Sockets::text)).containsExactly("a", "abb", "", "bc");
	}

	@Test
	void streamMovesTheFirst1024OfMoreBuffers() throws IOException {
		SocketPair pair = this.pairs.of("stream");
		ByteBuffer[] srcs = Stream.generate(() -> Sockets.bytes("x")).limit(1030).toArray(ByteBuffer[]::new);
		assertThat(pair.first().write(srcs)).isEqualTo(1024);
		ByteBuffer[] dsts = Stream.generate(() -> ByteBuffer.allocate(1)).limit(1030).toArray(ByteBuffer[]::new);
		assertThat(pair.second().read(dsts)).isEqualTo(1024);
		assertThat(dsts[1024].position()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "seqpacket" })
	void messageOfMoreThan1024BuffersIsRefused(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		ByteBuffer[] buffers = Stream.generate(() -> ByteBuffer.allocate(1)).limit(1025).toArray(ByteBuffer[]::new);
		Sockets.assertErrno(Errno.EMSGSIZE, () -> pair.first().write(buffers));
		Sockets.assertErrno(Errno.EMSGSIZE, () -> pair.second().read(buffers));
	}

	@Test
	void blockingWriteOfAStreamReturnsWhenAllIsWritten() throws Exception {
		SocketPair pair = this.pairs.of("stream");
		int length = 3_000_000;
		for (ByteBuffer src : new ByteBuffer[] { ByteBuffer.allocate(length), ByteBuffer.allocateDirect(length) }) {
			InBackground<Integer> writer = InBackground.call(() -> pair.first().write(src));
			ByteBuffer dst = ByteBuffer.allocate(length);
			while (dst.hasRemaining()) {
				pair.second().read(dst);
			}
			assertThat(writer.get()).isEqualTo(length);
			assertThat(src.hasRemaining()).isFalse();
		}
	}

	@Test
	void blockingGatheringWriteOfAStreamReturnsWhenAllIsWritten() throws Exception {
		SocketPair pair = this.pairs.of("stream");
		ByteBuffer[] srcs = { ByteBuffer.allocate(500_000), ByteBuffer.allocateDirect(700_000),
				ByteBuffer.allocate(1_000_000) };
		InBackground<Long> writer = InBackground.call(() -> pair.first().write(srcs));
		ByteBuffer dst = ByteBuffer.allocate(2_200_000);
		while (dst.hasRemaining()) {
			pair.second().read(dst);
		}
		assertThat(writer.get()).isEqualTo(2_200_000);
		assertThat(srcs).allMatch((src) -> !src.hasRemaining());
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "seqpacket" })
	void messageThatDoesNotFitIsNeverCutSilently(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		for (ByteBuffer dst : new ByteBuffer[] { ByteBuffer.allocate(4), ByteBuffer.allocateDirect(4) }) {
			pair.first().write(Sockets.bytes("too long"));
			pair.first().write(Sockets.bytes("next"));
			assertThatExceptionOfType(MessageTruncatedException.class).isThrownBy(() -> pair.second().read(dst))
				.satisfies((ex) -> assertThat(ex.length()).isEqualTo(8));
			assertThat(dst.position()).isZero();
			assertThat(pair.second().read(dst)).isEqualTo(4);
			assertThat(Sockets.text(dst)).isEqualTo("next");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "seqpacket" })
	void messageThatDoesNotFitScatteredBuffersIsNeverCutSilently(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		pair.first().write(Sockets.bytes("too long"));
		ByteBuffer[] dsts = { ByteBuffer.allocate(3), ByteBuffer.allocateDirect(2) };
		assertThatExceptionOfType(MessageTruncatedException.class).isThrownBy(() -> pair.second().read(dsts))
			.satisfies((ex) -> assertThat(ex.length()).isEqualTo(8));
		assertThat(dsts).allMatch((dst) -> dst.position() == 0);
	}

	@ParameterizedTest
	@MethodSource("types")
	void emptyBufferSendsAndReadsNothing(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		assertThat(pair.first().write(Sockets.bytes(""))).isZero();
		assertThat(pair.first().write(new ByteBuffer[] { Sockets.bytes(""), Sockets.direct("") })).isZero();
		assertThat(pair.second().read(ByteBuffer.allocate(0))).isZero();
		pair.second().configureBlocking(false);
		assertThat(pair.second().read(ByteBuffer.allocate(1))).isZero();
	}

	@Test
	void readOnlyBufferIsRefusedAndNothingIsLost() throws IOException {
		SocketPair pair = this.pairs.of("seqpacket");
		pair.first().write(Sockets.bytes("kept"));
		ByteBuffer readOnly = ByteBuffer.allocate(9).asReadOnlyBuffer();
		assertThatExceptionOfType(ReadOnlyBufferException.class).isThrownBy(() -> pair.second().read(readOnly));
		assertThatExceptionOfType(ReadOnlyBufferException.class)
			.isThrownBy(() -> pair.second().read(new ByteBuffer[] { readOnly }));
		assertThat(pair.second().read(ByteBuffer.allocate(9))).isEqualTo(4);
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "seqpacket" })
	void messageThatIsTooLargeIsRefusedAndTheSocketStaysOpen(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		int size = 2 * pair.first().getOption(StandardSocketOptions.SO_SNDBUF);
		for (ByteBuffer src : new ByteBuffer[] { ByteBuffer.allocate(size), ByteBuffer.allocateDirect(size) }) {
			Sockets.assertErrno(Errno.EMSGSIZE, () -> pair.first().write(src));
			assertThat(src.position()).isZero();
		}
		pair.first().write(Sockets.bytes("still open"));
		assertThat(pair.second().read(ByteBuffer.allocate(20))).isEqualTo(10);
	}

	private static int writeNumbers(PairedSocket socket, int count) throws IOException {
		ByteBuffer number = ByteBuffer.allocateDirect(Integer.BYTES);
		for (int i = 0; i < count; i++) {
			socket.write(number.clear().putInt(i).flip());
		}
		return count;
	}

	private static int readNumbers(PairedSocket socket, int count) throws IOException {
		ByteBuffer number = ByteBuffer.allocate(Integer.BYTES);
		for (int i = 0; i < count; i++) {
			number.clear();
			while (number.hasRemaining()) {
				socket.read(number);
			}
			assertThat(number.flip().getInt()).isEqualTo(i);
		}
		return count;
	}

}
