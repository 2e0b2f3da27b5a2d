package dev.socketpair.nio;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketpair.Errno;
import dev.socketpair.PairedSocket;
import dev.socketpair.SocketDomain;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairs;
import dev.socketpair.SocketType;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * A number is used only while nothing else can close it.
 */
@NothingLeaks
class NumberCustodyTests {

	private final InterceptedLibc calls = new InterceptedLibc();

	private final SocketPairFactory factory = NativeSocketPairFactory.builder(this.calls.libc()).build();

	private final SocketPairFactory others = SocketPairs.factory();

	@AfterEach
	void close() {
		this.factory.close();
		this.others.close();
	}

	private static <T> T inAnotherThread(InBackgroundCall<T> call) throws Exception {
		return InBackground.call(call::run).get();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void childGetsNothingOfOthersWhereItsEndWasClosedBeforeItStarted(boolean closesFactory) throws Exception {
		SocketPair pair = this.factory.create();
		Redirect redirect = pair.second().toRedirect();
		int number = pair.second().descriptor();
		inAnotherThread(() -> {
			if (closesFactory) {
				this.factory.close();
			}
			else {
				pair.close();
			}
			return true;
		});
		List<SocketPair> guards = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			SocketPair guard = this.others.create();
			assertThat(List.of(guard.first().descriptor(), guard.second().descriptor())).doesNotContain(number);
			guard.first().write(ByteBuffer.allocate(1));
			guard.second().write(ByteBuffer.allocate(1));
			guards.add(guard);
		}
		Process child = new ProcessBuilder("cat").redirectInput(redirect).start();
		assertThat(child.getInputStream().readAllBytes()).isEmpty();
		child.waitFor();
		child.getErrorStream().close();
		child.getOutputStream().close();
		// Now the number goes back.
		pair.second().close();
		for (SocketPair guard : guards) {
			assertThat(guard.first().available()).isOne();
			assertThat(guard.second().available()).isOne();
		}
	}

	@Test
	void numberOfARedirectGoesBackWhenItsThreadClosesTheSocket() throws Exception {
		List<Integer> closed = closedNumbers();
		try (SocketPair pair = this.factory.create()) {
			int number = pair.second().descriptor();
			pair.second().toRedirect();
			inAnotherThread(() -> {
				pair.second().close();
				return true;
			});
			assertThat(closed).doesNotContain(number);
			assertThat(pair.first().read(ByteBuffer.allocate(1))).isEqualTo(-1);
			pair.second().close();
			assertThat(closed).containsOnlyOnce(number);
		}
	}

	@Test
	void numberOfARedirectThatIsGarbageGoesBack() throws Exception {
		List<Integer> closed = closedNumbers();
		try (SocketPair pair = this.factory.create()) {
			int number = pair.second().descriptor();
			inAnotherThread(() -> {
				pair.second().toRedirect();
				return true;
			});
			pair.second().close();
			Awaitility.await().untilAsserted(() -> {
				System.gc();
				assertThat(closed).containsOnlyOnce(number);
			});
		}
	}

	private List<Integer> closedNumbers() {
		List<Integer> closed = new CopyOnWriteArrayList<>();
		this.calls.answer((name, arguments, call) -> {
			if (name.equals("close")) {
				closed.add((Integer) arguments[0]);
			}
			return call.call();
		});
		return closed;
	}

	@Test
	void redirectIsMadeWhileOthersCloseWithoutHarmToNumbersOfOthers() throws Exception {
		this.others.create().first().toRedirect();
		long end = System.nanoTime() + 1_000_000_000L;
		List<SocketPair> guards = new ArrayList<>();
		while (System.nanoTime() < end) {
			SocketPair pair = this.factory.create();
			InBackground<Boolean> closing = InBackground.call(() -> {
				pair.close();
				guards.add(this.others.create());
				return true;
			});
			try {
				pair.first().toRedirect();
			}
			catch (ClosedChannelException ex) {
				// Too late.
			}
			closing.get();
			pair.close();
			if (guards.size() == 20) {
				for (SocketPair guard : guards) {
					guard.first().write(ByteBuffer.allocate(1));
					assertThat(guard.second().read(ByteBuffer.allocate(2))).isOne();
					guard.close();
				}
				guards.clear();
			}
		}
	}

	@Test
	void sizeOfTheBufferIsNotSetOnANumberOfOthers() throws Exception {
		AtomicReference<SocketPair> victim = new AtomicReference<>();
		AtomicReference<Integer> before = new AtomicReference<>();
		this.calls.answer((name, arguments, call) -> {
			if (name.equals("setsockopt") && victim.get() == null) {
				inAnotherThread(() -> {
					this.factory.close();
					victim.set(this.others.create());
					before.set(victim.get().first().getOption(StandardSocketOptions.SO_SNDBUF));
					return true;
				});
			}
			return call.call();
		});
		SocketPairOptions options = SocketPairOptions.builder().sendBufferSize(4096).build();
		assertThatIllegalStateException().isThrownBy(() -> this.factory.create(options));
		for (PairedSocket socket : List.of(victim.get().first(), victim.get().second())) {
			assertThat(socket.getOption(StandardSocketOptions.SO_SNDBUF)).isEqualTo(before.get());
		}
	}

	@Test
	void releaseGivesTheNumberThatTheSocketHadWhileItIsLookedAt() throws Exception {
		SocketPair pair = this.factory.create();
		int number = pair.first().descriptor();
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch proceed = new CountDownLatch(1);
		this.calls.answer((name, arguments, call) -> {
			if (name.equals("ioctl") && (Integer) arguments[0] == number) {
				inside.countDown();
				proceed.await();
			}
			return call.call();
		});
		InBackground<Integer> snapshot = InBackground.call(() -> this.factory.statistics().openPairs().size());
		inside.await();
		InBackground<Integer> release = InBackground.call(() -> pair.first().release());
		Awaitility.await().until(() -> !pair.first().isOpen());
		proceed.countDown();
		assertThat(release.get()).isEqualTo(number);
		snapshot.get();
		this.calls.libc().close(number);
	}

	@Test
	void channelThatCannotGetTheDescriptorLeavesTheSocketAsItWas() throws Exception {
		SocketPair pair = this.factory.create();
		AtomicBoolean refuses = new AtomicBoolean(true);
		// As with a limit that was lowered below the number.
		this.calls.answer((name, arguments, call) -> (name.equals("dup3") && refuses.get()) ? -Errno.EBADF.number()
				: call.call());
		assertThatExceptionOfType(SocketPairException.class).isThrownBy(() -> pair.first().toSocketChannel())
			.satisfies((ex) -> assertThat(ex.operation()).isEqualTo("dup3"))
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EBADF));
		pair.second().write(ByteBuffer.allocate(1));
		assertThat(pair.first().read(ByteBuffer.allocate(1))).isOne();
		refuses.set(false);
		try (SocketChannel channel = pair.first().toSocketChannel()) {
			assertThat(pair.first().isOpen()).isFalse();
			pair.second().write(ByteBuffer.allocate(1));
			assertThat(channel.read(ByteBuffer.allocate(1))).isOne();
		}
	}

	@Test
	void numberOfAnOpenSocketIsNotAdopted() throws Exception {
		SocketPair pair = this.factory.create();
		PairedSocket duplicate = pair.first().duplicate();
		for (PairedSocket socket : List.of(pair.first(), pair.second(), duplicate)) {
			assertThatIllegalArgumentException().isThrownBy(() -> this.factory.adopt(socket.descriptor()))
				.withMessageContaining(Integer.toString(socket.descriptor()))
				.withMessageContaining("release()");
		}
		PairedSocket adopted = this.factory.adopt(duplicate.release());
		assertThatIllegalArgumentException().isThrownBy(() -> this.factory.adopt(adopted.descriptor()));
		adopted.write(ByteBuffer.allocate(1));
		assertThat(pair.second().read(ByteBuffer.allocate(1))).isOne();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void readerOfTheFirstEndIsToldThatItWasClosedAndNotThatThePeerWas(boolean closesFactory) throws Exception {
		SocketPair pair = this.factory.create();
		int second = pair.second().descriptor();
		InBackground<Integer> reader = InBackground.call(() -> pair.first().read(ByteBuffer.allocate(1)))
			.untilBlocked();
		this.calls.answer((name, arguments, call) -> {
			Object result = call.call();
			if (name.equals("close") && (Integer) arguments[0] == second) {
				reader.thread().join(10_000);
			}
			return result;
		});
		if (closesFactory) {
			this.factory.close();
		}
		else {
			pair.close();
		}
		assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(reader::get);
	}

	@Test
	void streamOverMessagesHasAllOfALargeOneInEachDomain() throws Exception {
		// The module of tipc may be missing: another domain stands in for the kernel's
		// part.
		this.calls.answer((name, arguments, call) -> {
			if (name.equals("socketpair")) {
				arguments[0] = SocketDomain.UNIX.value();
			}
			return call.call();
		});
		for (SocketDomain domain : List.of(SocketDomain.UNIX, SocketDomain.TIPC)) {
			SocketPair pair = this.factory
				.create(SocketPairOptions.builder().domain(domain).type(SocketType.SEQPACKET).build());
			pair.first().send(ByteBuffer.allocate(20_000));
			assertThat(pair.second().peek(ByteBuffer.allocate(0))).isEqualTo(20_000);
			assertThat(pair.second().inputStream().readNBytes(20_000)).hasSize(20_000);
		}
	}

	/** A call in another thread. */
	@FunctionalInterface
	private interface InBackgroundCall<T> {

		T run() throws IOException;

	}

}
