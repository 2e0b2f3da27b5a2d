package dev.socketpair.message;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import dev.socketpair.PairedSocket;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairs;
import dev.socketpair.testsupport.ChildJvm;
import dev.socketpair.testsupport.InBackground;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A writer for which there is no memory: no sender hangs, and the stream has no gap.
 */
class ScarceMemoryTests {

	private static void runInChild(Class<?> main, Writing writing, String... options) {
		ChildJvm child = ChildJvm.run(ChildJvm.command(List.of(options), main, writing.name()));
		assertThat(child.output()).contains("all is well");
		assertThat(child.status()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void sendThatFailsForWantOfMemoryLeavesTheConnectionInOrder(Writing writing) {
		runInChild(NoDirectMemory.class, writing, "-XX:MaxDirectMemorySize=8m");
	}

	@ParameterizedTest
	@EnumSource
	void messagesThatWaitForALeaderWithoutMemoryAllLeave(Writing writing) {
		runInChild(NoMemoryToLeaveMessagesBehind.class, writing, "-XX:MaxDirectMemorySize=8m");
	}

	@ParameterizedTest
	@EnumSource
	void cutMessageThatCannotBeKeptClosesTheSocketForEverySender(Writing writing) {
		runInChild(NoMemoryForTheRest.class, writing, "-Xmx48m", "-XX:+UseSerialGC");
	}

	/** Takes all direct memory, except for less than a number of bytes. */
	private static List<ByteBuffer> exhaust(int largest) {
		List<ByteBuffer> all = new ArrayList<>();
		try {
			while (true) {
				all.add(ByteBuffer.allocateDirect(largest));
			}
		}
		catch (OutOfMemoryError ex) {
			return all;
		}
	}

	/** Ends this virtual machine, whatever threads still run. */
	private static void check(Callable<?> scenario) {
		try {
			scenario.call();
			System.out.println("all is well");
			System.exit(0);
		}
		catch (Throwable ex) {
			ex.printStackTrace();
			System.exit(1);
		}
	}

	/** Sends when not even the smallest buffer can be allocated. */
	public static final class NoDirectMemory {

		private NoDirectMemory() {
		}

		/**
		 * Run it.
		 * @param arguments the way to write
		 */
		public static void main(String[] arguments) {
			check(() -> run(Writing.valueOf(arguments[0])));
		}

		private static Void run(Writing writing) throws Exception {
			SocketPairFactory factory = SocketPairs.factory();
			SocketPair pair = factory.create();
			MessageConnection here = writing.over(pair.first(), Framing.LINE);
			MessageConnection there = MessageConnection.over(pair.second(), Framing.LINE);
			List<ByteBuffer> all = exhaust(1 << 20);
			all.addAll(exhaust(64));
			assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> here.send("not sent"));
			assertThatExceptionOfType(OutOfMemoryError.class)
				.isThrownBy(() -> here.sendAll(List.of(ByteBuffer.allocate(3), ByteBuffer.allocate(3))));
			all.clear();
			here.send("sent");
			here.sendAll(List.of(ByteBuffer.wrap("together".getBytes())));
			assertThat(new String(there.receive().array())).isEqualTo("sent");
			assertThat(new String(there.receive().array())).isEqualTo("together");
			return null;
		}

	}

	/** Has a leader take more messages than the kernel has room for. */
	public static final class NoMemoryToLeaveMessagesBehind {

		/** Twice their messages are more than the kernel has room for. */
		private static final int SENDERS = 40;

		private NoMemoryToLeaveMessagesBehind() {
		}

		/**
		 * Run it.
		 * @param arguments the way to write
		 */
		public static void main(String[] arguments) {
			check(() -> run(Writing.valueOf(arguments[0])));
		}

		private static Void run(Writing writing) throws Exception {
			SocketPairFactory factory = SocketPairs.factory();
			SocketPair pair = factory.create(SocketPairOptions.builder().sendBufferSize(20_000).build());
			HeldSocket held = new HeldSocket(pair.first());
			MessageConnection here = writing.over(held.asSocket(), Framing.LENGTH_PREFIX);
			List<InBackground<Void>> senders = new ArrayList<>();
			senders.add(sending(here, ByteBuffer.allocateDirect(9000)).untilBlocked());
			int expected = fill(pair.first()) + 4 + 9000 + SENDERS * 1004;
			for (int i = 0; i < SENDERS; i++) {
				senders.add(sending(here, ByteBuffer.allocate(1000)).untilBlocked());
			}
			ByteBuffer read = ByteBuffer.allocateDirect(expected);
			List<ByteBuffer> all = exhaust(BufferPool.LARGEST);
			held.letGo();
			while (read.hasRemaining()) {
				pair.second().read(read);
			}
			for (InBackground<Void> sender : senders) {
				sender.get();
			}
			assertThat(pair.second().available()).isZero();
			assertThat(all).isNotEmpty();
			return null;
		}

		private static InBackground<Void> sending(MessageConnection connection, ByteBuffer message) {
			return InBackground.call(() -> {
				connection.send(message);
				return null;
			});
		}

		/** Returns how many bytes there was room for. */
		private static int fill(PairedSocket socket) throws IOException {
			socket.configureBlocking(false);
			ByteBuffer filling = ByteBuffer.allocate(100);
			int sum = 0;
			for (int count; (count = socket.write(filling.clear())) > 0;) {
				sum += count;
			}
			socket.configureBlocking(true);
			return sum;
		}

	}

	/** Has a time-out cut a message that is larger than what is left of the heap. */
	public static final class NoMemoryForTheRest {

		private NoMemoryForTheRest() {
		}

		/**
		 * Run it.
		 * @param arguments the way to write
		 */
		public static void main(String[] arguments) {
			check(() -> run(Writing.valueOf(arguments[0])));
		}

		private static Void run(Writing writing) throws Exception {
			SocketPairFactory factory = SocketPairs.factory();
			SocketPair pair = factory.create();
			pair.first().writeTimeout(Duration.ofSeconds(1));
			MessageConnection here = writing.over(failingToClose(pair.first()), Framing.LENGTH_PREFIX, 1 << 30);
			byte[] large = new byte[27 << 20];
			InBackground<Void> first = InBackground.<Void>call(() -> {
				here.send(large);
				return null;
			}).untilBlocked();
			InBackground<Void> second = InBackground.<Void>call(() -> {
				here.send("never sent");
				return null;
			}).untilBlocked();
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(first::get);
			assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(second::get);
			assertThat(here.isOpen()).isFalse();
			assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(() -> here.send("x"));
			return null;
		}

		/** Closes as close(2) does when it returns an error. */
		private static PairedSocket failingToClose(PairedSocket socket) {
			return (PairedSocket) Proxy.newProxyInstance(ScarceMemoryTests.class.getClassLoader(),
					new Class<?>[] { PairedSocket.class }, (proxy, method, arguments) -> {
						try {
							Object result = method.invoke(socket, arguments);
							if (method.getName().equals("close")) {
								throw new IOException("close: EIO");
							}
							return result;
						}
						catch (InvocationTargetException ex) {
							throw ex.getCause();
						}
					});
		}

	}

}
