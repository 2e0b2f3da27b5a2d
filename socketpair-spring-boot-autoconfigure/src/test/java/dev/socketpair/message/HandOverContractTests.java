package dev.socketpair.message;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketpair.Errno;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairs;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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
	void messagesThatGatherWhileOneThreadWritesLeaveInOneCall() throws Exception {
		SocketPair pair = this.factory.create(SocketPairOptions.builder().sendBufferSize(20_000).build());
		List<InBackground<Void>> senders = SendingContractTests
			.blockedSenders(MessageConnection.over(pair.first(), Framing.LENGTH_PREFIX), 100);
		long before = SendOperations.of(this.factory);
		int toRead = pair.second().available() + senders.size() * 104;
		ByteBuffer dst = ByteBuffer.allocate(toRead);
		while (dst.hasRemaining()) {
			pair.second().read(dst);
		}
		for (InBackground<Void> sender : senders) {
			sender.get();
		}
		assertThat(pair.second().available()).isZero();
		// The one that was blocked, and one for the other five.
		assertThat(SendOperations.of(this.factory)).isEqualTo(before + 2);
	}

}
