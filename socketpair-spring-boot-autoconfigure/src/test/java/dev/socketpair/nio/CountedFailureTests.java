package dev.socketpair.nio;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

import dev.socketpair.Errno;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairStatistics.Failures;
import dev.socketpair.testsupport.ChildJvm;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Each system call that fails and is told is counted too, once.
 */
@NothingLeaks
class CountedFailureTests {

	private final InterceptedLibc calls = new InterceptedLibc();

	private SocketPairFactory factory() {
		return NativeSocketPairFactory.builder(this.calls.libc()).wakesBySignal(false).build();
	}

	private void refuse(String operation, Errno errno, boolean made) {
		this.calls.answer((name, arguments, call) -> {
			if (!name.equals(operation)) {
				return call.call();
			}
			if (made) {
				call.call();
			}
			return -errno.number();
		});
	}

	private void assertCounted(SocketPairFactory factory, String operation, Errno errno) {
		this.calls.answer((name, arguments, call) -> call.call());
		assertThat(factory.statistics().failures()).singleElement().satisfies((Failures failure) -> {
			assertThat(failure.operation()).isEqualTo(operation);
			assertThat(failure.errno()).isEqualTo(errno);
			assertThat(failure.count()).isOne();
		});
	}

	@Test
	void eventfd() throws Exception {
		try (SocketPairFactory factory = factory(); SocketPair pair = factory.create()) {
			refuse("eventfd", Errno.EMFILE, false);
			assertThatExceptionOfType(SocketPairException.class)
				.isThrownBy(() -> pair.first().readTimeout(Duration.ofMinutes(1)).read(ByteBuffer.allocate(1)));
			assertCounted(factory, "eventfd", Errno.EMFILE);
		}
	}

	/** In a process of its own, for there is one poller for all factories. */
	@Test
	@Tag("java21")
	void epollCtl() {
		ChildJvm child = ChildJvm.run(ChildJvm.command(List.of(), WatchRefused.class));
		assertThat(child.output()).contains("epoll_ctl failed with ENOSPC").contains("counted: [1]");
	}

	@Test
	void dup3() throws Exception {
		try (SocketPairFactory factory = factory(); SocketPair pair = factory.create()) {
			refuse("dup3", Errno.EBADF, false);
			assertThatExceptionOfType(SocketPairException.class).isThrownBy(() -> pair.first().toSocketChannel());
			assertCounted(factory, "dup3", Errno.EBADF);
		}
	}

	@Test
	void fcntl() throws Exception {
		try (SocketPairFactory factory = factory(); SocketPair pair = factory.create()) {
			refuse("fcntl", Errno.EMFILE, false);
			assertThatExceptionOfType(SocketPairException.class).isThrownBy(() -> pair.first().duplicate());
			assertCounted(factory, "fcntl", Errno.EMFILE);
		}
	}

	@Test
	void close() throws Exception {
		try (SocketPairFactory factory = factory(); SocketPair pair = factory.create()) {
			refuse("close", Errno.EIO, true);
			assertThatExceptionOfType(SocketPairException.class).isThrownBy(() -> pair.first().close());
			assertCounted(factory, "close", Errno.EIO);
		}
	}

	@Test
	void closeByTheFactory() throws Exception {
		SocketPairFactory factory = factory();
		factory.create().second().close();
		refuse("close", Errno.EIO, true);
		factory.close();
		assertCounted(factory, "close", Errno.EIO);
	}

	/** Waits in a virtual thread for what cannot be watched. */
	public static final class WatchRefused {

		private WatchRefused() {
		}

		/**
		 * Run it.
		 * @param arguments none
		 * @throws Exception if it fails
		 */
		public static void main(String[] arguments) throws Exception {
			InterceptedLibc calls = new InterceptedLibc();
			calls.answer((name, values, call) -> name.equals("epollCtl") ? -Errno.ENOSPC.number() : call.call());
			SocketPairFactory factory = NativeSocketPairFactory.builder(calls.libc()).build();
			SocketPair pair = factory.create();
			try {
				InBackground.call(true, () -> pair.first().read(ByteBuffer.allocate(1))).get();
			}
			catch (SocketPairException ex) {
				System.out.println(ex.getMessage());
			}
			System.out.println("counted: " + factory.statistics()
				.failures()
				.stream()
				.filter((failure) -> failure.operation().equals("epoll_ctl"))
				.map(Failures::count)
				.toList());
			System.exit(0);
		}

	}

}
