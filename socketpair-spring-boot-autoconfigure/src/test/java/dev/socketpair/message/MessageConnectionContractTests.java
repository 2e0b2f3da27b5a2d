package dev.socketpair.message;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.socketpair.Errno;
import dev.socketpair.PairedSocket;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairStatistics.Direction;
import dev.socketpair.SocketPairStatistics.End;
import dev.socketpair.SocketPairs;
import dev.socketpair.SocketType;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What every connection promises, whatever its framing.
 */
@NothingLeaks
@ParameterizedClass
@EnumSource
class MessageConnectionContractTests {

	private static final Duration SHORT = Duration.ofMillis(30);

	private static final int MAXIMUM = 1000;

	@Parameter
	Writing writing;

	private final SocketPairFactory factory = SocketPairs.factory();

	/** So that none is lost before the end of the test. */
	private final List<SocketPair> pairs = new ArrayList<>();

	private MessageConnection here;

	private MessageConnection there;

	@AfterEach
	void close() {
		this.factory.close();
	}

	private SocketPair pair(String type) throws IOException {
		SocketPair pair = this.factory.create(SocketPairOptions.builder().type(SocketType.of(type)).build());
		this.pairs.add(pair);
		return pair;
	}

	private void connect(Framing framing, int maximum) throws IOException {
		connect(pair((framing != Framing.NONE) ? "stream" : "seqpacket"), framing, maximum);
	}

	private void connect(SocketPair pair, Framing framing, int maximum) {
		this.here = this.writing.over(pair.first(), framing, maximum);
		this.there = this.writing.over(pair.second(), framing);
	}

	private static ByteBuffer bytes(int length) {
		byte[] bytes = new byte[length];
		Arrays.fill(bytes, (byte) 'x');
		return ByteBuffer.wrap(bytes);
	}

	private static String text(ByteBuffer message) {
		return StandardCharsets.UTF_8.decode(message).toString();
	}

	@ParameterizedTest
	@EnumSource
	void messagesArriveWholeAndInOrder(Framing framing) throws IOException {
		connect(framing, MAXIMUM);
		this.here.send("grüße");
		this.here.send(new byte[0]);
		this.here.send(ByteBuffer.wrap(new byte[] { '.', 'a', 'b', '.' }, 1, 2));
		this.here.send(ByteBuffer.allocateDirect(1).put(0, (byte) 0).asReadOnlyBuffer());
		assertThat(text(this.there.receive())).isEqualTo("grüße");
		assertThat(this.there.receive()).isEqualTo(ByteBuffer.allocate(0));
		assertThat(text(this.there.receive())).isEqualTo("ab");
		ByteBuffer last = this.there.receive();
		assertThat(last).isEqualTo(ByteBuffer.allocate(1));
		assertThat(last.position()).isZero();
		assertThat(last.hasArray()).isTrue();
		assertThat(last.isReadOnly()).isFalse();
		this.here.close();
		assertThat(this.there.receive()).isNull();
		assertThat(this.there.receive(SHORT)).isNull();
	}

	@ParameterizedTest
	@EnumSource
	void positionIsMovedToTheLimit(Framing framing) throws IOException {
		connect(framing, MessageConnection.DEFAULT_MAX_MESSAGE_SIZE);
		for (int length : new int[] { 0, 5, 50_000 }) {
			ByteBuffer message = ByteBuffer.allocate(length + 7).position(3).limit(length + 3);
			this.here.send(message);
			assertThat(message.position()).isEqualTo(message.limit());
			assertThat(this.there.receive().remaining()).isEqualTo(length);
			this.here.sendAll(List.of(message.position(3), ByteBuffer.allocate(2)));
			assertThat(message.position()).isEqualTo(message.limit());
			assertThat(this.there.receive().remaining()).isEqualTo(length);
			assertThat(this.there.receive().remaining()).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@EnumSource
	void receivedMessagesAreTheCallersToKeep(Framing framing) throws IOException {
		connect(framing, MAXIMUM);
		List<ByteBuffer> messages = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			this.here.send("message " + i);
			messages.add(this.there.receive());
		}
		for (int i = 0; i < 10; i++) {
			assertThat(text(messages.get(i))).isEqualTo("message " + i);
		}
	}

	@ParameterizedTest
	@EnumSource
	void messageOfTheMaximumPassesAndOneByteMoreIsRefused(Framing framing) throws IOException {
		for (int maximum : new int[] { 1, MAXIMUM, 9000, 100_000 }) {
			connect(framing, maximum);
			this.here.send(bytes(maximum));
			ByteBuffer tooLarge = bytes(maximum + 1);
			assertThatExceptionOfType(MessageTooLargeException.class).isThrownBy(() -> this.here.send(tooLarge))
				.satisfies((ex) -> assertThat(ex.length()).isEqualTo(maximum + 1))
				.satisfies((ex) -> assertThat(ex.maximum()).isEqualTo(maximum));
			assertThatExceptionOfType(MessageTooLargeException.class)
				.isThrownBy(() -> this.here.sendAll(List.of(bytes(1), tooLarge)));
			assertThat(tooLarge.position()).isZero();
			this.here.send("y");
			assertThat(this.there.receive()).isEqualTo(bytes(maximum));
			assertThat(text(this.there.receive())).isEqualTo("y");
		}
	}

	@ParameterizedTest
	@EnumSource
	void receivedMessageOverTheMaximumIsRefusedAndTheNextArrives(Framing framing) throws Exception {
		for (int maximum : new int[] { 1, MAXIMUM, 70_000, 150_000 }) {
			connect(framing, maximum);
			InBackground<Void> sender = InBackground.call(() -> {
				this.there.send("a");
				this.there.send(bytes(maximum + 1));
				this.there.send(bytes(maximum));
				this.there.close();
				return null;
			});
			assertThat(text(this.here.receive())).isEqualTo("a");
			assertThatExceptionOfType(MessageTooLargeException.class).isThrownBy(this.here::receive)
				.satisfies((ex) -> assertThat(ex.length()).isEqualTo(maximum + 1));
			assertThat(this.here.receive()).isEqualTo(bytes(maximum));
			assertThat(this.here.receive()).isNull();
			sender.get();
		}
	}

	@ParameterizedTest
	@EnumSource
	void messageThatIsMuchTooLargeIsSkipped(Framing framing) throws Exception {
		int length = (framing != Framing.NONE) ? 3_000_000 : 100_000;
		connect(framing, MAXIMUM);
		InBackground<Void> sender = InBackground.call(() -> {
			this.there.send(bytes(length));
			this.there.send("next");
			return null;
		});
		assertThatExceptionOfType(MessageTooLargeException.class).isThrownBy(this.here::receive)
			.satisfies((ex) -> assertThat(ex.length()).isBetween(MAXIMUM + 1L, (long) length));
		assertThat(text(this.here.receive())).isEqualTo("next");
		sender.get();
	}

	@ParameterizedTest
	@EnumSource
	void timeOutLosesNothing(Framing framing) throws Exception {
		connect(framing, MessageConnection.DEFAULT_MAX_MESSAGE_SIZE);
		PairedSocket socket = this.here.socket().readTimeout(Duration.ofMinutes(1));
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> this.here.receive(SHORT));
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> this.here.receive(Duration.ZERO));
		assertThat(socket.readTimeout()).isEqualTo(Duration.ofMinutes(1));
		this.there.send("a");
		assertThat(text(this.here.receive(Duration.ZERO))).isEqualTo("a");
		socket.readTimeout(SHORT);
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(this.here::receive);
		InBackground<ByteBuffer> receiver = InBackground.call(() -> this.here.receive(Duration.ofSeconds(20)));
		receiver.untilBlocked();
		this.there.send("b");
		assertThat(text(receiver.get())).isEqualTo("b");
		assertThat(socket.readTimeout()).isEqualTo(SHORT);
	}

	@ParameterizedTest
	@EnumSource
	void timeOutOfAReceiveLeavesThatOfTheSocketAlone(Framing framing) throws Exception {
		connect(framing, MAXIMUM);
		this.here.socket().readTimeout(Duration.ofMinutes(2));
		InBackground<ByteBuffer> receiver = InBackground.call(() -> this.here.receive(Duration.ofSeconds(20)));
		receiver.untilBlocked();
		assertThat(this.here.socket().readTimeout()).isEqualTo(Duration.ofMinutes(2));
		this.there.send("a");
		assertThat(text(receiver.get())).isEqualTo("a");
	}

	@Test
	void timeOutThatSomebodyElseSetsMeanwhileIsKept() throws Exception {
		connect(Framing.LINE, MAXIMUM);
		InBackground<ByteBuffer> receiver = InBackground.call(() -> this.here.receive(Duration.ofSeconds(20)));
		receiver.untilBlocked();
		this.here.socket().readTimeout(Duration.ofMinutes(3));
		this.there.send("a");
		assertThat(text(receiver.get())).isEqualTo("a");
		assertThat(this.here.socket().readTimeout()).isEqualTo(Duration.ofMinutes(3));
	}

	@Test
	void receiverThatQueuesTimesOutToo() throws Exception {
		connect(Framing.LENGTH_PREFIX, MAXIMUM);
		InBackground<ByteBuffer> first = InBackground.call(this.here::receive).untilBlocked();
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> this.here.receive(SHORT));
		this.there.send("a");
		assertThat(text(first.get())).isEqualTo("a");
	}

	@Test
	void timeOutHoldsForAllPartsOfAMessage() throws Exception {
		SocketPair pair = pair("stream");
		connect(pair, Framing.LINE, MAXIMUM);
		pair.second().write(ByteBuffer.wrap(new byte[] { 'a' }));
		long start = System.nanoTime();
		InBackground<Void> trickle = InBackground.call(() -> {
			try {
				while (true) {
					pair.second().write(ByteBuffer.wrap(new byte[] { 'a' }));
					Thread.onSpinWait();
					if (pair.second().unsent() > 10_000) {
						Thread.yield();
					}
				}
			}
			catch (IOException ex) {
				return null;
			}
		});
		MessageConnection patient = MessageConnection.over(pair.first(), Framing.LINE);
		assertThatExceptionOfType(SocketTimeoutException.class)
			.isThrownBy(() -> patient.receive(SHORT.multipliedBy(5)));
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
		pair.first().close();
		trickle.get();
	}

	@ParameterizedTest
	@CsvSource({ "LINE, '', nothing", "LINE, abc, 3 bytes have come", "LENGTH_PREFIX, '\0\0', 2 bytes have come",
			"LENGTH_PREFIX, '\0\0\0\5', 0 bytes have come", "LENGTH_PREFIX, '\0\0\0\5ab', 2 bytes have come",
			"LENGTH_PREFIX, '\0\1\0\0ab', larger than the maximum", "CONTENT_LENGTH, Conte, 5 bytes have come" })
	void timeOutSaysThatPartOfAMessageHasCome(Framing framing, String written, String said) throws IOException {
		SocketPair pair = pair("stream");
		connect(pair, framing, MAXIMUM);
		pair.second().outputStream().write(written.getBytes(StandardCharsets.ISO_8859_1));
		if (said.startsWith("larger")) {
			assertThatExceptionOfType(MessageTooLargeException.class).isThrownBy(this.here::receive);
		}
		pair.first().readTimeout(SHORT);
		String expected = said.equals("nothing") ? "waiting for something to read"
				: "waiting for the rest of a message";
		for (int i = 0; i < 2; i++) {
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> this.here.receive(SHORT))
				.withMessageContainingAll(expected, said.equals("nothing") ? "" : said);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(this.here::receive)
				.withMessageContaining(expected);
		}
	}

	@Test
	void negativeTimeOutIsRefused() throws IOException {
		connect(Framing.LINE, MAXIMUM);
		assertThatIllegalArgumentException().isThrownBy(() -> this.here.receive(Duration.ofMillis(-1)))
			.withMessageContaining("timeout");
	}

	@Test
	void timeOutOfAgesIsForEver() throws IOException {
		connect(Framing.LINE, MAXIMUM);
		this.there.send("a");
		assertThat(text(this.here.receive(Duration.ofSeconds(Long.MAX_VALUE)))).isEqualTo("a");
	}

	@ParameterizedTest
	@EnumSource
	void closeWakesEveryReceiver(Framing framing) throws Exception {
		connect(framing, MAXIMUM);
		List<InBackground<ByteBuffer>> receivers = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			receivers.add(InBackground.call(this.here::receive).untilBlocked());
			receivers.add(InBackground.call(() -> this.here.receive(Duration.ofMinutes(1))).untilBlocked());
		}
		this.here.close();
		for (InBackground<ByteBuffer> receiver : receivers) {
			assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(receiver::get);
		}
		assertThat(this.here.isOpen()).isFalse();
		assertThat(this.here.socket().isOpen()).isFalse();
		assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(this.here::receive);
		assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(() -> this.here.send("x"));
		assertThatExceptionOfType(ClosedChannelException.class)
			.isThrownBy(() -> this.here.sendAll(List.of(bytes(1), bytes(1))));
		this.here.close();
	}

	@ParameterizedTest
	@EnumSource
	void interruptOfAReceiverThatQueuesHarmsNoOther(Framing framing) throws Exception {
		connect(framing, MAXIMUM);
		InBackground<ByteBuffer> first = InBackground.call(this.here::receive).untilBlocked();
		for (boolean timed : new boolean[] { false, true }) {
			AtomicBoolean interrupted = new AtomicBoolean();
			InBackground<ByteBuffer> second = InBackground.call(() -> {
				try {
					return timed ? this.here.receive(Duration.ofMinutes(1)) : this.here.receive();
				}
				finally {
					interrupted.set(Thread.currentThread().isInterrupted());
				}
			}).untilBlocked();
			second.thread().interrupt();
			assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(second::get);
			assertThat(interrupted).isTrue();
		}
		this.there.send(bytes(3));
		assertThat(first.get().remaining()).isEqualTo(3);
		assertThat(this.here.isOpen()).isTrue();
	}

	@ParameterizedTest
	@EnumSource
	void interruptOfTheReceiverThatReadsClosesForAll(Framing framing) throws Exception {
		connect(framing, MAXIMUM);
		InBackground<ByteBuffer> first = InBackground.call(this.here::receive).untilBlocked();
		InBackground<ByteBuffer> second = InBackground.call(this.here::receive).untilBlocked();
		first.thread().interrupt();
		assertThatExceptionOfType(ClosedByInterruptException.class).isThrownBy(first::get);
		assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(second::get);
		assertThat(this.here.isOpen()).isFalse();
	}

	@ParameterizedTest
	@EnumSource
	void interruptThatCameBeforeAReceiveLeavesTheConnectionOpen(Framing framing) throws Exception {
		connect(framing, MAXIMUM);
		this.there.send(bytes(3));
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(this.here::receive);
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.here.receive().remaining()).isEqualTo(3);
	}

	@ParameterizedTest
	@EnumSource
	void readTimeoutIsNotSpentTwiceByAReceiverThatQueues(Framing framing) throws Exception {
		connect(framing, MAXIMUM);
		this.here.socket().readTimeout(Duration.ofSeconds(1));
		long start = System.nanoTime();
		InBackground<ByteBuffer> first = InBackground.call(this.here::receive);
		InBackground<ByteBuffer> second = InBackground.call(this.here::receive);
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(first::get);
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(second::get);
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(990),
				Duration.ofMillis(1900));
	}

	@Test
	void messagesThatWereReadAheadAreGoneWithTheConnection() throws IOException {
		connect(Framing.LENGTH_PREFIX, MAXIMUM);
		this.there.sendAll(List.of(bytes(1), bytes(2)));
		assertThat(this.here.receive().remaining()).isOne();
		this.here.close();
		assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(this.here::receive);
	}

	@ParameterizedTest
	@EnumSource
	void peerThatIsGoneIsReportedToTheSender(Framing framing) throws IOException {
		connect(framing, MessageConnection.DEFAULT_MAX_MESSAGE_SIZE);
		this.there.close();
		for (int length : new int[] { 1, 100_000 }) {
			ByteBuffer message = bytes(length);
			assertThatExceptionOfType(SocketPairException.class).isThrownBy(() -> this.here.send(message))
				.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EPIPE));
			assertThat(message.position()).isZero();
		}
		assertThat(this.here.receive()).isNull();
		assertThat(this.here.isOpen()).isTrue();
	}

	@ParameterizedTest
	@EnumSource
	void nonBlockingSocketIsRefused(Framing framing) throws IOException {
		connect(framing, MAXIMUM);
		this.here.socket().configureBlocking(false);
		assertThatExceptionOfType(IllegalBlockingModeException.class).isThrownBy(this.here::receive);
		assertThatExceptionOfType(IllegalBlockingModeException.class).isThrownBy(() -> this.here.send("x"));
		assertThatExceptionOfType(IllegalBlockingModeException.class)
			.isThrownBy(() -> this.here.sendAll(List.of(bytes(1), bytes(20_000 % MAXIMUM))));
		this.here.socket().configureBlocking(true);
		this.here.send("y");
		assertThat(text(this.there.receive())).isEqualTo("y");
	}

	@ParameterizedTest
	@EnumSource
	void sendAllOfNothingSendsNothing(Framing framing) throws IOException {
		connect(framing, MAXIMUM);
		this.here.sendAll(List.of());
		this.here.close();
		assertThat(this.there.receive()).isNull();
	}

	@ParameterizedTest
	@EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
	void manySmallMessagesCostOneCallEachWay(Framing framing) throws IOException {
		SocketPair pair = this.factory.create(SocketPairOptions.builder().name("counted").build());
		connect(pair, framing, MAXIMUM);
		List<ByteBuffer> messages = new ArrayList<>();
		for (int i = 0; i < 500; i++) {
			messages.add(bytes(64));
		}
		this.here.sendAll(messages);
		for (int i = 0; i < 500; i++) {
			assertThat(this.there.receive()).isEqualTo(bytes(64));
		}
		assertThat(this.factory.statistics().totals()).singleElement().satisfies((totals) -> {
			assertThat(totals.operations(End.FIRST, Direction.SENT)).isOne();
			assertThat(totals.operations(End.SECOND, Direction.RECEIVED)).isOne();
		});
	}

	@ParameterizedTest
	@EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
	void largeMessageLeavesInOneCallWithItsFraming(Framing framing) throws Exception {
		SocketPair pair = pair("stream");
		connect(pair, framing, MAXIMUM * MAXIMUM);
		this.here.send(ByteBuffer.allocateDirect(20_000));
		assertThat(this.factory.statistics().totals()).singleElement()
			.satisfies((totals) -> assertThat(totals.operations(End.FIRST, Direction.SENT)).isOne());
		assertThat(this.there.receive()).isEqualTo(ByteBuffer.allocate(20_000));
	}

	@ParameterizedTest
	@EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
	void streamThatEndsInsideAMessageIsReportedEveryTime(Framing framing) throws IOException {
		SocketPair pair = pair("stream");
		connect(pair, framing, MAXIMUM);
		this.there.send("whole");
		ByteBuffer wire = ByteBuffer.allocate(200);
		WireFormat.of(framing).putHeader(10, wire);
		pair.second().write(wire.put((byte) 'x').flip());
		pair.second().close();
		assertThat(text(this.here.receive())).isEqualTo("whole");
		assertThatExceptionOfType(IncompleteMessageException.class).isThrownBy(this.here::receive);
		assertThatExceptionOfType(IncompleteMessageException.class).isThrownBy(this.here::receive);
		assertThatExceptionOfType(IncompleteMessageException.class).isThrownBy(() -> this.here.receive(SHORT));
	}

	@ParameterizedTest
	@EnumSource(names = { "LENGTH_PREFIX", "CONTENT_LENGTH" })
	void streamThatEndsInsideAHeaderIsReported(Framing framing) throws IOException {
		SocketPair pair = pair("stream");
		connect(pair, framing, MAXIMUM);
		ByteBuffer wire = ByteBuffer.allocate(200);
		WireFormat.of(framing).putHeader(10, wire);
		pair.second().write(wire.flip().limit(wire.limit() - 1));
		pair.second().close();
		assertThatExceptionOfType(IncompleteMessageException.class).isThrownBy(this.here::receive);
	}

	@ParameterizedTest
	@EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
	void streamThatEndsWhereAMessageIsSkippedIsReported(Framing framing) throws Exception {
		SocketPair pair = pair("stream");
		connect(pair, framing, MAXIMUM);
		ByteBuffer wire = ByteBuffer.allocate(3000);
		WireFormat.of(framing).putHeader(5000, wire);
		pair.second().write(wire.position(wire.capacity()).flip());
		pair.second().close();
		assertThatExceptionOfType(MessageTooLargeException.class).isThrownBy(this.here::receive);
		assertThatExceptionOfType(IncompleteMessageException.class).isThrownBy(this.here::receive);
	}

	@Test
	void resetIsReportedOnceAndWhatFollowsCanBeRead() throws IOException {
		connect(Framing.LENGTH_PREFIX, MAXIMUM);
		this.here.send("never read");
		this.there.send("a");
		this.there.close();
		assertThat(text(this.here.receive())).isEqualTo("a");
		assertThatExceptionOfType(SocketPairException.class).isThrownBy(this.here::receive)
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.ECONNRESET));
		assertThat(this.here.receive()).isNull();
	}

	@Test
	void datagramsHaveNoEndUnlessShutDown() throws IOException {
		SocketPair pair = pair("dgram");
		connect(pair, Framing.NONE, MAXIMUM);
		this.there.send("");
		this.there.send("a");
		this.there.close();
		assertThat(this.here.receive().remaining()).isZero();
		assertThat(text(this.here.receive())).isEqualTo("a");
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> this.here.receive(SHORT));
		pair.first().shutdownInput();
		assertThat(this.here.receive()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "seqpacket" })
	void messageLargerThanTheSendBufferIsReportedByTheKernel(String type) throws IOException {
		connect(pair(type), Framing.NONE, MessageConnection.DEFAULT_MAX_MESSAGE_SIZE);
		assertThatExceptionOfType(SocketPairException.class).isThrownBy(() -> this.here.send(bytes(5_000_000)))
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EMSGSIZE));
		this.here.send(bytes(100_000));
		assertThat(this.there.receive()).isEqualTo(bytes(100_000));
	}

	@Test
	void lineFeedInALineIsRefused() throws IOException {
		connect(Framing.LINE, MAXIMUM);
		assertThatIllegalArgumentException().isThrownBy(() -> this.here.send("0123456789\n"))
			.withMessageContaining("byte 10 of 11");
		assertThatIllegalArgumentException().isThrownBy(
				() -> this.here.sendAll(List.of(bytes(1), ByteBuffer.wrap("\n".getBytes(StandardCharsets.UTF_8)))));
		this.here.send("carriage return\r");
		assertThat(text(this.there.receive())).isEqualTo("carriage return\r");
	}

	@Test
	void framingThatDoesNotSuitTheTypeIsRefused() throws IOException {
		PairedSocket stream = pair("stream").first();
		PairedSocket packets = pair("seqpacket").first();
		assertThatIllegalArgumentException().isThrownBy(() -> MessageConnection.over(stream, Framing.NONE))
			.withMessage("The framing 'none' does not suit a socket of the type 'stream': "
					+ "use 'length-prefix', 'line' or 'content-length', or the type 'seqpacket' or 'dgram'");
		assertThatIllegalArgumentException().isThrownBy(() -> MessageConnection.over(packets, Framing.LINE))
			.withMessage("The framing 'line' does not suit a socket of the type 'seqpacket': "
					+ "use 'none', or the type 'stream'");
		assertThatIllegalArgumentException().isThrownBy(() -> MessageConnection.over(stream, Framing.LINE, 0))
			.withMessageContaining("'maxMessageSize'")
			.withMessageContaining("but is 0");
	}

	@Test
	void connectionTellsWhatItIs() throws IOException {
		for (Framing framing : Framing.values()) {
			connect(framing, MAXIMUM);
			assertThat(this.here.framing()).isEqualTo(framing);
			assertThat(this.here.maxMessageSize()).isEqualTo(MAXIMUM);
			assertThat(this.here.isOpen()).isTrue();
			assertThat(this.here).hasToString("MessageConnection[%s, %s]".formatted(framing, this.here.socket()));
		}
	}

}
