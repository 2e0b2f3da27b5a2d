package dev.socketpair.message;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketpair.PairedSocket;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairs;
import dev.socketpair.SocketType;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import dev.socketpair.testsupport.Virtual;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Many senders at once, peers that do not read, and what becomes of messages that are
 * cut.
 */
@NothingLeaks
@Timeout(120)
@ParameterizedClass
@EnumSource
class SendingContractTests {

	@Parameter
	Writing writing;

	private final SocketPairFactory factory = SocketPairs.factory();

	/** So that none is lost before the end of the test. */
	private final List<SocketPair> pairs = new ArrayList<>();

	@AfterEach
	void close() {
		this.factory.close();
	}

	private SocketPair pair(Framing framing, int sendBufferSize) throws IOException {
		SocketPair pair = this.factory.create(SocketPairOptions.builder()
			.type((framing != Framing.NONE) ? SocketType.STREAM : SocketType.SEQPACKET)
			.sendBufferSize(sendBufferSize)
			.build());
		this.pairs.add(pair);
		return pair;
	}

	/** The number of the sender, the number of the message, and some filling. */
	private static ByteBuffer numbered(int sender, int number, int length) {
		byte[] bytes = new byte[length];
		Arrays.fill(bytes, (byte) ('a' + sender));
		byte[] head = (sender + ":" + number + ":").getBytes();
		System.arraycopy(head, 0, bytes, 0, head.length);
		return ByteBuffer.wrap(bytes);
	}

	private static int length(SplittableRandom random) {
		return switch (random.nextInt(50)) {
			case 0 -> random.nextInt(100_000, 200_000);
			case 1 -> random.nextInt(8_000, 9_000);
			case 2 -> random.nextInt(20, 70_000);
			default -> random.nextInt(20, 200);
		};
	}

	@ParameterizedTest
	@CsvSource({ "LENGTH_PREFIX,4096", "LENGTH_PREFIX,200000", "LINE,1024", "LINE,200000", "CONTENT_LENGTH,4096",
			"CONTENT_LENGTH,200000", "NONE,400000" })
	void messagesOfManySendersArriveWholeAndInTheOrderOfEach(Framing framing, int sendBufferSize) throws Exception {
		SocketPair pair = pair(framing, sendBufferSize);
		MessageConnection connection = this.writing.over(pair.first(), framing);
		int senders = 12;
		int messages = 300;
		List<InBackground<Void>> running = new ArrayList<>();
		for (int i = 0; i < senders; i++) {
			int sender = i;
			running.add(InBackground.call(Virtual.isAvailable() && i % 2 == 0, () -> {
				sendNumbered(connection, sender, messages);
				return null;
			}));
		}
		int[] next = new int[senders];
		MessageConnection receiver = this.writing.over(pair.second(), framing);
		for (int i = 0; i < senders * messages; i++) {
			ByteBuffer message = receiver.receive();
			String[] head = new String(message.array(), 0, Math.min(20, message.remaining())).split(":");
			int sender = Integer.parseInt(head[0]);
			assertThat(Integer.parseInt(head[1])).as("message of sender %d", sender).isEqualTo(next[sender]++);
			assertThat(message).isEqualTo(numbered(sender, next[sender] - 1, message.remaining()));
		}
		for (InBackground<Void> sender : running) {
			sender.get();
		}
	}

	private static void sendNumbered(MessageConnection connection, int sender, int messages) throws IOException {
		SplittableRandom random = new SplittableRandom(sender);
		int number = 0;
		while (number < messages) {
			if (random.nextInt(10) != 0) {
				connection.send(numbered(sender, number++, length(random)));
				continue;
			}
			List<ByteBuffer> several = new ArrayList<>();
			for (int i = random.nextInt(30); i >= 0 && number < messages; i--) {
				several.add(numbered(sender, number++, length(random)));
			}
			connection.sendAll(several);
		}
	}

	@Test
	void messagesOfSendAllHaveNoOtherInBetween() throws Exception {
		SocketPair pair = pair(Framing.LINE, 4096);
		MessageConnection connection = this.writing.over(pair.first(), Framing.LINE);
		int senders = 4;
		int rounds = 50;
		int messages = 400;
		List<InBackground<Void>> running = new ArrayList<>();
		for (int i = 0; i < senders; i++) {
			List<ByteBuffer> several = new ArrayList<>();
			for (int j = 0; j < messages; j++) {
				several.add(numbered(i, j, 20 + j));
			}
			running.add(InBackground.call(() -> {
				for (int round = 0; round < rounds; round++) {
					several.forEach(ByteBuffer::rewind);
					connection.sendAll(several);
				}
				return null;
			}));
		}
		MessageConnection receiver = this.writing.over(pair.second(), Framing.LINE);
		for (int i = 0; i < senders * rounds; i++) {
			int sender = receiver.receive().get(0) - '0';
			for (int j = 1; j < messages; j++) {
				assertThat(receiver.receive()).isEqualTo(numbered(sender, j, 20 + j));
			}
		}
		for (InBackground<Void> sender : running) {
			sender.get();
		}
	}

	@ParameterizedTest
	@EnumSource
	void oneReaderAndOneWriterWorkAtOnce(Framing framing) throws Exception {
		SocketPair pair = pair(framing, 400_000);
		MessageConnection here = this.writing.over(pair.first(), framing);
		MessageConnection there = this.writing.over(pair.second(), framing);
		InBackground<Void> echo = InBackground.call(() -> {
			ByteBuffer message;
			while ((message = there.receive()) != null) {
				there.send(message);
			}
			there.close();
			return null;
		});
		InBackground<Void> sender = InBackground.call(() -> {
			SplittableRandom random = new SplittableRandom(1);
			for (int i = 0; i < 1000; i++) {
				here.send(numbered(1, i, length(random)));
			}
			here.socket().shutdownOutput();
			return null;
		});
		SplittableRandom random = new SplittableRandom(1);
		for (int i = 0; i < 1000; i++) {
			assertThat(here.receive()).isEqualTo(numbered(1, i, length(random)));
		}
		assertThat(here.receive()).isNull();
		sender.get();
		echo.get();
	}

	@ParameterizedTest
	@CsvSource({ "LENGTH_PREFIX,100", "LENGTH_PREFIX,1000000", "LINE,100", "LINE,1000000", "CONTENT_LENGTH,5000",
			"CONTENT_LENGTH,1000000" })
	void messageThatATimeOutCutsIsFinishedBeforeTheNext(Framing framing, int length) throws Exception {
		SocketPair pair = pair(framing, 20_000);
		pair.first().writeTimeout(Duration.ofMillis(30));
		MessageConnection connection = this.writing.over(pair.first(), framing);
		List<Integer> expected = new ArrayList<>();
		int cut = 0;
		for (int number = 0; cut == 0 || number < 50; number++) {
			ByteBuffer message = numbered(0, number, length);
			try {
				connection.send(message);
				assertThat(message.hasRemaining()).isFalse();
				expected.add(number);
			}
			catch (SocketTimeoutException ex) {
				assertThat(message.position()).isZero();
				if (ex.bytesTransferred > 0) {
					expected.add(number);
				}
				cut++;
			}
			if (cut >= 3) {
				break;
			}
		}
		assertThat(expected).isNotEmpty();
		InBackground<Void> sender = InBackground.call(() -> {
			pair.first().writeTimeout(null);
			connection.send("after");
			return null;
		});
		MessageConnection receiver = this.writing.over(pair.second(), framing);
		for (int number : expected) {
			assertThat(receiver.receive()).isEqualTo(numbered(0, number, length));
		}
		assertThat(receiver.receive()).isEqualTo(ByteBuffer.wrap("after".getBytes()));
		sender.get();
	}

	@Test
	void timeOutTellsEachSenderWhatBecameOfItsMessage() throws Exception {
		for (int round = 0; round < 10; round++) {
			SocketPair pair = pair(Framing.LENGTH_PREFIX, 4096);
			pair.first().writeTimeout(Duration.ofMillis(20));
			MessageConnection connection = this.writing.over(pair.first(), Framing.LENGTH_PREFIX);
			AtomicInteger timeOuts = new AtomicInteger();
			CountDownLatch done = new CountDownLatch(6);
			List<String> sent = Collections.synchronizedList(new ArrayList<>());
			List<InBackground<Void>> senders = new ArrayList<>();
			for (int i = 0; i < 6; i++) {
				int sender = i;
				senders.add(InBackground.call(() -> {
					for (int number = 0; number < 40; number++) {
						try {
							connection.send(numbered(sender, number, 20 + 300 * sender));
							sent.add(sender + ":" + number);
						}
						catch (SocketTimeoutException ex) {
							if (ex.bytesTransferred > 0) {
								sent.add(sender + ":" + number);
							}
							timeOuts.incrementAndGet();
						}
					}
					done.countDown();
					return null;
				}));
			}
			MessageConnection receiver = this.writing.over(pair.second(), Framing.LENGTH_PREFIX);
			List<String> received = new ArrayList<>();
			InBackground<Void> slow = InBackground.call(() -> {
				ByteBuffer message;
				while ((message = receiver.receive()) != null) {
					String[] head = new String(message.array(), 0, 20).split(":");
					int sender = Integer.parseInt(head[0]);
					assertThat(message).isEqualTo(numbered(sender, Integer.parseInt(head[1]), 20 + 300 * sender));
					received.add(head[0] + ":" + head[1]);
					if (received.size() % 40 == 0) {
						int before = timeOuts.get();
						Awaitility.await().until(() -> timeOuts.get() > before || done.getCount() == 0);
					}
				}
				return null;
			});
			for (InBackground<Void> sender : senders) {
				sender.get();
			}
			pair.first().writeTimeout(null);
			connection.send(numbered(0, 99, 20));
			sent.add("0:99");
			connection.close();
			slow.get();
			pair.close();
			assertThat(received).containsExactlyInAnyOrderElementsOf(sent);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 100, 100_000 })
	void closeWakesEverySender(int length) throws Exception {
		for (Framing framing : Framing.values()) {
			try (SocketPair pair = pair(framing, 210_000)) {
				MessageConnection connection = this.writing.over(pair.first(), framing);
				List<InBackground<Void>> senders = blockedSenders(connection, length);
				connection.close();
				for (InBackground<Void> sender : senders) {
					assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(sender::get);
				}
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 100, 100_000 })
	void interruptOfTheSenderThatWritesClosesForAll(int length) throws Exception {
		for (Framing framing : Framing.values()) {
			try (SocketPair pair = pair(framing, 210_000)) {
				MessageConnection connection = this.writing.over(pair.first(), framing);
				List<InBackground<Void>> senders = blockedSenders(connection, length);
				senders.get(0).thread().interrupt();
				for (int i = 0; i < senders.size(); i++) {
					Class<? extends AsynchronousCloseException> expected = (i == 0) ? ClosedByInterruptException.class
							: AsynchronousCloseException.class;
					assertThatExceptionOfType(expected).isThrownBy(senders.get(i)::get);
				}
				assertThat(connection.isOpen()).isFalse();
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "100,1,true", "100,3,false", "100,5,true", "100000,3,true", "100000,5,false" })
	void interruptOfASenderThatQueuesHarmsNoOther(int length, int interrupted, boolean timed) throws Exception {
		for (Framing framing : Framing.values()) {
			try (SocketPair pair = pair(framing, 210_000)) {
				MessageConnection connection = this.writing.over(pair.first(), framing);
				PairedSocket filled = connection.socket();
				List<InBackground<Void>> senders = blockedSenders(connection, length);
				if (!timed) {
					filled.writeTimeout(null);
				}
				senders.get(interrupted).thread().interrupt();
				assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(senders.get(interrupted)::get);
				assertThat(connection.isOpen()).isTrue();
				InBackground<Long> reader = InBackground.call(() -> drain(pair.second()));
				for (int i = 0; i < senders.size(); i++) {
					if (i != interrupted) {
						senders.get(i).get();
					}
				}
				connection.send("after");
				connection.close();
				assertThat(reader.get()).isGreaterThan((senders.size() - 1L) * length);
			}
		}
	}

	private static long drain(PairedSocket socket) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocate(200_000);
		long sum = 0;
		for (int count; (count = socket.read(buffer.clear())) >= 0;) {
			sum += count;
		}
		return sum;
	}

	@ParameterizedTest
	@EnumSource
	void interruptThatCameBeforeASendLeavesTheConnectionOpen(Framing framing) throws Exception {
		try (SocketPair pair = pair(framing, 20_000)) {
			MessageConnection connection = this.writing.over(pair.first(), framing);
			Thread.currentThread().interrupt();
			assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(() -> connection.send("x"));
			assertThatExceptionOfType(InterruptedIOException.class)
				.isThrownBy(() -> connection.sendAll(List.of(ByteBuffer.allocate(1))));
			assertThat(Thread.interrupted()).isTrue();
			connection.send("y");
			assertThat(this.writing.over(pair.second(), framing).receive().get()).isEqualTo((byte) 'y');
		}
	}

	/** Six senders, none of which gets anything through, and each of which is told. */
	static List<InBackground<Void>> blockedSenders(MessageConnection connection, int length) throws IOException {
		PairedSocket socket = connection.socket().configureBlocking(false);
		ByteBuffer filling = ByteBuffer.allocate(1000);
		while (socket.write(filling.clear()) > 0) {
			// Until there is no room.
		}
		socket.configureBlocking(true).writeTimeout(Duration.ofMinutes(1));
		AtomicInteger started = new AtomicInteger();
		List<InBackground<Void>> senders = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			senders.add(InBackground.<Void>call(Virtual.isAvailable() && i % 2 != 0, () -> {
				started.incrementAndGet();
				connection.send(ByteBuffer.wrap("x".repeat(length).getBytes()));
				return null;
			}));
			if (i == 0) {
				// The others queue behind it.
				senders.get(0).untilBlocked();
			}
		}
		Awaitility.await().until(() -> started.get() == senders.size());
		senders.forEach(InBackground::untilBlocked);
		return senders;
	}

	@Test
	void receivingWorksWhileEverySenderIsBlocked() throws Exception {
		SocketPair pair = pair(Framing.LINE, 4096);
		MessageConnection connection = this.writing.over(pair.first(), Framing.LINE);
		List<InBackground<Void>> senders = blockedSenders(connection, 100);
		PairedSocket peer = pair.second();
		peer.write(ByteBuffer.wrap("hello\n".getBytes()));
		assertThat(connection.receive()).isEqualTo(ByteBuffer.wrap("hello".getBytes()));
		connection.close();
		for (InBackground<Void> sender : senders) {
			assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(sender::get);
		}
	}

}
