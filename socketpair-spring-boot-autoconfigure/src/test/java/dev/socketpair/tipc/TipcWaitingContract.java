package dev.socketpair.tipc;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Random;

import dev.socketpair.PairedSocket;
import dev.socketpair.SocketPair;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Waiting, not waiting, and what ends it.
 */
@NothingLeaks
class TipcWaitingContract {

	@RegisterExtension
	private final Tipc tipc = new Tipc();

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "rdm", "seqpacket" })
	void readerWaitsForWhatComes(String type) throws Exception {
		for (boolean virtual : TipcEndContract.kindsOfThreads()) {
			SocketPair pair = this.tipc.pair(type);
			ByteBuffer dst = ByteBuffer.allocate(10);
			InBackground<Integer> reader = InBackground.call(virtual, () -> pair.first().read(dst));
			reader.untilBlocked();
			pair.second().write(Tipc.bytes("late"));
			assertThat(reader.get()).isEqualTo(4);
			assertThat(Tipc.text(dst)).isEqualTo("late");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "rdm", "seqpacket" })
	void closeWakesAReader(String type) throws Exception {
		for (boolean virtual : TipcEndContract.kindsOfThreads()) {
			SocketPair pair = this.tipc.pair(type);
			InBackground<Integer> reader = InBackground.call(virtual, () -> pair.first().read(ByteBuffer.allocate(1)));
			reader.untilBlocked();
			pair.first().close();
			assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(reader::get);
			assertThatExceptionOfType(ClosedChannelException.class)
				.isThrownBy(() -> pair.first().read(ByteBuffer.allocate(1)));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "rdm", "seqpacket" })
	void interruptEndsARead(String type) throws Exception {
		for (boolean virtual : TipcEndContract.kindsOfThreads()) {
			SocketPair pair = this.tipc.pair(type);
			InBackground<Integer> reader = InBackground.call(virtual, () -> pair.first().read(ByteBuffer.allocate(1)));
			reader.untilBlocked();
			reader.thread().interrupt();
			assertThatExceptionOfType(ClosedByInterruptException.class).isThrownBy(reader::get);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket" })
	void closeWakesAWriter(String type) throws Exception {
		// A platform thread: where none waits in the kernel, close(2) itself waits there.
		SocketPair pair = this.tipc.pair(type);
		InBackground<Integer> writer = InBackground.call(() -> {
			while (true) {
				pair.first().write(ByteBuffer.allocate(Tipc.LARGEST_MESSAGE));
			}
		});
		writer.untilBlocked();
		pair.first().close();
		assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(writer::get);
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket" })
	void closeWaitsWhileTheQueueIsFullUntilThePeerReads(String type) throws Exception {
		SocketPair pair = this.tipc.pair(type);
		pair.first().configureBlocking(false);
		while (pair.first().write(ByteBuffer.allocate(Tipc.LARGEST_MESSAGE)) > 0) {
			assertThat(pair.first().isOpen()).isTrue();
		}
		InBackground<Boolean> close = InBackground.call(() -> {
			pair.first().close();
			return true;
		});
		close.untilBlocked();
		ByteBuffer dst = ByteBuffer.allocate(Tipc.LARGEST_MESSAGE);
		while (pair.second().read(dst.clear()) != -1) {
			assertThat(dst.position()).isPositive();
		}
		assertThat(close.get()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "rdm", "seqpacket" })
	void readThatTimesOutSaysSo(String type) throws IOException {
		SocketPair pair = this.tipc.pair(type);
		pair.first().readTimeout(Duration.ofMillis(5));
		assertThatExceptionOfType(SocketTimeoutException.class)
			.isThrownBy(() -> pair.first().read(ByteBuffer.allocate(1)));
		pair.second().write(Tipc.bytes("x"));
		assertThat(pair.first().read(ByteBuffer.allocate(1))).isOne();
	}

	@Test
	void writeThatTimesOutTellsWhatWasWritten() throws IOException {
		SocketPair pair = this.tipc.pair("stream");
		pair.first().writeTimeout(Duration.ofMillis(20));
		ByteBuffer src = ByteBuffer.allocate(4 * 1024 * 1024);
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> pair.first().write(src))
			.satisfies((ex) -> assertThat(ex.bytesTransferred).isPositive().isEqualTo(src.position()));
		pair.second().configureBlocking(false);
		ByteBuffer dst = ByteBuffer.allocate(src.capacity());
		while (pair.second().read(dst) > 0) {
			assertThat(dst.position()).isLessThanOrEqualTo(src.position());
		}
		assertThat(dst.position()).isEqualTo(src.position());
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket" })
	void fullQueueWouldBlockAndHasRoomAgainOnceItIsRead(String type) throws IOException {
		SocketPair pair = this.tipc.pair(type);
		pair.first().configureBlocking(false);
		pair.second().configureBlocking(false);
		int written = 0;
		int count;
		while ((count = pair.first().write(ByteBuffer.allocate(1000))) > 0) {
			written += count;
		}
		ByteBuffer dst = ByteBuffer.allocateDirect(2 * Tipc.LARGEST_MESSAGE);
		int read = 0;
		while ((count = pair.second().read(dst.clear())) > 0) {
			read += count;
		}
		assertThat(read).isEqualTo(written);
		assertThat(pair.first().write(ByteBuffer.allocate(1000))).isEqualTo(1000);
		assertThat(this.tipc.factory().statistics().failures()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "rdm", "seqpacket" })
	void messageCallsTellThatTheyWouldBlock(String type) throws IOException {
		SocketPair pair = this.tipc.pair(type);
		pair.first().configureBlocking(false);
		ByteBuffer dst = ByteBuffer.allocate(10);
		assertThat(pair.first().receive(dst)).isEqualTo(PairedSocket.WOULD_BLOCK);
		assertThat(pair.first().peek(dst)).isEqualTo(PairedSocket.WOULD_BLOCK);
		assertThat(pair.first().read(dst)).isZero();
		assertThat(this.tipc.factory().statistics().failures()).isEmpty();
	}

	@Test
	void streamIsMovedWholeBetweenThreads() throws Exception {
		byte[] sent = new byte[1024 * 1024];
		new Random(1).nextBytes(sent);
		for (boolean virtual : TipcEndContract.kindsOfThreads()) {
			SocketPair pair = this.tipc.pair("stream");
			InBackground<Integer> writer = InBackground.call(virtual, () -> {
				int written = pair.first().write(ByteBuffer.wrap(sent));
				pair.first().close();
				return written;
			});
			InBackground<byte[]> reader = InBackground.call(virtual, () -> pair.second().inputStream().readAllBytes());
			assertThat(writer.get()).isEqualTo(sent.length);
			assertThat(reader.get()).isEqualTo(sent);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "rdm", "seqpacket" })
	void messagesGoToAndFroBetweenThreads(String type) throws Exception {
		for (boolean virtual : TipcEndContract.kindsOfThreads()) {
			SocketPair pair = this.tipc.pair(type);
			InBackground<Integer> echo = InBackground.call(virtual, () -> echo(pair.second(), 100));
			ByteBuffer dst = ByteBuffer.allocateDirect(4);
			for (int i = 0; i < 100; i++) {
				pair.first().write(ByteBuffer.allocate(4).putInt(0, i));
				assertThat(pair.first().read(dst.clear())).isEqualTo(4);
				assertThat(dst.getInt(0)).isEqualTo(i);
			}
			assertThat(echo.get()).isEqualTo(100);
		}
	}

	private static int echo(PairedSocket socket, int times) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocate(4);
		int count = 0;
		for (; count < times; count++) {
			socket.read(buffer.clear());
			socket.write(buffer.flip());
		}
		return count;
	}

	@Test
	void sendBufferSizeIsTakenAndDoesNotBoundTheQueue() throws IOException {
		SocketPair pair = this.tipc.factory().create(Tipc.options("stream").sendBufferSize(8 * 1024).build());
		assertThat(pair.first().getOption(StandardSocketOptions.SO_SNDBUF)).isEqualTo(8 * 1024);
		pair.first().configureBlocking(false);
		assertThat(pair.first().write(ByteBuffer.allocate(64 * 1024))).isEqualTo(64 * 1024);
	}

}
