package dev.socketpair.message;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketpair.Errno;
import dev.socketpair.PairedSocket;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairs;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import dev.socketpair.testsupport.Virtual;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Messages that a thread takes over which is about to write one of its own.
 */
@NothingLeaks
@Timeout(60)
class HandOverContractTests {

	private static final int FILLING = 9_000;

	private final SocketPairFactory factory = SocketPairs.factory();

	private SocketPair pair;

	private HeldSocket held;

	private MessageConnection here;

	private MessageConnection there;

	private InBackground<Void> blocked;

	@BeforeEach
	void blockOneSender() throws IOException {
		this.pair = this.factory.create(SocketPairOptions.builder().sendBufferSize(200_000).build());
		this.held = new HeldSocket(this.pair.first());
		this.here = MessageConnection.over(this.held.asSocket(), Framing.LENGTH_PREFIX);
		this.there = MessageConnection.over(this.pair.second(), Framing.LENGTH_PREFIX);
		this.blocked = sending(this.here, ByteBuffer.allocate(FILLING)).untilBlocked();
	}

	@AfterEach
	void close() {
		this.factory.close();
	}

	private static InBackground<Void> sending(MessageConnection connection, ByteBuffer message) {
		return InBackground.call(() -> {
			connection.send(message);
			return null;
		});
	}

	private List<String> receiveAll() throws IOException {
		List<String> received = new ArrayList<>();
		ByteBuffer message;
		while ((message = this.there.receive()) != null) {
			received.add(text(message));
		}
		return received;
	}

	private static String text(@Nullable ByteBuffer message) {
		return (message.remaining() == FILLING) ? "filling" : new String(message.array());
	}

	@Test
	void senderReturnsWhileAnotherIsBlockedAndTheOrderStays() throws Exception {
		ByteBuffer message = ByteBuffer.wrap("1".getBytes());
		this.here.send(message);
		assertThat(message.hasRemaining()).isFalse();
		this.here.send("2");
		sending(this.here, ByteBuffer.wrap("3".getBytes())).get();
		this.held.letGo();
		List<String> received = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			received.add(text(this.there.receive()));
		}
		assertThat(received).containsExactly("filling", "1", "2", "3");
		this.blocked.get();
	}

	@Test
	void whatWasTakenOverLeavesInOneCall() throws Exception {
		for (int i = 0; i < 20; i++) {
			this.here.send(ByteBuffer.allocate(100));
		}
		long before = SendOperations.of(this.factory);
		this.held.letGo();
		this.blocked.get();
		assertThat(this.pair.second().available()).isEqualTo(4 + FILLING + 20 * 104);
		// The one that was blocked, and one for the other twenty.
		assertThat(SendOperations.of(this.factory)).isEqualTo(before + 2);
	}

	@Test
	void sendersWaitWhenMuchWasTakenOver() throws Exception {
		int messages = 100;
		InBackground<Void> sender = InBackground.call(Virtual.isAvailable(), () -> {
			for (int i = 0; i < messages; i++) {
				this.here.send(ByteBuffer.allocate(1000).putInt(0, i));
			}
			return null;
		});
		sender.untilBlocked();
		assertThat(sender.thread().isAlive()).isTrue();
		this.held.letGo();
		assertThat(this.there.receive().remaining()).isEqualTo(FILLING);
		for (int i = 0; i < messages; i++) {
			assertThat(this.there.receive().getInt()).isEqualTo(i);
		}
		sender.get();
		this.blocked.get();
	}

	@Test
	void sendAllReturnsWhenEverythingBeforeHasLeft() throws Exception {
		this.here.send("1");
		InBackground<Void> sender = InBackground.call(() -> {
			this.here.sendAll(List.of(ByteBuffer.wrap("2".getBytes())));
			return null;
		});
		sender.untilBlocked();
		assertThat(sender.thread().isAlive()).isTrue();
		this.held.letGo();
		assertThat(this.there.receive().remaining()).isEqualTo(FILLING);
		sender.get();
		this.blocked.get();
		assertThat(text(this.there.receive(Duration.ZERO))).isEqualTo("1");
		assertThat(text(this.there.receive(Duration.ZERO))).isEqualTo("2");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whatWasTakenOverLeavesBeforeTheConnectionEnds(boolean halfOnly) throws Exception {
		InBackground<Void> ending = InBackground.call(() -> {
			for (int i = 0; i < 60; i++) {
				this.here.send(String.valueOf(i));
			}
			if (halfOnly) {
				this.here.shutdownOutput();
			}
			else {
				this.here.close();
			}
			return null;
		});
		ending.untilBlocked();
		this.held.letGo();
		List<String> received = receiveAll();
		ending.get();
		this.blocked.get();
		assertThat(received).hasSize(61).startsWith("filling", "0", "1").endsWith("58", "59");
		if (halfOnly) {
			this.there.send("still here");
			assertThat(text(this.here.receive())).isEqualTo("still here");
		}
	}

	@Test
	void closeDoesNotWaitForWhatDoesNotMove() {
		assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(() -> {
			this.here.send("never read");
			this.here.close();
			this.blocked.get();
		});
		assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(() -> this.here.send("x"));
	}

	@Test
	void closeByAnInterruptedThreadWaitsForNothing() throws Exception {
		this.here.send("never read");
		Thread.currentThread().interrupt();
		this.here.close();
		assertThat(Thread.interrupted()).isTrue();
		assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(this.blocked::get);
	}

	@Test
	void interruptOfTheThreadThatWritesIsToldToTheOthersByTheNextCall() throws Exception {
		this.here.send("lost with the connection");
		this.blocked.thread().interrupt();
		assertThatExceptionOfType(ClosedByInterruptException.class).isThrownBy(this.blocked::get);
		assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(() -> this.here.send("x"));
	}

	@Test
	void peerThatIsGoneIsToldByTheNextCall() throws Exception {
		this.here.send("never read");
		this.there.close();
		this.held.letGo();
		assertThatExceptionOfType(SocketPairException.class).isThrownBy(this.blocked::get)
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EPIPE));
		assertThatExceptionOfType(SocketPairException.class).isThrownBy(() -> this.here.send("x"))
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EPIPE));
	}

	@Test
	void whatCouldNotLeaveLeavesBeforeTheNextMessage() throws Exception {
		this.here.send("1");
		this.here.send("2");
		this.pair.first().configureBlocking(false);
		this.held.letGo();
		// Its own message has left.
		this.blocked.get();
		assertThatExceptionOfType(IllegalBlockingModeException.class).isThrownBy(() -> this.here.send("not sent"));
		this.pair.first().configureBlocking(true);
		this.here.send("3");
		assertThat(text(this.there.receive(Duration.ZERO))).isEqualTo("filling");
		assertThat(text(this.there.receive(Duration.ZERO))).isEqualTo("1");
		assertThat(text(this.there.receive(Duration.ZERO))).isEqualTo("2");
		assertThat(text(this.there.receive(Duration.ZERO))).isEqualTo("3");
	}

	@Test
	void noThreadWritesForTheOthersForEver() throws Exception {
		AtomicInteger calls = new AtomicInteger();
		this.held.beforeEachWrite(() -> {
			if (Thread.currentThread() == this.blocked.thread() && calls.incrementAndGet() < 1000) {
				// There is always more to write.
				sending(this.here, ByteBuffer.allocate(10)).untilBlocked();
			}
		});
		this.held.letGo();
		this.blocked.get();
		assertThat(calls).hasValueBetween(100, 500);
	}

	@Test
	void threadThatHasSentItsOwnIsNotKeptByPeersThatDoNotRead() throws Exception {
		AtomicBoolean enough = new AtomicBoolean();
		List<InBackground<Void>> others = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			others.add(InBackground.call(() -> {
				while (!enough.get()) {
					this.here.send(ByteBuffer.allocate(8000));
				}
				return null;
			}));
		}
		others.forEach(InBackground::untilBlocked);
		// Whatever it takes over while it writes, too.
		this.held.beforeEachWrite(() -> others.forEach(InBackground::untilBlocked));
		this.held.letGo();
		this.blocked.get();
		enough.set(true);
		InBackground<Void> ending = InBackground.call(() -> {
			for (InBackground<Void> other : others) {
				other.get();
			}
			this.here.shutdownOutput();
			return null;
		});
		assertThat(receiveAll()).hasSizeGreaterThan(3);
		ending.get();
	}

	@Test
	void senderWaitsForItsOwnMessageIfTheKernelHasNoRoom() throws Exception {
		this.pair.first().configureBlocking(false);
		ByteBuffer message = ByteBuffer.allocate(1004).putInt(0, 1000);
		while (this.pair.first().write(message.clear()) == message.capacity()) {
			// Until there is no room.
		}
		this.pair.first().configureBlocking(true);
		InBackground<Void> sender = sending(this.here, ByteBuffer.wrap("1".getBytes())).untilBlocked();
		assertThat(sender.thread().isAlive()).isTrue();
		this.held.letGo();
		read(this.pair.second().available() + 4 + FILLING + 5);
		this.blocked.get();
		sender.get();
	}

	private void read(int length) throws IOException {
		ByteBuffer dst = ByteBuffer.allocate(length);
		while (dst.hasRemaining()) {
			assertThat(this.pair.second().read(dst)).isPositive();
		}
	}

	/** Lets nobody write until it is told to, or closed. */
	private static final class HeldSocket {

		private final PairedSocket socket;

		private final CountDownLatch released = new CountDownLatch(1);

		private volatile Runnable beforeEachWrite = () -> {
		};

		HeldSocket(PairedSocket socket) {
			this.socket = socket;
		}

		PairedSocket asSocket() {
			return (PairedSocket) Proxy.newProxyInstance(getClass().getClassLoader(),
					new Class<?>[] { PairedSocket.class }, (proxy, method, arguments) -> {
						if (method.getName().equals("write")) {
							await();
							this.beforeEachWrite.run();
						}
						try {
							return method.invoke(this.socket, arguments);
						}
						catch (InvocationTargetException ex) {
							throw ex.getCause();
						}
					});
		}

		private void await() {
			try {
				while (!this.released.await(5, TimeUnit.MILLISECONDS) && this.socket.isOpen()) {
					// Until one of both.
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		void beforeEachWrite(Runnable action) {
			this.beforeEachWrite = action;
		}

		void letGo() {
			this.released.countDown();
		}

	}

}
