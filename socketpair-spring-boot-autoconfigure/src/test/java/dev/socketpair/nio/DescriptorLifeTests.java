package dev.socketpair.nio;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.jna.Pointer;
import dev.socketpair.Errno;
import dev.socketpair.PairedSocket;
import dev.socketpair.PassedDescriptor;
import dev.socketpair.SocketDomain;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairStatistics.OpenEnd;
import dev.socketpair.SocketPairStatistics.OpenPair;
import dev.socketpair.SocketType;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.LinuxAbi.Msghdr;
import dev.socketpair.libc.NativeBinding;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import dev.socketpair.testsupport.Resources;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * When a number goes to the kernel and when it goes back, call by call.
 */
@NothingLeaks
class DescriptorLifeTests {

	private final Libc real = NativeBinding.fromSystemProperty().load();

	private final List<Integer> closed = new CopyOnWriteArrayList<>();

	/** Comes before every call, and may answer in its place. */
	private Answer answer = (name, arguments, call) -> call.call();

	private final Libc libc = (Libc) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Libc.class },
			(proxy, method, arguments) -> {
				if (method.getName().equals("close")) {
					this.closed.add((Integer) arguments[0]);
				}
				return this.answer.to(method.getName(), arguments, () -> {
					try {
						return method.invoke(this.real, arguments);
					}
					catch (InvocationTargetException ex) {
						throw new IllegalStateException(ex.getCause());
					}
				});
			});

	private SocketPairFactory factory() {
		return NativeSocketPairFactory.builder(this.libc).build();
	}

	private static SocketPairOptions type(String type) {
		return SocketPairOptions.builder().type(SocketType.of(type)).build();
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "seqpacket" })
	void numberOfACallerThatHasNotReachedTheKernelIsNotGivenBack(String type) throws Exception {
		for (Duration timeout : List.of(Duration.ZERO, Duration.ofMinutes(1))) {
			CountDownLatch inside = new CountDownLatch(1);
			CountDownLatch proceed = new CountDownLatch(1);
			try (SocketPairFactory factory = factory(); SocketPair pair = factory.create(type(type))) {
				pair.second().readTimeout(timeout);
				int number = pair.second().descriptor();
				this.answer = (name, arguments, call) -> {
					if (name.startsWith("recv") && (Integer) arguments[0] == number) {
						inside.countDown();
						proceed.await();
					}
					return call.call();
				};
				InBackground<Integer> reader = InBackground.call(() -> pair.second().read(ByteBuffer.allocate(1)));
				inside.await();
				this.closed.clear();
				pair.second().close();
				assertThat(this.closed).doesNotContain(number);
				proceed.countDown();
				assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(reader::get);
				assertThat(this.closed).containsOnlyOnce(number);
			}
		}
	}

	@Test
	void numberOfAnEndThatIsBeingDescribedIsNotGivenBack() throws Exception {
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch proceed = new CountDownLatch(1);
		try (SocketPairFactory factory = factory(); SocketPair pair = factory.create()) {
			int number = pair.first().descriptor();
			this.answer = (name, arguments, call) -> {
				if (name.equals("ioctl") && (Integer) arguments[0] == number) {
					inside.countDown();
					proceed.await();
				}
				return call.call();
			};
			InBackground<List<OpenPair>> snapshot = InBackground.call(() -> factory.statistics().openPairs());
			inside.await();
			this.closed.clear();
			pair.first().close();
			assertThat(this.closed).doesNotContain(number);
			proceed.countDown();
			assertThat(snapshot.get()).singleElement()
				.satisfies((open) -> assertThat(open.first()).isEqualTo(new OpenEnd(false, -1, 0, 0, -1, -1)));
			assertThat(this.closed).containsOnlyOnce(number);
		}
	}

	@Test
	void numberIsGivenBackByTheLastOfTwoCallers() throws Exception {
		CountDownLatch inside = new CountDownLatch(2);
		CountDownLatch readerMayProceed = new CountDownLatch(1);
		CountDownLatch writerMayProceed = new CountDownLatch(1);
		try (SocketPairFactory factory = factory(); SocketPair pair = factory.create()) {
			int number = pair.first().descriptor();
			this.answer = (name, arguments, call) -> {
				if (name.equals("recv") || name.equals("send")) {
					inside.countDown();
					(name.equals("recv") ? readerMayProceed : writerMayProceed).await();
				}
				return call.call();
			};
			InBackground<Integer> reader = InBackground.call(() -> pair.first().read(ByteBuffer.allocate(1)));
			InBackground<Integer> writer = InBackground.call(() -> pair.first().write(ByteBuffer.allocate(1)));
			inside.await();
			this.closed.clear();
			pair.first().close();
			readerMayProceed.countDown();
			assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(reader::get);
			assertThat(this.closed).doesNotContain(number);
			writerMayProceed.countDown();
			assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(writer::get);
			assertThat(this.closed).containsOnlyOnce(number);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "seqpacket" })
	void callThatASignalEndedIsRepeated(String type) throws Exception {
		Set<String> repeated = ConcurrentHashMap.newKeySet();
		AtomicInteger calls = new AtomicInteger();
		try (SocketPairFactory factory = factory(); SocketPair pair = factory.create(type(type))) {
			this.answer = (name, arguments, call) -> {
				if (List.of("send", "recv", "sendmsg", "recvmsg").contains(name) && calls.getAndIncrement() % 4 != 3) {
					repeated.add(name);
					return (long) -Errno.EINTR.number();
				}
				return call.call();
			};
			for (boolean blocking : new boolean[] { true, false }) {
				pair.first().configureBlocking(blocking);
				pair.second().configureBlocking(blocking);
				for (ByteBuffer dst : List.of(ByteBuffer.allocate(9), ByteBuffer.allocateDirect(9))) {
					assertThat(pair.first().write(ByteBuffer.allocate(3))).isEqualTo(3);
					assertThat(pair.second().read(dst)).isEqualTo(3);
					assertThat(pair.first().write(new ByteBuffer[] { ByteBuffer.allocate(2), dst.clear().limit(2) }))
						.isEqualTo(4);
					assertThat(pair.second().read(new ByteBuffer[] { dst.clear() })).isEqualTo(4);
				}
			}
			assertThat(factory.statistics().failures()).isEmpty();
		}
		assertThat(repeated).contains("send", "sendmsg", "recvmsg");
	}

	/** Played, because the kernel does it in one of millions of cases. */
	@Test
	void endThatTheKernelTellsTooEarlyIsNotBelieved() throws Exception {
		try (SocketPairFactory factory = factory(); SocketPair pair = factory.create(type("seqpacket"))) {
			for (int i = 0; i < 5; i++) {
				pair.first().write(ByteBuffer.allocate(3));
			}
			pair.first().close();
			AtomicInteger calls = new AtomicInteger();
			this.answer = (name, arguments, call) -> {
				if (!name.equals("recvmsg") || calls.getAndIncrement() % 2 != 0) {
					return call.call();
				}
				new Pointer((Long) arguments[1]).setLong(Msghdr.CONTROL_LENGTH, 0);
				return 0L;
			};
			PairedSocket socket = pair.second();
			assertThat(socket.peek(ByteBuffer.allocate(9))).isEqualTo(3);
			assertThat(socket.read(ByteBuffer.allocate(9))).isEqualTo(3);
			assertThat(socket.receive(ByteBuffer.allocateDirect(9))).isEqualTo(3);
			assertThat(socket.read(new ByteBuffer[] { ByteBuffer.allocate(9) })).isEqualTo(3);
			assertThat(socket.receiveDescriptors(ByteBuffer.allocate(9), new ArrayList<>())).isEqualTo(3);
			assertThat(socket.configureBlocking(false).receive(ByteBuffer.allocate(9))).isEqualTo(3);
			assertThat(socket.receive(ByteBuffer.allocate(9))).isEqualTo(PairedSocket.END_OF_STREAM);
		}
	}

	@Test
	void failureAfterTheCallClosesBothDescriptors() {
		int before = Resources.descriptorCount();
		try (SocketPairFactory factory = factory()) {
			this.answer = (name, arguments, call) -> name.equals("setsockopt") ? -Errno.EPERM.number() : call.call();
			this.closed.clear();
			SocketPairOptions options = SocketPairOptions.builder().sendBufferSize(65536).build();
			assertThatExceptionOfType(SocketPairException.class).isThrownBy(() -> factory.create(options))
				.satisfies((ex) -> assertThat(ex.operation()).isEqualTo("setsockopt"))
				.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EPERM));
			assertThat(this.closed).hasSize(2).doesNotHaveDuplicates();
			assertThat(Resources.descriptorCount()).isLessThanOrEqualTo(before);
			assertThat(factory.statistics().openPairs()).isEmpty();
			assertThat(factory.statistics().totals()).singleElement()
				.satisfies((totals) -> assertThat(totals.created()).isZero());
		}
	}

	@Test
	void callThatFailsClosesNothing() throws Exception {
		SocketPairOptions refused = SocketPairOptions.builder().domain(SocketDomain.INET).build();
		try (SocketPairFactory factory = factory(); SocketPair pair = factory.create()) {
			this.closed.clear();
			assertThatExceptionOfType(SocketPairException.class).isThrownBy(() -> factory.create(refused));
			assertThat(this.closed).isEmpty();
			assertThat(pair.isOpen()).isTrue();
		}
	}

	@Test
	void factoryThatIsClosedDuringTheCallHandsNothingOut() {
		int before = Resources.descriptorCount();
		SocketPairFactory factory = factory();
		this.answer = (name, arguments, call) -> {
			Object result = call.call();
			if (name.equals("socketpair")) {
				factory.close();
			}
			return result;
		};
		this.closed.clear();
		assertThatIllegalStateException().isThrownBy(factory::create);
		assertThat(this.closed).hasSize(2).doesNotHaveDuplicates();
		assertThat(Resources.descriptorCount()).isLessThanOrEqualTo(before);
		assertThat(factory.statistics().openPairs()).isEmpty();
	}

	@Test
	void everythingIsSentWithoutASignal() throws Exception {
		List<Integer> flags = new CopyOnWriteArrayList<>();
		try (SocketPairFactory factory = factory(); SocketPair pair = factory.create()) {
			this.answer = (name, arguments, call) -> {
				if (name.startsWith("send")) {
					flags.add((Integer) arguments[arguments.length - 1]);
				}
				return call.call();
			};
			pair.first().write(ByteBuffer.allocate(1));
			pair.first().write(ByteBuffer.allocateDirect(1));
			pair.first().write(new ByteBuffer[] { ByteBuffer.allocate(1) });
			pair.first().sendDescriptors(ByteBuffer.allocate(1), PassedDescriptor.of(0));
		}
		assertThat(flags).hasSize(4).allMatch((each) -> (each & LinuxAbi.MSG_NOSIGNAL) != 0);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void busyPollTriesAgainBeforeItSleeps(boolean signals) throws Exception {
		AtomicInteger polls = new AtomicInteger();
		CountDownLatch asleep = new CountDownLatch(1);
		this.answer = (name, arguments, call) -> {
			if (name.equals("recv")) {
				if (((Integer) arguments[arguments.length - 1] & LinuxAbi.MSG_DONTWAIT) != 0) {
					polls.incrementAndGet();
					return signals ? (long) -Errno.EINTR.number() : call.call();
				}
				asleep.countDown();
			}
			return call.call();
		};
		SocketPairOptions options = SocketPairOptions.builder().busyPoll(Duration.ofMillis(50)).build();
		try (SocketPairFactory factory = factory(); SocketPair pair = factory.create(options)) {
			InBackground<Integer> reader = InBackground.call(() -> pair.second().read(ByteBuffer.allocate(1)));
			asleep.await();
			assertThat(polls.get()).isGreaterThan(1);
			pair.first().write(ByteBuffer.allocate(1));
			assertThat(reader.get()).isOne();
		}
	}

	/** What the C library answers. */
	@FunctionalInterface
	private interface Answer {

		Object to(String name, Object[] arguments, Callable<Object> call) throws Exception;

	}

}
