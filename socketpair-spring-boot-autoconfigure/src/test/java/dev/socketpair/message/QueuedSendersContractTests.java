package dev.socketpair.message;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.socketpair.SocketPair;
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
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Senders that come while another one is blocked, whether their messages are taken over
 * or not.
 */
@NothingLeaks
@Timeout(60)
@ParameterizedClass
@EnumSource
class QueuedSendersContractTests {

	private static final int FILLING = 9_000;

	@Parameter
	Writing writing;

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
		this.here = this.writing.over(this.held.asSocket(), Framing.LENGTH_PREFIX);
		this.there = this.writing.over(this.pair.second(), Framing.LENGTH_PREFIX);
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

	private List<String> receiveAll() throws IOException {
		List<String> received = new ArrayList<>();
		ByteBuffer message;
		while ((message = this.there.receive()) != null) {
			received.add(text(message));
		}
		return received;
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

}
