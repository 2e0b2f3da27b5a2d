package dev.socketpair;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.NativeBinding;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import dev.socketpair.testsupport.Pairs;
import dev.socketpair.testsupport.Sockets;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Threads that are blocked, queue or are interrupted when a socket is closed.
 */
@NothingLeaks
class CloseContractTests {

	private static final byte[] STRANGER = { 1, 2, 3, 4, 5, 6, 7, 8 };

	@RegisterExtension
	final Pairs pairs = new Pairs();

	private final Libc libc = NativeBinding.fromSystemProperty().load();

	static Stream<String> types() {
		return Stream.of("stream", "dgram", "seqpacket");
	}

	@ParameterizedTest
	@MethodSource("types")
	void readerBlockedInReadGetsAsynchronousCloseException(String type) throws Exception {
		for (Duration timeout : new Duration[] { Duration.ZERO, Duration.ofMinutes(1) }) {
			SocketPair pair = this.pairs.of(type);
			pair.second().readTimeout(timeout);
			InBackground<Integer> reader = InBackground.call(() -> pair.second().read(ByteBuffer.allocate(10)));
			reader.untilBlocked();
			pair.second().close();
			assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(reader::get);
			assertThatExceptionOfType(ClosedChannelException.class)
				.isThrownBy(() -> pair.second().read(ByteBuffer.allocate(10)));
		}
		assertThat(this.pairs.factory().statistics().failures()).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("types")
	void writerBlockedInWriteGetsAsynchronousCloseException(String type) throws Exception {
		for (Duration timeout : new Duration[] { Duration.ZERO, Duration.ofMinutes(1) }) {
			SocketPair pair = this.pairs.of(type);
			Sockets.fill(pair.first());
			pair.first().writeTimeout(timeout);
			InBackground<Integer> writer = InBackground.call(() -> pair.first().write(ByteBuffer.allocate(1000)));
			writer.untilBlocked();
			pair.first().close();
			assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(writer::get);
		}
		assertThat(this.pairs.factory().statistics().failures()).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("types")
	void interruptOfABlockedReaderClosesTheSocket(String type) throws Exception {
		SocketPair pair = this.pairs.of(type);
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
		SocketPair pair = this.pairs.of("stream");
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
		SocketPair pair = this.pairs.of("seqpacket");
		InBackground<Integer> one = InBackground.call(() -> pair.second().read(ByteBuffer.allocate(10)));
		InBackground<Integer> two = InBackground.call(() -> pair.second().read(ByteBuffer.allocate(10)));
		one.untilBlocked();
		two.untilBlocked();
		pair.first().write(Sockets.bytes("1"));
		pair.first().write(Sockets.bytes("22"));
		assertThat(one.get() + two.get()).isEqualTo(3);
	}

	@ParameterizedTest
	@MethodSource("types")
	void closeWakesTheReaderThatIsBlockedAndThoseThatQueue(String type) throws Exception {
		SocketPair pair = this.pairs.of(type);
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
		SocketPair pair = this.pairs.of("stream");
		int length = 1_000_000;
		List<InBackground<Integer>> writers = Stream.of("a", "b", "c")
			.map((letter) -> Sockets.bytes(letter.repeat(length)))
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
		SocketPair pair = this.pairs.of("stream");
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
		pair.first().write(Sockets.bytes("now"));
		assertThat(reader.get()).isEqualTo(3);
	}

	@Test
	void everyCallOnAClosedSocketIsRefused() throws IOException {
		SocketPair pair = this.pairs.of("stream");
		PairedSocket socket = pair.first();
		socket.close();
		for (ThrowingCallable call : new ThrowingCallable[] { () -> socket.read(ByteBuffer.allocate(1)),
				() -> socket.read(ByteBuffer.allocate(0)), () -> socket.write(Sockets.bytes("x")),
				() -> socket.write(Sockets.bytes("")), () -> socket.read(new ByteBuffer[] { ByteBuffer.allocate(1) }),
				() -> socket.write(new ByteBuffer[] { Sockets.bytes("x") }), socket::shutdownInput,
				socket::shutdownOutput, () -> socket.configureBlocking(false),
				() -> socket.getOption(StandardSocketOptions.SO_SNDBUF),
				() -> socket.setOption(StandardSocketOptions.SO_SNDBUF, 1000), () -> socket.inputStream().read(),
				() -> socket.outputStream().write(1) }) {
			assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(call);
		}
		assertThat(pair.second().isOpen()).isTrue();
		assertThat(pair.isOpen()).isTrue();
	}

	@Test
	void closingManySocketsWithBlockedReadersNeverTouchesAnotherDescriptor() throws Exception {
		SocketPair other = this.pairs.of("stream");
		for (int i = 0; i < 500; i++) {
			SocketPair pair = this.pairs.of("stream");
			InBackground<Integer> reader = InBackground.call(() -> pair.second().read(ByteBuffer.allocate(10)));
			if (i % 2 == 0) {
				reader.untilBlocked();
			}
			pair.second().close();
			assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(reader::get);
			pair.close();
			other.first().write(Sockets.bytes("x"));
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
				SocketPair pair = this.pairs.of("stream");
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
			sockets.offer(this.pairs.of("stream").first());
		}
		assertThat(reader.get()).as("bytes read from another pair").isZero();
		assertThat(creator.get()).isPositive();
		assertThat(this.pairs.factory().statistics().failures()).isEmpty();
	}

	/**
	 * A thread that reads with a number of another pair finds these bytes, and this pair
	 * misses them.
	 */
	private int makePairsForStrangers(AtomicBoolean over) throws IOException {
		int made = 0;
		ByteBuffer dst = ByteBuffer.allocate(STRANGER.length);
		while (!over.get()) {
			try (SocketPair pair = this.pairs.of("stream")) {
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

}
