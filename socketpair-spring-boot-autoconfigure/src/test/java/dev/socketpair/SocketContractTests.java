package dev.socketpair;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.NativeBinding;
import dev.socketpair.testsupport.ChildJvm;
import dev.socketpair.testsupport.Command;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What every socket promises.
 */
@NothingLeaks
class SocketContractTests {

	private static final Duration SHORT = Duration.ofMillis(30);

	private static final byte[] STRANGER = { 1, 2, 3, 4, 5, 6, 7, 8 };

	private final SocketPairFactory factory = SocketPairs.factory();

	private final Libc libc = NativeBinding.fromSystemProperty().load();

	@AfterEach
	void close() {
		this.factory.close();
	}

	static Stream<String> types() {
		return Stream.of("stream", "dgram", "seqpacket");
	}

	private SocketPair pair(String type) throws IOException {
		return this.factory.create(SocketPairOptions.builder().type(SocketType.of(type)).build());
	}

	private static ByteBuffer bytes(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

	private static ByteBuffer direct(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
	}

	private static String text(ByteBuffer buffer) {
		return StandardCharsets.UTF_8.decode(buffer.duplicate().flip()).toString();
	}

	private static int fill(PairedSocket socket) throws IOException {
		socket.configureBlocking(false);
		int sent = 0;
		int count;
		while ((count = socket.write(ByteBuffer.allocate(1000))) > 0) {
			sent += count;
		}
		socket.configureBlocking(true);
		return sent;
	}

	private static void assertErrno(Errno errno, ThrowingCallable call) {
		assertThatExceptionOfType(SocketPairException.class).isThrownBy(call)
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(errno));
	}

	@ParameterizedTest
	@MethodSource("types")
	void heapAndDirectBuffersAreMovedFromPositionToLimit(String type) throws IOException {
		SocketPair pair = pair(type);
		ByteBuffer heap = ByteBuffer.wrap("..heap..".getBytes(StandardCharsets.UTF_8), 2, 4).slice();
		for (ByteBuffer src : new ByteBuffer[] { heap, direct("..direct..").position(2).limit(8),
				bytes("read-only").asReadOnlyBuffer() }) {
			int length = src.remaining();
			String expected = StandardCharsets.UTF_8.decode(src.duplicate()).toString();
			for (ByteBuffer dst : new ByteBuffer[] { ByteBuffer.allocate(20), ByteBuffer.allocateDirect(20) }) {
				dst.position(3);
				assertThat(pair.first().write(src.duplicate())).isEqualTo(length);
				assertThat(pair.second().read(dst)).isEqualTo(length);
				assertThat(dst.position()).isEqualTo(3 + length);
				assertThat(text(dst).substring(3)).isEqualTo(expected);
			}
		}
	}

	@ParameterizedTest
	@MethodSource("types")
	void bothDirectionsWorkAtTheSameTime(String type) throws Exception {
		SocketPair pair = pair(type);
		int rounds = 20_000;
		InBackground<Integer> there = InBackground.call(() -> writeNumbers(pair.first(), rounds));
		InBackground<Integer> back = InBackground.call(() -> writeNumbers(pair.second(), rounds));
		InBackground<Integer> firstReader = InBackground.call(() -> readNumbers(pair.first(), rounds));
		assertThat(readNumbers(pair.second(), rounds)).isEqualTo(rounds);
		assertThat(firstReader.get()).isEqualTo(rounds);
		assertThat(there.get() + back.get()).isEqualTo(2 * rounds);
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

	@ParameterizedTest
	@MethodSource("types")
	void gatheredBuffersAreOneMessageAndScatteredBuffersTakeItWhole(String type) throws IOException {
		SocketPair pair = pair(type);
		ByteBuffer[] srcs = { bytes("aa"), direct("bbb"), bytes(""), bytes("c"), direct("not this one") };
		assertThat(pair.first().write(srcs, 0, 4)).isEqualTo(6);
		assertThat(srcs[4].remaining()).isEqualTo(12);
		ByteBuffer[] dsts = { ByteBuffer.allocateDirect(1), ByteBuffer.allocate(3), ByteBuffer.allocate(0),
				ByteBuffer.allocateDirect(9) };
		assertThat(pair.second().read(dsts)).isEqualTo(6);
		assertThat(Arrays.stream(dsts).map(SocketContractTests::text)).containsExactly("a", "abb", "", "bc");
	}

	@Test
	void streamMovesTheFirst1024OfMoreBuffers() throws IOException {
		SocketPair pair = pair("stream");
		ByteBuffer[] srcs = Stream.generate(() -> bytes("x")).limit(1030).toArray(ByteBuffer[]::new);
		assertThat(pair.first().write(srcs)).isEqualTo(1024);
		ByteBuffer[] dsts = Stream.generate(() -> ByteBuffer.allocate(1)).limit(1030).toArray(ByteBuffer[]::new);
		assertThat(pair.second().read(dsts)).isEqualTo(1024);
		assertThat(dsts[1024].position()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "seqpacket" })
	void messageOfMoreThan1024BuffersIsRefused(String type) throws IOException {
		SocketPair pair = pair(type);
		ByteBuffer[] buffers = Stream.generate(() -> ByteBuffer.allocate(1)).limit(1025).toArray(ByteBuffer[]::new);
		assertErrno(Errno.EMSGSIZE, () -> pair.first().write(buffers));
		assertErrno(Errno.EMSGSIZE, () -> pair.second().read(buffers));
	}

	@Test
	void blockingWriteOfAStreamReturnsWhenAllIsWritten() throws Exception {
		SocketPair pair = pair("stream");
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
		SocketPair pair = pair("stream");
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
		SocketPair pair = pair(type);
		for (ByteBuffer dst : new ByteBuffer[] { ByteBuffer.allocate(4), ByteBuffer.allocateDirect(4) }) {
			pair.first().write(bytes("too long"));
			pair.first().write(bytes("next"));
			assertThatExceptionOfType(MessageTruncatedException.class).isThrownBy(() -> pair.second().read(dst))
				.satisfies((ex) -> assertThat(ex.length()).isEqualTo(8));
			assertThat(dst.position()).isZero();
			assertThat(pair.second().read(dst)).isEqualTo(4);
			assertThat(text(dst)).isEqualTo("next");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "seqpacket" })
	void messageThatDoesNotFitScatteredBuffersIsNeverCutSilently(String type) throws IOException {
		SocketPair pair = pair(type);
		pair.first().write(bytes("too long"));
		ByteBuffer[] dsts = { ByteBuffer.allocate(3), ByteBuffer.allocateDirect(2) };
		assertThatExceptionOfType(MessageTruncatedException.class).isThrownBy(() -> pair.second().read(dsts))
			.satisfies((ex) -> assertThat(ex.length()).isEqualTo(8));
		assertThat(dsts).allMatch((dst) -> dst.position() == 0);
	}

	@ParameterizedTest
	@MethodSource("types")
	void emptyBufferSendsAndReadsNothing(String type) throws IOException {
		SocketPair pair = pair(type);
		assertThat(pair.first().write(bytes(""))).isZero();
		assertThat(pair.first().write(new ByteBuffer[] { bytes(""), direct("") })).isZero();
		assertThat(pair.second().read(ByteBuffer.allocate(0))).isZero();
		pair.second().configureBlocking(false);
		assertThat(pair.second().read(ByteBuffer.allocate(1))).isZero();
	}

	@Test
	void readOnlyBufferIsRefusedAndNothingIsLost() throws IOException {
		SocketPair pair = pair("seqpacket");
		pair.first().write(bytes("kept"));
		ByteBuffer readOnly = ByteBuffer.allocate(9).asReadOnlyBuffer();
		assertThatExceptionOfType(ReadOnlyBufferException.class).isThrownBy(() -> pair.second().read(readOnly));
		assertThatExceptionOfType(ReadOnlyBufferException.class)
			.isThrownBy(() -> pair.second().read(new ByteBuffer[] { readOnly }));
		assertThat(pair.second().read(ByteBuffer.allocate(9))).isEqualTo(4);
	}

	@ParameterizedTest
	@MethodSource("types")
	void nonBlockingCallsReturnAtOnce(String type) throws IOException {
		SocketPair pair = pair(type);
		pair.second().configureBlocking(false);
		assertThat(pair.second().isBlocking()).isFalse();
		assertThat(pair.second().read(ByteBuffer.allocate(10))).isZero();
		assertThat(fill(pair.first())).isPositive();
		assertThat(pair.second().read(ByteBuffer.allocate(1000))).isEqualTo(1000);
		assertThat(this.factory.statistics().failures()).isEmpty();
	}

	@Test
	void nonBlockingWriteOfAStreamWritesWhatThereIsRoomFor() throws IOException {
		SocketPair pair = pair("stream");
		pair.first().configureBlocking(false);
		ByteBuffer src = ByteBuffer.allocate(10_000_000);
		int written = pair.first().write(src);
		assertThat(written).isPositive().isLessThan(10_000_000);
		assertThat(src.position()).isEqualTo(written);
	}

	@ParameterizedTest
	@MethodSource("types")
	void pairMadeNonBlockingCanWaitAllTheSame(String type) throws Exception {
		SocketPair pair = this.factory
			.create(SocketPairOptions.builder().type(SocketType.of(type)).nonBlocking(true).build());
		assertThat(pair.second().read(ByteBuffer.allocate(10))).isZero();
		pair.second().configureBlocking(true);
		InBackground<Integer> reader = InBackground.call(() -> pair.second().read(ByteBuffer.allocate(10)));
		reader.untilBlocked();
		pair.first().write(bytes("now"));
		assertThat(reader.get()).isEqualTo(3);
	}

	@ParameterizedTest
	@MethodSource("types")
	void readTimeOutIsATimeOutAndNotTheEnd(String type) throws IOException {
		SocketPair pair = pair(type);
		pair.second().readTimeout(SHORT);
		assertThat(pair.second().readTimeout()).isEqualTo(SHORT);
		long before = System.nanoTime();
		assertThatExceptionOfType(SocketTimeoutException.class)
			.isThrownBy(() -> pair.second().read(ByteBuffer.allocate(10)));
		assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(SHORT);
		pair.first().write(bytes("later"));
		assertThat(pair.second().read(ByteBuffer.allocate(10))).isEqualTo(5);
		assertThat(this.factory.statistics().failures()).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("types")
	void writeTimeOutLeavesTheSocketOpen(String type) throws IOException {
		SocketPair pair = pair(type);
		fill(pair.first());
		pair.first().writeTimeout(SHORT);
		assertThatExceptionOfType(SocketTimeoutException.class)
			.isThrownBy(() -> pair.first().write(ByteBuffer.allocate(1000)));
		assertThat(pair.first().isOpen()).isTrue();
		assertThat(this.factory.statistics().failures()).isEmpty();
	}

	@Test
	void writeTimeOutTellsWhatWasWritten() throws IOException {
		SocketPair pair = pair("stream");
		pair.first().writeTimeout(SHORT);
		ByteBuffer src = ByteBuffer.allocate(10_000_000);
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> pair.first().write(src))
			.satisfies((ex) -> assertThat(ex.bytesTransferred).isPositive().isEqualTo(src.position()));
	}

	@Test
	void timeOutsComeFromTheOptionsAndZeroIsNone() throws IOException {
		SocketPair pair = this.factory
			.create(SocketPairOptions.builder().readTimeout(SHORT).writeTimeout(Duration.ofSeconds(5)).build());
		assertThat(pair.first().readTimeout()).isEqualTo(SHORT);
		assertThat(pair.second().writeTimeout()).isEqualTo(Duration.ofSeconds(5));
		assertThat(pair.first().readTimeout(Duration.ZERO).readTimeout()).isNull();
		assertThat(pair.first().writeTimeout(null).writeTimeout()).isNull();
		assertThatIllegalArgumentException().isThrownBy(() -> pair.first().readTimeout(Duration.ofMillis(-1)))
			.withMessageContaining("PT-0.001S");
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket" })
	void closedPeerIsTheEndOfTheStreamAfterWhatIsWaiting(String type) throws IOException {
		SocketPair pair = pair(type);
		pair.first().write(bytes("last"));
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
		SocketPair pair = pair(type);
		pair.first().write(bytes("last"));
		pair.first().close();
		assertErrno(Errno.EPIPE, () -> pair.second().write(bytes("x")));
		assertErrno(Errno.EPIPE, () -> pair.second().write(direct("x")));
		assertErrno(Errno.EPIPE, () -> pair.second().write(new ByteBuffer[] { bytes("x") }));
		assertThat(pair.second().isOpen()).isTrue();
		assertThat(pair.second().read(ByteBuffer.allocate(10))).isEqualTo(4);
		assertThat(this.factory.statistics().failures()).anySatisfy((failures) -> {
			assertThat(failures.operation()).isEqualTo("send");
			assertThat(failures.errno()).isEqualTo(Errno.EPIPE);
			assertThat(failures.count()).isEqualTo(2);
		});
	}

	@Test
	void streamPeerClosedWithUnreadDataIsOneResetAfterWhatIsWaiting() throws IOException {
		SocketPair pair = pair("stream");
		pair.first().write(bytes("last"));
		pair.second().write(bytes("unread"));
		pair.first().close();
		ByteBuffer dst = ByteBuffer.allocate(10);
		assertThat(pair.second().read(dst)).isEqualTo(4);
		assertErrno(Errno.ECONNRESET, () -> pair.second().read(dst));
		assertThat(pair.second().read(dst)).isEqualTo(-1);
		assertThat(pair.second().isOpen()).isTrue();
	}

	@Test
	void seqpacketPeerClosedWithUnreadDataIsOneResetBeforeWhatIsWaiting() throws IOException {
		SocketPair pair = pair("seqpacket");
		pair.first().write(bytes("last"));
		pair.second().write(bytes("unread"));
		pair.first().close();
		ByteBuffer dst = ByteBuffer.allocate(10);
		assertErrno(Errno.ECONNRESET, () -> pair.second().read(dst));
		assertThat(pair.second().read(dst)).isEqualTo(4);
		assertThat(pair.second().read(dst)).isEqualTo(-1);
	}

	@Test
	void seqpacketWriteAfterSuchACloseIsResetOnceThenABrokenPipe() throws IOException {
		SocketPair pair = pair("seqpacket");
		pair.second().write(bytes("unread"));
		pair.first().close();
		assertErrno(Errno.ECONNRESET, () -> pair.second().write(bytes("x")));
		assertErrno(Errno.EPIPE, () -> pair.second().write(bytes("x")));
	}

	@Test
	void datagramToAClosedPeerIsRefusedOnceThenNotConnected() throws IOException {
		SocketPair pair = pair("dgram");
		pair.first().close();
		assertErrno(Errno.ECONNREFUSED, () -> pair.second().write(bytes("x")));
		assertErrno(Errno.ENOTCONN, () -> pair.second().write(bytes("x")));
		assertThat(pair.second().isOpen()).isTrue();
	}

	@Test
	void datagramHasNoEndOfStream() throws IOException {
		SocketPair pair = pair("dgram");
		pair.first().close();
		pair.second().configureBlocking(false);
		assertThat(pair.second().read(ByteBuffer.allocate(1))).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "seqpacket" })
	void messageThatIsTooLargeIsRefusedAndTheSocketStaysOpen(String type) throws IOException {
		SocketPair pair = pair(type);
		int size = 2 * pair.first().getOption(StandardSocketOptions.SO_SNDBUF);
		for (ByteBuffer src : new ByteBuffer[] { ByteBuffer.allocate(size), ByteBuffer.allocateDirect(size) }) {
			assertErrno(Errno.EMSGSIZE, () -> pair.first().write(src));
			assertThat(src.position()).isZero();
		}
		pair.first().write(bytes("still open"));
		assertThat(pair.second().read(ByteBuffer.allocate(20))).isEqualTo(10);
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket" })
	void halfCloseEndsOneDirectionOnly(String type) throws IOException {
		SocketPair pair = pair(type);
		pair.first().write(bytes("last"));
		assertThat(pair.first().shutdownOutput().isOutputShutdown()).isTrue();
		assertErrno(Errno.EPIPE, () -> pair.first().write(bytes("x")));
		ByteBuffer dst = ByteBuffer.allocate(10);
		assertThat(pair.second().read(dst)).isEqualTo(4);
		assertThat(pair.second().read(dst)).isEqualTo(-1);
		pair.second().write(bytes("answer"));
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
		SocketPair pair = pair(type);
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
		SocketPair pair = pair(type);
		InBackground<Integer> reader = InBackground.call(() -> pair.first().read(ByteBuffer.allocate(10)));
		reader.untilBlocked();
		assertThat(pair.first().shutdownInput().isInputShutdown()).isTrue();
		assertThat(reader.get()).isEqualTo(-1);
	}

	@ParameterizedTest
	@MethodSource("types")
	void inputThatIsShutDownIsAtItsEndInEveryMode(String type) throws IOException {
		SocketPair pair = pair(type);
		pair.first().shutdownInput();
		ByteBuffer dst = ByteBuffer.allocate(1);
		assertThat(pair.first().readTimeout(Duration.ofMinutes(1)).read(dst)).isEqualTo(-1);
		assertThat(pair.first().readTimeout(null).read(dst)).isEqualTo(-1);
		assertThat(pair.first().configureBlocking(false).read(dst)).isEqualTo(-1);
	}

	@Test
	void inputStreamOfMessagesGivesNothingWrongAfterAnError() throws IOException {
		SocketPair pair = pair("seqpacket");
		pair.second().write(bytes("unread"));
		pair.first().write(bytes("last"));
		InputStream in = pair.second().inputStream();
		pair.first().close();
		byte[] bytes = new byte[10];
		assertErrno(Errno.ECONNRESET, () -> in.read(bytes));
		assertThat(in.read(bytes)).isEqualTo(4);
		assertThat(in.read(bytes)).isEqualTo(-1);
	}

	@ParameterizedTest
	@MethodSource("types")
	void readerBlockedInReadGetsAsynchronousCloseException(String type) throws Exception {
		for (Duration timeout : new Duration[] { Duration.ZERO, Duration.ofMinutes(1) }) {
			SocketPair pair = pair(type);
			pair.second().readTimeout(timeout);
			InBackground<Integer> reader = InBackground.call(() -> pair.second().read(ByteBuffer.allocate(10)));
			reader.untilBlocked();
			pair.second().close();
			assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(reader::get);
			assertThatExceptionOfType(ClosedChannelException.class)
				.isThrownBy(() -> pair.second().read(ByteBuffer.allocate(10)));
		}
		assertThat(this.factory.statistics().failures()).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("types")
	void writerBlockedInWriteGetsAsynchronousCloseException(String type) throws Exception {
		for (Duration timeout : new Duration[] { Duration.ZERO, Duration.ofMinutes(1) }) {
			SocketPair pair = pair(type);
			fill(pair.first());
			pair.first().writeTimeout(timeout);
			InBackground<Integer> writer = InBackground.call(() -> pair.first().write(ByteBuffer.allocate(1000)));
			writer.untilBlocked();
			pair.first().close();
			assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(writer::get);
		}
		assertThat(this.factory.statistics().failures()).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("types")
	void interruptOfABlockedReaderClosesTheSocket(String type) throws Exception {
		SocketPair pair = pair(type);
		InBackground<Boolean> reader = InBackground.call(() -> {
			assertThatExceptionOfType(ClosedByInterruptException.class)
				.isThrownBy(() -> pair.second().read(ByteBuffer.allocate(10)));
			return Thread.currentThread().isInterrupted();
		});
		reader.untilBlocked();
		reader.thread().interrupt();
		assertThat(reader.get()).as("interrupted").isTrue();
		assertThat(pair.second().isOpen()).isFalse();
	}

	@Test
	void interruptedThreadClosesTheSocketBeforeItBlocks() throws Exception {
		SocketPair pair = pair("stream");
		InBackground<Boolean> reader = InBackground.call(() -> {
			Thread.currentThread().interrupt();
			assertThatExceptionOfType(ClosedByInterruptException.class)
				.isThrownBy(() -> pair.second().read(ByteBuffer.allocate(10)));
			return Thread.currentThread().isInterrupted();
		});
		assertThat(reader.get()).isTrue();
	}

	@Test
	void readersQueue() throws Exception {
		SocketPair pair = pair("seqpacket");
		InBackground<Integer> one = InBackground.call(() -> pair.second().read(ByteBuffer.allocate(10)));
		InBackground<Integer> two = InBackground.call(() -> pair.second().read(ByteBuffer.allocate(10)));
		one.untilBlocked();
		two.untilBlocked();
		pair.first().write(bytes("1"));
		pair.first().write(bytes("22"));
		assertThat(one.get() + two.get()).isEqualTo(3);
	}

	@ParameterizedTest
	@MethodSource("types")
	void closeWakesTheReaderThatIsBlockedAndThoseThatQueue(String type) throws Exception {
		SocketPair pair = pair(type);
		List<InBackground<Integer>> readers = Stream
			.generate(() -> InBackground.call(() -> pair.second().read(ByteBuffer.allocate(10))))
			.limit(3)
			.toList();
		for (InBackground<Integer> reader : readers) {
			reader.untilBlocked();
		}
		pair.second().close();
		for (InBackground<Integer> reader : readers) {
			assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(reader::get);
		}
	}

	@Test
	void writersQueueAndWhatTheyWriteIsNotMixed() throws Exception {
		SocketPair pair = pair("stream");
		int length = 1_000_000;
		List<InBackground<Integer>> writers = Stream.of("a", "b", "c")
			.map((letter) -> bytes(letter.repeat(length)))
			.map((src) -> InBackground.call(() -> pair.first().write(src)))
			.toList();
		byte[] received = pair.second().inputStream().readNBytes(3 * length);
		for (InBackground<Integer> writer : writers) {
			assertThat(writer.get()).isEqualTo(length);
		}
		for (int i = 0; i < received.length; i += length) {
			byte[] expected = new byte[length];
			Arrays.fill(expected, received[i]);
			assertThat(Arrays.equals(received, i, i + length, expected, 0, length)).as("piece at %d", i).isTrue();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT0S", "PT1M" })
	void signalDoesNotEndARead(Duration timeout) throws Exception {
		SocketPair pair = pair("stream");
		pair.second().readTimeout(timeout);
		CompletableFuture<Long> thread = new CompletableFuture<>();
		InBackground<Integer> reader = InBackground.call(() -> {
			thread.complete(this.libc.pthreadSelf());
			return pair.second().read(ByteBuffer.allocate(10));
		});
		for (int i = 0; i < 50; i++) {
			long self = thread.get();
			reader.untilBlocked();
			assertThat(this.libc.pthreadKill(self, LinuxAbi.WAKE_UP_SIGNAL)).isZero();
		}
		pair.first().write(bytes("now"));
		assertThat(reader.get()).isEqualTo(3);
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

	@Test
	void everyCallOnAClosedSocketIsRefused() throws IOException {
		SocketPair pair = pair("stream");
		PairedSocket socket = pair.first();
		socket.close();
		for (ThrowingCallable call : new ThrowingCallable[] { () -> socket.read(ByteBuffer.allocate(1)),
				() -> socket.read(ByteBuffer.allocate(0)), () -> socket.write(bytes("x")),
				() -> socket.write(bytes("")), () -> socket.read(new ByteBuffer[] { ByteBuffer.allocate(1) }),
				() -> socket.write(new ByteBuffer[] { bytes("x") }), socket::shutdownInput, socket::shutdownOutput,
				() -> socket.configureBlocking(false), () -> socket.getOption(StandardSocketOptions.SO_SNDBUF),
				() -> socket.setOption(StandardSocketOptions.SO_SNDBUF, 1000), () -> socket.inputStream().read(),
				() -> socket.outputStream().write(1) }) {
			assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(call);
		}
		assertThat(pair.second().isOpen()).isTrue();
		assertThat(pair.isOpen()).isTrue();
	}

	@ParameterizedTest
	@MethodSource("types")
	void streamsMoveEverything(String type) throws Exception {
		SocketPair pair = pair(type);
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
		SocketPair pair = pair(type);
		pair.first().write(bytes("hello"));
		pair.first().write(bytes("world"));
		InputStream in = pair.second().inputStream();
		assertThat(in.read(new byte[2])).isEqualTo(2);
		assertThat(in.available()).isGreaterThanOrEqualTo(8);
		assertThat(in.read(new byte[10])).isEqualTo(3);
		assertThat(in.read(new byte[10])).isEqualTo(5);
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "seqpacket" })
	void streamOfAMessageSocketTakesMessagesOfAnySize(String type) throws Exception {
		SocketPair pair = this.factory
			.create(SocketPairOptions.builder().type(SocketType.of(type)).sendBufferSize(212_992).build());
		pair.first().write(ByteBuffer.allocate(300_000));
		assertThat(pair.second().inputStream().readNBytes(300_000)).hasSize(300_000);
	}

	@Test
	void streamTellsWhatIsAvailableWhileAnotherThreadReads() throws Exception {
		SocketPair pair = pair("seqpacket");
		InBackground<Integer> reader = InBackground.call(() -> pair.second().inputStream().read());
		reader.untilBlocked();
		assertThat(pair.second().inputStream().available()).isZero();
		pair.first().write(bytes("x"));
		assertThat(reader.get()).isEqualTo('x');
	}

	@Test
	void streamTellsWhatIsAvailable() throws IOException {
		SocketPair pair = pair("stream");
		assertThat(pair.second().inputStream().available()).isZero();
		pair.first().write(bytes("hello"));
		assertThat(pair.second().inputStream().available()).isEqualTo(5);
	}

	@Test
	void endOfTheStreamIsSeenByTheInputStream() throws IOException {
		SocketPair pair = pair("stream");
		pair.first().outputStream().close();
		assertThat(pair.first().isOpen()).isFalse();
		assertThat(pair.second().inputStream().read()).isEqualTo(-1);
		pair.second().inputStream().close();
		assertThat(pair.isOpen()).isFalse();
	}

	@Test
	void streamsOfANonBlockingSocketAreRefused() throws IOException {
		SocketPair pair = pair("stream");
		pair.first().configureBlocking(false);
		assertThatExceptionOfType(IllegalBlockingModeException.class)
			.isThrownBy(() -> pair.first().inputStream().read());
		assertThatExceptionOfType(IllegalBlockingModeException.class)
			.isThrownBy(() -> pair.first().outputStream().write(1));
	}

	@Test
	void optionsAreReadAndSet() throws IOException {
		SocketPair pair = pair("seqpacket");
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
		SocketPair pair = pair("stream");
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

	@Test
	void closingManySocketsWithBlockedReadersNeverTouchesAnotherDescriptor() throws Exception {
		SocketPair other = pair("stream");
		for (int i = 0; i < 500; i++) {
			SocketPair pair = pair("stream");
			InBackground<Integer> reader = InBackground.call(() -> pair.second().read(ByteBuffer.allocate(10)));
			if (i % 2 == 0) {
				reader.untilBlocked();
			}
			pair.second().close();
			assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(reader::get);
			pair.close();
			other.first().write(bytes("x"));
			assertThat(other.second().read(ByteBuffer.allocate(1))).isOne();
		}
	}

	@Test
	void numberOfAClosedSocketNeverLeadsAReaderToTheNextPair() throws Exception {
		AtomicBoolean over = new AtomicBoolean();
		BlockingQueue<PairedSocket> sockets = new ArrayBlockingQueue<>(1);
		InBackground<Integer> creator = InBackground.call(() -> makePairsForStrangers(over));
		InBackground<Integer> reader = InBackground.call(() -> readUntilClosed(over, sockets));
		try {
			for (int i = 0; i < 4000; i++) {
				SocketPair pair = pair("stream");
				pair.second().configureBlocking(i % 2 == 0);
				sockets.put(pair.second());
				for (int spin = 0; spin < i % 200; spin++) {
					Thread.onSpinWait();
				}
				pair.second().close();
				pair.first().close();
			}
		}
		finally {
			over.set(true);
			sockets.offer(pair("stream").first());
		}
		assertThat(reader.get()).as("bytes read from somebody else's pair").isZero();
		assertThat(creator.get()).isPositive();
		assertThat(this.factory.statistics().failures()).isEmpty();
	}

	/** Whoever reads with a number that is not his finds these bytes, and misses them. */
	private int makePairsForStrangers(AtomicBoolean over) throws IOException {
		int made = 0;
		ByteBuffer dst = ByteBuffer.allocate(STRANGER.length);
		while (!over.get()) {
			try (SocketPair pair = pair("stream")) {
				for (PairedSocket[] way : new PairedSocket[][] { { pair.first(), pair.second() },
						{ pair.second(), pair.first() } }) {
					way[0].write(ByteBuffer.wrap(STRANGER));
					way[1].readTimeout(Duration.ofSeconds(5)).read(dst.clear());
					assertThat(dst.flip()).isEqualTo(ByteBuffer.wrap(STRANGER));
				}
			}
			made++;
		}
		return made;
	}

	private static int readUntilClosed(AtomicBoolean over, BlockingQueue<PairedSocket> sockets) throws Exception {
		int stolen = 0;
		ByteBuffer dst = ByteBuffer.allocateDirect(STRANGER.length);
		while (true) {
			PairedSocket socket = sockets.take();
			if (over.get()) {
				return stolen;
			}
			try {
				while (true) {
					stolen += socket.read(dst.clear());
				}
			}
			catch (ClosedChannelException ex) {
				// The next one.
			}
		}
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
					broken += isBroken(() -> socket.write(bytes("x")));
					broken += isBroken(() -> socket.write(direct("x")));
					broken += isBroken(() -> socket.write(new ByteBuffer[] { bytes("x"), direct("x") }));
					broken += isBroken(() -> socket.sendDescriptors(bytes("x"), PassedDescriptor.of(0)));
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
