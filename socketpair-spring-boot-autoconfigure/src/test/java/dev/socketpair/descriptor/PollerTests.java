package dev.socketpair.descriptor;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import dev.socketpair.Errno;
import dev.socketpair.PairedSocket;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.NativeBinding;
import dev.socketpair.libc.ScratchMemory;
import dev.socketpair.nio.NativeSocketPairFactory;
import dev.socketpair.testsupport.ChildJvm;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import dev.socketpair.testsupport.Resources;
import dev.socketpair.testsupport.Virtual;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The threads on which all waiting virtual threads depend. Those that are kept for the
 * life of the process run in one of their own.
 */
@NothingLeaks
@Tag("java21")
class PollerTests {

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void pollerThatCannotBeMadeCostsNothingAndTellsTheErrno(int failing) throws Exception {
		AtomicInteger calls = new AtomicInteger();
		Libc libc = libc("without descriptors", (name, arguments, call) -> {
			boolean fails = name.equals("epollCreate1") && calls.incrementAndGet() == failing;
			return fails ? (Object) (-Errno.EMFILE.number()) : call.call();
		});
		try (SocketPairFactory factory = NativeSocketPairFactory.builder(libc).build();
				SocketPair pair = factory.create()) {
			int before = Resources.descriptorCount();
			for (int i = 0; i < 3; i++) {
				calls.set(0);
				InBackground<Integer> reader = InBackground.call(true,
						() -> pair.first().read(ByteBuffer.allocateDirect(1)));
				assertThatExceptionOfType(SocketPairException.class).isThrownBy(reader::get).satisfies((ex) -> {
					assertThat(ex.errno()).isEqualTo(Errno.EMFILE);
					assertThat(ex.operation()).isEqualTo("epoll_create1");
				});
			}
			assertThat(Resources.descriptorCount()).isLessThanOrEqualTo(before);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "loopThatFails", "watchingAgainThatFails", "watchingAgainThatThrows", "threadsOfItsOwn",
			"memoryThatHasRunOut" })
	void wakes(String scenario) {
		List<String> options = List.of("-Xmx96m", "-XX:MaxDirectMemorySize=8m");
		ChildJvm child = ChildJvm.run(ChildJvm.command(options, Scenarios.class, scenario));
		assertThat(child.output()).endsWith("woken\n");
		assertThat(child.status()).isZero();
	}

	/**
	 * Before Java 24 a thread that is interrupted is locked while it closes its channel,
	 * and one that is pinned is locked to be unparked. Here the test locks it.
	 */
	@Test
	void descriptorIsNotLockedWhileItsThreadIsUnparked() {
		List<String> options = List.of("--add-opens=java.base/java.lang=ALL-UNNAMED");
		ChildJvm child = ChildJvm.run(ChildJvm.command(options, UnparkPinned.class));
		assertThat(child.output()).endsWith("closed\n");
		assertThat(child.status()).isZero();
	}

	/**
	 * A class that cannot be loaded because descriptors have run out never can be again.
	 */
	@Test
	void whatWaitingNeedsIsLoadedWithTheFactory() {
		List<String> options = List.of("-Xlog:class+load:stdout");
		ChildJvm child = ChildJvm.run(ChildJvm.command(options, Factory.class));
		assertThat(child.status()).isZero();
		assertThat(child.output()).contains("dev.socketpair.libc.LinuxAbi$EpollEvent ",
				"dev.socketpair.descriptor.EpollPoller ", "dev.socketpair.descriptor.WatchedDescriptors ",
				"dev.socketpair.descriptor.BackgroundThreads ");
	}

	private static Libc libc(String binding, Answer answer) {
		Libc real = NativeBinding.fromSystemProperty().load();
		return (Libc) Proxy.newProxyInstance(PollerTests.class.getClassLoader(), new Class<?>[] { Libc.class },
				(proxy, method, arguments) -> {
					if (method.getName().equals("binding")) {
						// Each has a poller of its own.
						return binding;
					}
					return answer.to(method.getName(), arguments, () -> {
						try {
							return method.invoke(real, arguments);
						}
						catch (InvocationTargetException ex) {
							throw ex.getCause();
						}
					});
				});
	}

	/** Comes before a call, and may answer in its place. */
	@FunctionalInterface
	private interface Answer {

		Object to(String name, Object[] arguments, Call call) throws Throwable;

	}

	/** The call itself. */
	@FunctionalInterface
	private interface Call {

		Object call() throws Throwable;

	}

	/** What happens to a poller. */
	public static final class Scenarios {

		private static final int MEBIBYTE = 1024 * 1024;

		private static final ByteBuffer LARGE = ByteBuffer.allocateDirect(1000);

		private Scenarios() {
		}

		/**
		 * Run one.
		 * @param arguments its name
		 * @throws Exception if it fails
		 */
		public static void main(String[] arguments) throws Exception {
			switch (arguments[0]) {
				case "loopThatFails" -> loopThatFails();
				case "watchingAgainThatFails" -> watchingAgainThatFails(false);
				case "watchingAgainThatThrows" -> watchingAgainThatFails(true);
				case "threadsOfItsOwn" -> threadsOfItsOwn();
				default -> memoryThatHasRunOut();
			}
			System.out.println("woken");
			System.exit(0);
		}

		private static void loopThatFails() throws Exception {
			Logger.getLogger("").addHandler(new FailingHandler());
			AtomicInteger failures = new AtomicInteger();
			Libc libc = libc("failing", (name, arguments, call) -> {
				if (name.equals("epollWait") && failures.get() > 0) {
					failures.decrementAndGet();
					throw new OutOfMemoryError("as the test has it");
				}
				return call.call();
			});
			SocketPair pair = NativeSocketPairFactory.builder(libc).build().create();
			for (int round = 0; round < 3; round++) {
				InBackground<Integer> reader = InBackground
					.call(true, () -> pair.second().read(ByteBuffer.allocateDirect(1)))
					.untilBlocked();
				failures.set(3);
				pair.first().write(ByteBuffer.allocateDirect(1));
				check(reader.get() == 1);
				Awaitility.await().until(() -> failures.get() == 0);
			}
		}

		private static void watchingAgainThatFails(boolean thrown) throws Exception {
			AtomicInteger numberThatFails = new AtomicInteger(-1);
			Libc libc = libc("failing", (name, arguments, call) -> {
				if (name.equals("epollCtl") && (Integer) arguments[1] == LinuxAbi.EPOLL_CTL_MOD
						&& numberThatFails.compareAndSet((Integer) arguments[2], -1)) {
					if (thrown) {
						throw new OutOfMemoryError("as the test has it");
					}
					return -Errno.ENOMEM.number();
				}
				return call.call();
			});
			SocketPair pair = NativeSocketPairFactory.builder(libc).build().create();
			int sent = fill(pair.first());
			InBackground<Integer> writer = InBackground.call(true, () -> pair.first().write(LARGE.duplicate()))
				.untilBlocked();
			InBackground<Integer> reader = InBackground
				.call(true, () -> pair.first().read(ByteBuffer.allocateDirect(1)))
				.untilBlocked();
			numberThatFails.set(pair.first().descriptor());
			pair.second().write(ByteBuffer.allocateDirect(1));
			check(reader.get() == 1);
			// Before a writer would try again by itself.
			ByteBuffer room = ByteBuffer.allocateDirect(sent);
			while (room.hasRemaining()) {
				pair.second().read(room);
			}
			check(writer.get() == LARGE.capacity());
			check(numberThatFails.get() == -1);
		}

		private static int fill(PairedSocket socket) throws Exception {
			socket.configureBlocking(false);
			int sent = 0;
			int count;
			while ((count = socket.write(LARGE.duplicate())) > 0) {
				sent += count;
			}
			socket.configureBlocking(true);
			return sent;
		}

		private static void threadsOfItsOwn() throws Exception {
			AtomicInteger inherited = new AtomicInteger();
			InheritableThreadLocal<Object> ofTheApplication = new InheritableThreadLocal<>() {

				@Override
				protected Object childValue(Object value) {
					inherited.incrementAndGet();
					return value;
				}

			};
			ClassLoader loader = new ClassLoader() {
			};
			SocketPair pair = SocketPairs.factory().create();
			InBackground<Integer> reader = InBackground.call(true, () -> {
				ofTheApplication.set("mine");
				Thread.currentThread().setContextClassLoader(loader);
				return pair.second().read(ByteBuffer.allocateDirect(1));
			}).untilBlocked();
			pair.first().write(ByteBuffer.allocateDirect(1));
			check(reader.get() == 1);
			check(inherited.get() == 0);
			for (Thread thread : Thread.getAllStackTraces().keySet()) {
				if (thread.getName().equals("socketpair-poller")) {
					check(thread.getContextClassLoader() == ClassLoader.getSystemClassLoader());
					check(thread.getThreadGroup().getParent() == null);
				}
			}
		}

		/** To wake takes no memory, time after time. */
		private static void memoryThatHasRunOut() throws Exception {
			SocketPairFactory factory = SocketPairs.factory();
			ByteBuffer byteOfMemory = ByteBuffer.allocateDirect(1);
			List<SocketPair> pairs = new ArrayList<>();
			List<InBackground<Integer>> readers = new ArrayList<>();
			for (int i = 0; i < 20; i++) {
				SocketPair pair = factory.create();
				pairs.add(pair);
				readers.add(InBackground.call(true, () -> pair.second().read(byteOfMemory.duplicate())));
			}
			for (InBackground<Integer> reader : readers) {
				reader.untilBlocked();
			}
			List<Object> all = new ArrayList<>();
			for (int size : new int[] { MEBIBYTE, 16 * 1024, 256 }) {
				takeAll(all, size);
			}
			Field pool = ScratchMemory.class.getDeclaredField("POOL");
			pool.setAccessible(true);
			AtomicReferenceArray<?> scratches = (AtomicReferenceArray<?>) pool.get(null);
			for (int i = 0; i < scratches.length(); i++) {
				all.add(scratches.getAndSet(i, null));
			}
			for (int i = 0; i < readers.size(); i++) {
				pairs.get(i).first().write(byteOfMemory.duplicate());
				check(readers.get(i).get() == 1);
			}
			check(all.size() > scratches.length());
		}

		private static void takeAll(List<Object> all, int size) {
			try {
				while (true) {
					all.add(ByteBuffer.allocateDirect(size));
				}
			}
			catch (OutOfMemoryError ex) {
				// All that there is of this size.
			}
		}

		private static void check(boolean right) {
			if (!right) {
				throw new AssertionError();
			}
		}

	}

	/** Makes a factory, in which nothing waits. */
	public static final class Factory {

		private Factory() {
		}

		/**
		 * Make it.
		 * @param arguments none
		 */
		public static void main(String[] arguments) {
			SocketPairs.factory().close();
		}

	}

	/** As one that needs a file that cannot be opened. */
	private static final class FailingHandler extends Handler {

		@Override
		public void publish(LogRecord message) {
			throw new IllegalStateException("as the test has it");
		}

		@Override
		public void flush() {
		}

		@Override
		public void close() {
		}

	}

	/** Closes a descriptor while the poller cannot unpark its reader yet. */
	public static final class UnparkPinned {

		private static Descriptor descriptor;

		private UnparkPinned() {
		}

		/**
		 * Run it.
		 * @param arguments none
		 * @throws Exception if it fails
		 */
		public static void main(String[] arguments) throws Exception {
			SocketPair pair = SocketPairs.factory().create();
			Libc libc = NativeBinding.fromSystemProperty().load();
			descriptor = new Descriptor(libc, pair.second().release(), Wakeup.signalIsHandled(), Descriptor.Owner.NONE);
			Thread reader = Virtual.start(() -> Reading.now());
			Awaitility.await().until(() -> descriptor.reader().parkedThread() != null);
			Awaitility.await().until(() -> reader.getState() == Thread.State.WAITING);
			Field lock = Thread.class.getDeclaredField("interruptLock");
			lock.setAccessible(true);
			synchronized (lock.get(reader)) {
				pair.first().write(ByteBuffer.allocateDirect(1));
				Awaitility.await().until(() -> descriptor.reader().parkedThread() == null);
				InBackground.call(() -> {
					descriptor.close();
					return null;
				}).get();
			}
			System.out.println("closed");
			System.exit(0);
		}

		/** A thread that initializes a class is pinned. */
		private static final class Reading {

			static {
				try {
					descriptor.reader()
						.perform((libc, number, dst, flags) -> libc.recv(number, dst, flags),
								ByteBuffer.allocateDirect(1), true, Deadline.NEVER);
				}
				catch (IOException ex) {
					// It is closed before this thread goes on.
				}
			}

			private Reading() {
			}

			static void now() {
			}

		}

	}

}
