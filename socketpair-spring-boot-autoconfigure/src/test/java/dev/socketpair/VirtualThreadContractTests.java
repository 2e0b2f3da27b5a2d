package dev.socketpair;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.sun.management.OperatingSystemMXBean;
import dev.socketpair.testsupport.ChildJvm;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import dev.socketpair.testsupport.Pairs;
import dev.socketpair.testsupport.Sockets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Virtual threads that wait for sockets. Java 17 has none.
 */
@NothingLeaks
@Tag("java21")
class VirtualThreadContractTests {

	@RegisterExtension
	final Pairs pairs = new Pairs();

	static Stream<String> types() {
		return Stream.of("stream", "dgram", "seqpacket");
	}

	private static <T> InBackground<T> virtually(Callable<T> call) {
		return InBackground.call(true, call);
	}

	@ParameterizedTest
	@MethodSource("types")
	void parkedReaderIsWokenByData(String type) throws Exception {
		SocketPair pair = this.pairs.of(type);
		for (ByteBuffer dst : List.of(ByteBuffer.allocate(10), ByteBuffer.allocateDirect(10))) {
			InBackground<Integer> reader = virtually(() -> pair.second().read(dst)).untilBlocked();
			pair.first().write(ByteBuffer.wrap(new byte[] { 1, 2, 3 }));
			assertThat(reader.get()).isEqualTo(3);
		}
	}

	@ParameterizedTest
	@MethodSource("types")
	void parkedWriterIsWokenByRoom(String type) throws Exception {
		SocketPair pair = this.pairs.of(type);
		int sent = Sockets.fill(pair.first());
		InBackground<Integer> writer = virtually(() -> pair.first().write(ByteBuffer.allocate(1000))).untilBlocked();
		for (int received = 0; received < sent;) {
			received += pair.second().read(ByteBuffer.allocate(1000));
		}
		assertThat(writer.get()).isEqualTo(1000);
	}

	@Test
	void blockingWriteOfAStreamReturnsWhenAllIsWritten() throws Exception {
		SocketPair pair = this.pairs.of("stream");
		int length = 3_000_000;
		for (ByteBuffer src : List.of(ByteBuffer.allocate(length), ByteBuffer.allocateDirect(length))) {
			InBackground<Integer> writer = virtually(() -> pair.first().write(src)).untilBlocked();
			InBackground<Integer> reader = virtually(
					() -> pair.second().inputStream().readNBytes(new byte[length], 0, length));
			assertThat(writer.get()).isEqualTo(length);
			assertThat(src.hasRemaining()).isFalse();
			assertThat(reader.get()).isEqualTo(length);
		}
	}

	@Test
	void bothDirectionsOfOneEndCanBeAwaitedAtOnce() throws Exception {
		SocketPair pair = this.pairs.of("stream");
		int sent = Sockets.fill(pair.first());
		InBackground<Integer> writer = virtually(() -> pair.first().write(ByteBuffer.allocate(1000))).untilBlocked();
		InBackground<Integer> reader = virtually(() -> pair.first().read(ByteBuffer.allocate(10))).untilBlocked();
		pair.second().write(ByteBuffer.allocate(7));
		assertThat(reader.get()).isEqualTo(7);
		pair.second().inputStream().readNBytes(sent + 1000);
		assertThat(writer.get()).isEqualTo(1000);
	}

	@ParameterizedTest
	@MethodSource("types")
	void closeWakesAParkedReader(String type) throws Exception {
		SocketPair pair = this.pairs.of(type);
		InBackground<Integer> reader = virtually(() -> pair.second().read(ByteBuffer.allocate(1))).untilBlocked();
		pair.second().close();
		assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(reader::get);
	}

	@ParameterizedTest
	@MethodSource("types")
	void closeWakesAParkedWriter(String type) throws Exception {
		SocketPair pair = this.pairs.of(type);
		Sockets.fill(pair.first());
		InBackground<Integer> writer = virtually(() -> pair.first().write(ByteBuffer.allocate(1000))).untilBlocked();
		pair.first().close();
		assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(writer::get);
	}

	@ParameterizedTest
	@MethodSource("types")
	void interruptWakesAParkedReaderAndClosesTheSocket(String type) throws Exception {
		SocketPair pair = this.pairs.of(type);
		InBackground<Boolean> reader = virtually(() -> {
			assertThatExceptionOfType(ClosedByInterruptException.class)
				.isThrownBy(() -> pair.second().read(ByteBuffer.allocate(1)));
			return Thread.currentThread().isInterrupted();
		}).untilBlocked();
		reader.thread().interrupt();
		assertThat(reader.get()).isTrue();
		assertThat(pair.second().isOpen()).isFalse();
	}

	@ParameterizedTest
	@MethodSource("types")
	void timeOutOfAParkedReaderLeavesTheSocketUsable(String type) throws Exception {
		SocketPair pair = this.pairs.of(type);
		pair.second().readTimeout(Duration.ofMillis(20));
		assertThatExceptionOfType(SocketTimeoutException.class)
			.isThrownBy(() -> virtually(() -> pair.second().read(ByteBuffer.allocate(1))).get());
		pair.second().readTimeout(null);
		InBackground<Integer> reader = virtually(() -> pair.second().read(ByteBuffer.allocate(1))).untilBlocked();
		pair.first().write(ByteBuffer.allocate(1));
		assertThat(reader.get()).isOne();
	}

	@Test
	void peerThatClosesWakesAParkedReader() throws Exception {
		for (String type : List.of("stream", "seqpacket")) {
			SocketPair pair = this.pairs.of(type);
			InBackground<Integer> reader = virtually(() -> pair.second().read(ByteBuffer.allocate(1))).untilBlocked();
			pair.first().close();
			assertThat(reader.get()).isEqualTo(-1);
		}
	}

	@Test
	void closedSocketWithADuplicateIsForgottenByThePoller() throws Exception {
		SocketPair pair = this.pairs.of("stream");
		PairedSocket duplicate = pair.second().duplicate();
		InBackground<Integer> reader = virtually(() -> pair.second().read(ByteBuffer.allocate(1))).untilBlocked();
		pair.second().close();
		assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(reader::get);
		SocketPair next = this.pairs.of("stream");
		InBackground<Integer> nextReader = virtually(() -> next.second().read(ByteBuffer.allocate(1))).untilBlocked();
		InBackground<Integer> duplicateReader = virtually(() -> duplicate.read(ByteBuffer.allocate(1))).untilBlocked();
		pair.first().write(ByteBuffer.allocate(1));
		assertThat(duplicateReader.get()).isOne();
		next.first().write(ByteBuffer.allocate(1));
		assertThat(nextReader.get()).isOne();
	}

	/** Epoll knows a registration by its description and number, and refuses a second. */
	@Test
	void numberThatComesBackForTheSameDescriptionCanBeAwaitedAgain() throws Exception {
		SocketPair pair = this.pairs.of("stream");
		PairedSocket duplicate = pair.second().duplicate();
		int number = pair.second().descriptor();
		InBackground<Integer> reader = virtually(() -> pair.second().read(ByteBuffer.allocate(1))).untilBlocked();
		pair.second().close();
		assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(reader::get);
		PairedSocket again = duplicateWithNumber(duplicate, number);
		InBackground<Integer> nextReader = virtually(() -> again.read(ByteBuffer.allocate(1))).untilBlocked();
		pair.first().write(ByteBuffer.allocate(1));
		assertThat(nextReader.get()).isOne();
	}

	/** The kernel gives the lowest number that is free. */
	private static PairedSocket duplicateWithNumber(PairedSocket socket, int number) throws IOException {
		PairedSocket duplicate = socket.duplicate();
		while (duplicate.descriptor() < number) {
			duplicate = socket.duplicate();
		}
		assumeTrue(duplicate.descriptor() == number, "another thread took the number");
		return duplicate;
	}

	@ParameterizedTest
	@MethodSource("types")
	void shutdownOfTheInputEndsAParkedReader(String type) throws Exception {
		SocketPair pair = this.pairs.of(type);
		InBackground<Integer> reader = virtually(() -> pair.second().read(ByteBuffer.allocate(1))).untilBlocked();
		pair.second().shutdownInput();
		assertThat(reader.get()).isEqualTo(-1);
	}

	/**
	 * As long as its queue is full epoll does not report it. Of datagrams the kernel
	 * tells no writer.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket" })
	void writerThatWaitsForRoomIsToldThatThePeerHasShutDownItsInput(String type) throws Exception {
		SocketPair pair = this.pairs.of(type);
		Sockets.fill(pair.first());
		InBackground<Integer> writer = virtually(() -> pair.first().write(ByteBuffer.allocate(1000))).untilBlocked();
		pair.second().shutdownInput();
		assertBrokenPipe(writer);
	}

	@ParameterizedTest
	@MethodSource("types")
	void writerThatWaitsForRoomIsToldThatItsOutputWasShutDown(String type) throws Exception {
		SocketPair pair = this.pairs.of(type);
		Sockets.fill(pair.first());
		PairedSocket duplicate = pair.first().duplicate();
		InBackground<Integer> writer = virtually(() -> pair.first().write(ByteBuffer.allocate(1000))).untilBlocked();
		duplicate.shutdownOutput();
		assertBrokenPipe(writer);
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket" })
	void writerThatWaitsForRoomIsToldThatAForeignPeerHasShutDownItsInput(String type) throws Exception {
		SocketPair pair = this.pairs.of(type);
		Sockets.fill(pair.first());
		try (PairedSocket foreign = this.pairs.factory().adopt(pair.second().release())) {
			InBackground<Integer> writer = virtually(() -> pair.first().write(ByteBuffer.allocate(1000)))
				.untilBlocked();
			foreign.shutdownInput();
			assertBrokenPipe(writer);
		}
	}

	private static void assertBrokenPipe(InBackground<Integer> writer) {
		assertThatExceptionOfType(SocketPairException.class).isThrownBy(writer::get)
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EPIPE));
	}

	@Test
	void releaseWakesAParkedReader() throws Exception {
		SocketPair pair = this.pairs.of("stream");
		InBackground<Integer> reader = virtually(() -> pair.second().read(ByteBuffer.allocate(1))).untilBlocked();
		int number = pair.second().release();
		assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(reader::get);
		try (PairedSocket again = this.pairs.factory().adopt(number)) {
			pair.first().write(ByteBuffer.allocate(3));
			assertThat(virtually(() -> again.read(ByteBuffer.allocate(9))).get()).isEqualTo(3);
		}
	}

	@ParameterizedTest
	@MethodSource("types")
	void manyVirtualThreadsExchangeMessages(String type) throws Exception {
		int pairs = 200;
		int rounds = 50;
		List<InBackground<Integer>> threads = new ArrayList<>();
		for (int i = 0; i < pairs; i++) {
			SocketPair pair = this.pairs.of(type);
			threads.add(virtually(() -> {
				ByteBuffer message = ByteBuffer.allocate(8);
				for (int round = 0; round < rounds; round++) {
					pair.first().write(message.clear().putLong(round).flip());
					pair.first().read(message.clear());
					assertThat(message.flip().getLong()).isEqualTo(round + 1);
				}
				return rounds;
			}));
			threads.add(virtually(() -> {
				ByteBuffer message = ByteBuffer.allocateDirect(8);
				for (int round = 0; round < rounds; round++) {
					pair.second().read(message.clear());
					long number = message.flip().getLong();
					pair.second().write(message.clear().putLong(number + 1).flip());
				}
				return rounds;
			}));
		}
		for (InBackground<Integer> thread : threads) {
			assertThat(thread.get()).isEqualTo(rounds);
		}
	}

	@Test
	void streamsDoNotPinEither() throws Exception {
		SocketPair pair = this.pairs.of("stream");
		InBackground<Integer> reader = virtually(() -> pair.second().inputStream().read()).untilBlocked();
		pair.first().outputStream().write(42);
		assertThat(reader.get()).isEqualTo(42);
		SocketPair messages = this.pairs.of("seqpacket");
		InBackground<Integer> messageReader = virtually(() -> messages.second().inputStream().read()).untilBlocked();
		messages.first().outputStream().write(43);
		assertThat(messageReader.get()).isEqualTo(43);
	}

	@Test
	void parkedThreadsLeaveTheOnlyCarrierFreeAndUseNoProcessor() {
		ChildJvm child = ChildJvm.run(ChildJvm.command(
				List.of("-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1"),
				Park.class));
		assertThat(child.output()).contains("parked: 1000")
			.contains("another thread ran: true")
			.contains("woken: 1000");
		assertThat(child.status()).isZero();
		String quietest = child.output().replaceAll("(?s).*quietest window, ms: (\\d+).*", "$1");
		assertThat(Integer.parseInt(quietest)).isLessThanOrEqualTo(10);
	}

	/** Parks a thousand virtual threads on one carrier, one in three in a stream. */
	public static final class Park {

		private static final int THREADS = 1000;

		private Park() {
		}

		/**
		 * Run it.
		 * @param arguments none
		 * @throws Exception if it fails
		 */
		public static void main(String[] arguments) throws Exception {
			SocketPairFactory factory = SocketPairs.factory();
			List<SocketPair> pairs = new ArrayList<>();
			List<InBackground<Integer>> readers = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				SocketPair pair = factory.create();
				pairs.add(pair);
				readers.add((i % 3 == 0) ? virtually(() -> pair.second().inputStream().read(new byte[1]))
						: virtually(() -> pair.second().read(ByteBuffer.allocate(1))));
			}
			for (InBackground<Integer> reader : readers) {
				reader.untilBlocked();
			}
			System.out.println("parked: " + readers.size());
			System.out.println("another thread ran: " + virtually(() -> true).get());
			long quietest = Long.MAX_VALUE;
			OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
			for (int window = 0; window < 3; window++) {
				long before = system.getProcessCpuTime();
				new CountDownLatch(1).await(5, TimeUnit.SECONDS);
				quietest = Math.min(quietest, system.getProcessCpuTime() - before);
			}
			System.out.println("quietest window, ms: " + TimeUnit.NANOSECONDS.toMillis(quietest));
			for (SocketPair pair : pairs) {
				pair.first().write(ByteBuffer.allocate(1));
			}
			int woken = 0;
			for (InBackground<Integer> reader : readers) {
				woken += reader.get();
			}
			System.out.println("woken: " + woken);
			factory.close();
		}

	}

}
