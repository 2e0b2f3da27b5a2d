package dev.socketpair.nio;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.socketpair.PairedSocket;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketType;
import dev.socketpair.descriptor.Deadline;
import dev.socketpair.descriptor.Wait;
import dev.socketpair.descriptor.WaitCancelledException;
import dev.socketpair.libc.NativeBinding;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import dev.socketpair.testsupport.Virtual;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Waits that end while the socket stays open, in platform and virtual threads, with the
 * wake-up signal and without.
 */
@NothingLeaks
class WaitContractTests {

	private final List<SocketPairFactory> factories = new ArrayList<>();

	@AfterEach
	void close() {
		this.factories.forEach(SocketPairFactory::close);
	}

	static Stream<Arguments> threads() {
		List<Arguments> threads = new ArrayList<>();
		for (String type : List.of("stream", "dgram", "seqpacket")) {
			threads.add(Arguments.of(type, false, true));
			threads.add(Arguments.of(type, false, false));
			if (Virtual.isAvailable()) {
				threads.add(Arguments.of(type, true, true));
			}
		}
		return threads.stream();
	}

	private SocketPair pair(String type, boolean signals) throws IOException {
		SocketPairFactory factory = NativeSocketPairFactory.builder(NativeBinding.fromSystemProperty().load())
			.wakesBySignal(signals)
			.build();
		this.factories.add(factory);
		return factory.create(SocketPairOptions.builder().type(SocketType.of(type)).build());
	}

	private static ByteBuffer room() {
		return ByteBuffer.allocate(9);
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

	@ParameterizedTest
	@MethodSource("threads")
	void readIsInterruptedAndTheSocketStaysOpen(String type, boolean virtual, boolean signals) throws Exception {
		SocketPair pair = pair(type, signals);
		Wait wait = Wait.forever().interruptible();
		for (int i = 0; i < 3; i++) {
			InBackground<Boolean> reader = interrupted(virtual,
					() -> WaitingCalls.of(pair.second()).read(room(), wait));
			reader.untilBlocked().thread().interrupt();
			assertThat(reader.get()).isTrue();
			pair.first().write(ByteBuffer.allocate(3));
			assertThat(WaitingCalls.of(pair.second()).read(room(), wait)).isEqualTo(3);
		}
		assertThat(pair.isOpen()).isTrue();
	}

	/** Return whether the call was interrupted and its thread stays so. */
	private static InBackground<Boolean> interrupted(boolean virtual, Callable<?> call) {
		return InBackground.call(virtual, () -> {
			try {
				call.call();
				return false;
			}
			catch (InterruptedIOException ex) {
				return !(ex instanceof SocketTimeoutException) && Thread.currentThread().isInterrupted();
			}
		});
	}

	@ParameterizedTest
	@MethodSource("threads")
	void readIsCancelledAndTheSocketStaysOpen(String type, boolean virtual, boolean signals) throws Exception {
		SocketPair pair = pair(type, signals);
		WaitingCalls calls = WaitingCalls.of(pair.second());
		for (Wait wait : List.of(Wait.forever(), Wait.forever().interruptible(),
				Wait.until(Deadline.after(TimeUnit.HOURS.toNanos(1))))) {
			InBackground<Integer> reader = InBackground.call(virtual, () -> calls.read(room(), wait));
			reader.untilBlocked();
			wait.cancel();
			assertThatExceptionOfType(WaitCancelledException.class).isThrownBy(reader::get);
			assertThatExceptionOfType(WaitCancelledException.class).isThrownBy(() -> calls.read(room(), wait));
		}
		pair.first().write(ByteBuffer.allocate(3));
		assertThat(pair.second().read(room())).isEqualTo(3);
	}

	@ParameterizedTest
	@MethodSource("threads")
	void readUntilADeadlineLeavesTheTimeOutOfTheSocketAlone(String type, boolean virtual, boolean signals)
			throws Exception {
		SocketPair pair = pair(type, signals);
		pair.second().readTimeout(Duration.ofHours(1));
		for (boolean interruptible : new boolean[] { false, true }) {
			InBackground<Integer> reader = InBackground.call(virtual, () -> {
				Wait wait = Wait.until(Deadline.after(TimeUnit.MILLISECONDS.toNanos(30)));
				return WaitingCalls.of(pair.second()).read(room(), interruptible ? wait.interruptible() : wait);
			});
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(reader::get);
		}
		assertThat(pair.second().readTimeout()).isEqualTo(Duration.ofHours(1));
	}

	@ParameterizedTest
	@MethodSource("threads")
	void deadlineThatHasPassedAllowsOneAttempt(String type, boolean virtual, boolean signals) throws Exception {
		SocketPair pair = pair(type, signals);
		Wait passed = Wait.until(System.nanoTime() - 1);
		pair.first().write(ByteBuffer.allocate(3));
		WaitingCalls calls = WaitingCalls.of(pair.second());
		assertThat(InBackground.call(virtual, () -> calls.peek(room(), passed)).get()).isEqualTo(3);
		assertThat(InBackground.call(virtual, () -> calls.read(room(), passed)).get()).isEqualTo(3);
		assertThatExceptionOfType(SocketTimeoutException.class)
			.isThrownBy(() -> InBackground.call(virtual, () -> calls.read(room(), passed)).get());
	}

	@ParameterizedTest
	@MethodSource("threads")
	void threadThatIsInterruptedAlreadyReadsNothing(String type, boolean virtual, boolean signals) throws Exception {
		SocketPair pair = pair(type, signals);
		pair.first().write(ByteBuffer.allocate(3));
		assertThat(interrupted(virtual, () -> {
			Thread.currentThread().interrupt();
			return WaitingCalls.of(pair.second()).read(room(), Wait.forever().interruptible());
		}).get()).isTrue();
		assertThat(pair.second().read(room())).isEqualTo(3);
	}

	@ParameterizedTest
	@MethodSource("threads")
	void withoutBeingInterruptibleAWaitClosesTheSocket(String type, boolean virtual, boolean signals) throws Exception {
		SocketPair pair = pair(type, signals);
		InBackground<Integer> reader = InBackground.call(virtual,
				() -> WaitingCalls.of(pair.second()).read(room(), Wait.forever()));
		reader.untilBlocked().thread().interrupt();
		assertThatExceptionOfType(ClosedByInterruptException.class).isThrownBy(reader::get);
		assertThat(pair.second().isOpen()).isFalse();
	}

	@ParameterizedTest
	@MethodSource("threads")
	void closeWakesAnInterruptibleReader(String type, boolean virtual, boolean signals) throws Exception {
		SocketPair pair = pair(type, signals);
		InBackground<Integer> reader = InBackground.call(virtual,
				() -> WaitingCalls.of(pair.second()).read(room(), Wait.forever().interruptible()));
		reader.untilBlocked();
		pair.second().close();
		assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(reader::get);
	}

	@ParameterizedTest
	@MethodSource("threads")
	void writeThatIsEndedTellsHowMuchWasWritten(String type, boolean virtual, boolean signals) throws Exception {
		SocketPair pair = pair(type, signals);
		boolean stream = type.equals("stream");
		for (boolean cancel : new boolean[] { false, true }) {
			Wait wait = Wait.forever().interruptible();
			ByteBuffer src = ByteBuffer.allocate(stream ? 10_000_000 : 1000);
			if (!stream) {
				fill(pair.first());
			}
			InBackground<InterruptedIOException> writer = InBackground.call(virtual, () -> {
				try {
					WaitingCalls.of(pair.first()).write(src, wait);
					return null;
				}
				catch (InterruptedIOException ex) {
					return ex;
				}
			});
			writer.untilBlocked();
			if (cancel) {
				wait.cancel();
			}
			else {
				writer.thread().interrupt();
			}
			InterruptedIOException ended = writer.get();
			assertThat(ended instanceof WaitCancelledException).isEqualTo(cancel);
			assertThat(ended.bytesTransferred).isEqualTo(src.position());
			if (stream && !cancel) {
				assertThat(src.position()).isPositive();
			}
			assertThat(pair.first().isOpen()).isTrue();
		}
	}

	@ParameterizedTest
	@MethodSource("threads")
	void callerThatQueuesIsEnded(String type, boolean virtual, boolean signals) throws Exception {
		SocketPair pair = pair(type, signals);
		WaitingCalls calls = WaitingCalls.of(pair.second());
		InBackground<Integer> first = InBackground.call(virtual, () -> pair.second().read(room()));
		first.untilBlocked();
		Wait wait = Wait.forever();
		InBackground<Integer> cancelled = InBackground.call(virtual, () -> calls.read(room(), wait));
		InBackground<Boolean> interrupted = interrupted(virtual,
				() -> calls.peek(room(), Wait.forever().interruptible()));
		InBackground<Integer> queued = InBackground.call(virtual, () -> calls.read(room(), Wait.forever()));
		cancelled.untilBlocked();
		queued.untilBlocked();
		interrupted.untilBlocked().thread().interrupt();
		wait.cancel();
		assertThat(interrupted.get()).isTrue();
		assertThatExceptionOfType(WaitCancelledException.class).isThrownBy(cancelled::get);
		assertThatExceptionOfType(SocketTimeoutException.class)
			.isThrownBy(() -> calls.read(room(), Wait.until(Deadline.after(1_000_000))))
			.withMessage("Timed out while waiting for other callers");
		pair.first().write(ByteBuffer.allocate(3));
		assertThat(first.get()).isEqualTo(3);
		pair.first().write(ByteBuffer.allocate(4));
		assertThat(queued.get()).isEqualTo(4);
	}

	/**
	 * A signal that comes just before the system call is not the last one. The JDK itself
	 * may miss an interrupt that comes just before a thread blocks, where it looks for
	 * what blocks the thread before it marks the thread as interrupted.
	 */
	@ParameterizedTest
	@MethodSource("threads")
	void noEndIsMissed(String type, boolean virtual, boolean signals) throws Exception {
		SocketPair pair = pair(type, signals);
		AtomicInteger round = new AtomicInteger();
		int rounds = signals ? 300 : 20;
		for (int i = 0; i < rounds; i++) {
			Wait wait = Wait.forever().interruptible();
			InBackground<Boolean> reader = InBackground.call(virtual, () -> {
				round.incrementAndGet();
				try {
					WaitingCalls.of(pair.second()).read(room(), wait);
					return false;
				}
				catch (InterruptedIOException ex) {
					return true;
				}
			});
			while (round.get() <= i) {
				Thread.onSpinWait();
			}
			for (int pause = 0; pause < (i % 50) * 20; pause++) {
				Thread.onSpinWait();
			}
			if (i % 2 == 0 || Runtime.version().feature() < 25) {
				wait.cancel();
			}
			else {
				reader.thread().interrupt();
			}
			assertThat(reader.get()).isTrue();
		}
		assertThat(pair.isOpen()).isTrue();
	}

	@Test
	void socketOfAnotherLibraryObservesDeadlines() throws Exception {
		SocketPair pair = pair("stream", true);
		WaitingCalls calls = new WaitingCalls.Timed(pair.second());
		pair.second().readTimeout(Duration.ofHours(1));
		assertThatExceptionOfType(SocketTimeoutException.class)
			.isThrownBy(() -> calls.read(room(), Wait.until(Deadline.after(1_000_000))));
		assertThat(pair.second().readTimeout()).isEqualTo(Duration.ofHours(1));
		fill(pair.second());
		assertThatExceptionOfType(SocketTimeoutException.class)
			.isThrownBy(() -> calls.write(room(), Wait.until(Deadline.after(1_000_000))));
		assertThat(pair.second().writeTimeout()).isNull();
		pair.first().write(ByteBuffer.allocate(3));
		assertThat(calls.peek(room(), null)).isEqualTo(3);
	}

}
