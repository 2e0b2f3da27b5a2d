package dev.socketpair.message;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.socketpair.Errno;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairStatistics.Direction;
import dev.socketpair.SocketPairStatistics.End;
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
 * Messages that a thread takes over which is blocked with one of its own.
 */
@NothingLeaks
@Timeout(60)
class HandOverContractTests {

	private static final int FILLING = 200_000;

	private final SocketPairFactory factory = SocketPairs.factory();

	private SocketPair pair;

	private MessageConnection here;

	private MessageConnection there;

	private InBackground<Void> blocked;

	@BeforeEach
	void blockOneSender() throws IOException {
		this.pair = this.factory.create(SocketPairOptions.builder().sendBufferSize(20_000).build());
		this.here = MessageConnection.over(this.pair.first(), Framing.LENGTH_PREFIX);
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
		List<String> received = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			received.add(text(this.there.receive()));
		}
		assertThat(received).containsExactly("filling", "1", "2", "3");
		this.blocked.get();
	}

	@Test
	void whatWasTakenOverLeavesInOneCall() throws Exception {
		SocketPair other = this.factory.create(SocketPairOptions.builder().sendBufferSize(20_000).build());
		ByteBuffer filling = ByteBuffer.allocate(1000);
		other.first().configureBlocking(false);
		while (other.first().write(filling.clear()) > 0) {
			// Until there is no room.
		}
		other.first().configureBlocking(true);
		MessageConnection connection = MessageConnection.over(other.first(), Framing.LENGTH_PREFIX);
		InBackground<Void> first = sending(connection, ByteBuffer.allocate(100)).untilBlocked();
		for (int i = 0; i < 20; i++) {
			connection.send(ByteBuffer.allocate(100));
		}
		long before = sendOperations();
		ByteBuffer dst = ByteBuffer.allocate(other.second().available() + 21 * 104);
		while (dst.hasRemaining()) {
			other.second().read(dst);
		}
		first.get();
		assertThat(other.second().available()).isZero();
		// The one that was blocked, and one for the other twenty.
		assertThat(sendOperations()).isEqualTo(before + 2);
	}

	private long sendOperations() {
		return this.factory.statistics()
			.totals()
			.stream()
			.mapToLong((totals) -> totals.operations(End.FIRST, Direction.SENT))
			.sum();
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
		assertThatExceptionOfType(SocketPairException.class).isThrownBy(this.blocked::get)
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EPIPE));
		assertThatExceptionOfType(SocketPairException.class).isThrownBy(() -> this.here.send("x"))
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EPIPE));
	}

	@Test
	void whatCouldNotLeaveLeavesBeforeTheNextMessage() throws Exception {
		List<String> expected = new ArrayList<>();
		for (int i = 0; i < 7; i++) {
			String message = (i + ":").repeat(4000);
			this.here.send(message);
			expected.add(message);
		}
		this.pair.first().writeTimeout(Duration.ofMillis(30));
		List<String> received = new ArrayList<>();
		read(4 + FILLING);
		// Its own message has left, and the others were cut short by the time-out.
		this.blocked.get();
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> this.here.send("not sent"))
			.satisfies((ex) -> assertThat(ex.bytesTransferred).isZero());
		this.pair.first().writeTimeout(null);
		InBackground<Void> next = sending(this.here, ByteBuffer.wrap("next".getBytes()));
		expected.add("next");
		while (received.size() < expected.size()) {
			received.add(text(this.there.receive()));
		}
		next.get();
		assertThat(received).isEqualTo(expected);
	}

	@Test
	void noThreadWritesForTheOthersForEver() throws Exception {
		AtomicBoolean enough = new AtomicBoolean();
		InBackground<Void> other = InBackground.call(() -> {
			while (!enough.get()) {
				this.here.send(ByteBuffer.allocate(8000));
			}
			return null;
		});
		read(4 + FILLING);
		int messages = 0;
		while (this.blocked.thread().isAlive() && messages < 320) {
			// So little that there is always more to write for whoever does.
			other.untilBlocked();
			read(4 + 8000);
			messages++;
		}
		assertThat(messages).as("messages that the first thread wrote").isLessThan(320);
		this.blocked.get();
		enough.set(true);
		InBackground<Void> ending = InBackground.call(() -> {
			other.get();
			this.here.shutdownOutput();
			return null;
		});
		assertThat(receiveAll()).isNotNull();
		ending.get();
	}

	private void read(int length) throws IOException {
		ByteBuffer dst = ByteBuffer.allocate(length);
		while (dst.hasRemaining()) {
			assertThat(this.pair.second().read(dst)).isPositive();
		}
	}

}
