package dev.socketpair.tipc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

import dev.socketpair.Errno;
import dev.socketpair.MessageTruncatedException;
import dev.socketpair.PairedSocket;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairException;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Whole messages.
 */
@NothingLeaks
class TipcMessageContract {

	@RegisterExtension
	private final Tipc tipc = new Tipc();

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "rdm", "seqpacket" })
	void messagesAreSentAndReceivedWhole(String type) throws IOException {
		SocketPair pair = this.tipc.pair(type);
		for (ByteBuffer dst : Tipc.buffers(10)) {
			assertThat(pair.first().send(Tipc.bytes("one"))).isEqualTo(3);
			assertThat(pair.first().send(Tipc.bytes("two22"))).isEqualTo(5);
			assertThat(pair.second().receive(dst)).isEqualTo(3);
			assertThat(pair.second().read(dst.clear())).isEqualTo(5);
			assertThat(Tipc.text(dst)).isEqualTo("two22");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "rdm", "seqpacket" })
	void messageThatDoesNotFitTellsItsRealLength(String type) throws IOException {
		SocketPair pair = this.tipc.pair(type);
		for (ByteBuffer dst : Tipc.buffers(4)) {
			pair.first().send(Tipc.bytes("too long"));
			pair.first().send(ByteBuffer.allocate(Tipc.LARGEST_MESSAGE));
			pair.first().send(Tipc.bytes("next"));
			assertThatExceptionOfType(MessageTruncatedException.class).isThrownBy(() -> pair.second().receive(dst))
				.satisfies((ex) -> assertThat(ex.length()).isEqualTo(8));
			assertThatExceptionOfType(MessageTruncatedException.class).isThrownBy(() -> pair.second().read(dst))
				.satisfies((ex) -> assertThat(ex.length()).isEqualTo(Tipc.LARGEST_MESSAGE));
			assertThat(dst.position()).isZero();
			assertThat(pair.second().receive(dst)).isEqualTo(4);
			assertThat(Tipc.text(dst)).isEqualTo("next");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "rdm", "seqpacket" })
	void messageThatExactlyFitsIsNotCut(String type) throws IOException {
		SocketPair pair = this.tipc.pair(type);
		byte[] largest = new byte[Tipc.LARGEST_MESSAGE];
		for (int i = 0; i < largest.length; i++) {
			largest[i] = (byte) i;
		}
		for (ByteBuffer dst : Tipc.buffers(largest.length)) {
			assertThat(pair.first().send(ByteBuffer.wrap(largest))).isEqualTo(largest.length);
			assertThat(pair.second().receive(dst)).isEqualTo(largest.length);
			assertThat(dst.flip()).isEqualTo(ByteBuffer.wrap(largest));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "rdm", "seqpacket" })
	void messageThatIsTooLargeIsRefused(String type) throws IOException {
		SocketPair pair = this.tipc.pair(type);
		ByteBuffer src = ByteBuffer.allocate(Tipc.LARGEST_MESSAGE + 1);
		assertThatExceptionOfType(SocketPairException.class).isThrownBy(() -> pair.first().send(src))
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EMSGSIZE));
		assertThat(src.position()).isZero();
		pair.second().configureBlocking(false);
		assertThat(pair.second().receive(ByteBuffer.allocate(1))).isEqualTo(PairedSocket.WOULD_BLOCK);
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "rdm", "seqpacket" })
	void bufferWithoutRoomTellsTheLength(String type) throws IOException {
		SocketPair pair = this.tipc.pair(type);
		for (ByteBuffer dst : Tipc.buffers(0)) {
			pair.first().send(Tipc.bytes("lost"));
			assertThatExceptionOfType(MessageTruncatedException.class).isThrownBy(() -> pair.second().receive(dst))
				.satisfies((ex) -> assertThat(ex.length()).isEqualTo(4));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "rdm", "seqpacket" })
	void emptyMessageIsRefusedBecauseItWouldNotArrive(String type) throws IOException {
		SocketPair pair = this.tipc.pair(type);
		assertThatIllegalArgumentException().isThrownBy(() -> pair.first().send(ByteBuffer.allocate(0)))
			.withMessageContaining("tipc");
		assertThat(pair.first().write(ByteBuffer.allocate(0))).isZero();
		pair.second().configureBlocking(false);
		assertThat(pair.second().receive(ByteBuffer.allocate(1))).isEqualTo(PairedSocket.WOULD_BLOCK);
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "rdm", "seqpacket" })
	void gatherAndScatterMoveOneMessageWhole(String type) throws IOException {
		SocketPair pair = this.tipc.pair(type);
		ByteBuffer heap = ByteBuffer.allocate(3);
		ByteBuffer direct = ByteBuffer.allocateDirect(10);
		ByteBuffer[] dsts = { heap, ByteBuffer.allocate(0), direct };
		for (String message : new String[] { "one message", "xy" }) {
			int half = message.length() / 2;
			ByteBuffer[] srcs = { Tipc.bytes(message.substring(0, half)), Tipc.bytes(message.substring(half)) };
			assertThat(pair.first().write(srcs)).isEqualTo(message.length());
			assertThat(pair.second().read(dsts)).isEqualTo(message.length());
			assertThat(Tipc.text(heap) + Tipc.text(direct)).isEqualTo(message);
			heap.clear();
			direct.clear();
		}
		pair.first().write(ByteBuffer.allocate(14));
		assertThatExceptionOfType(MessageTruncatedException.class).isThrownBy(() -> pair.second().read(dsts))
			.satisfies((ex) -> assertThat(ex.length()).isEqualTo(14));
		assertThat(Arrays.stream(dsts).mapToInt(ByteBuffer::position).sum()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "rdm", "seqpacket" })
	void peekTellsTheRealLengthAndDoesNotConsume(String type) throws IOException {
		SocketPair pair = this.tipc.pair(type);
		pair.first().send(Tipc.bytes("hello"));
		for (int room : new int[] { 0, 2, 10 }) {
			for (ByteBuffer dst : Tipc.buffers(room)) {
				assertThat(pair.second().peek(dst)).isEqualTo(5);
				assertThat(Tipc.text(dst)).isEqualTo("hello".substring(0, Math.min(room, 5)));
			}
		}
		assertThat(pair.second().receive(ByteBuffer.allocate(5))).isEqualTo(5);
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "rdm", "seqpacket" })
	void availableIsWhatCanBeReadAtOnce(String type) throws IOException {
		SocketPair pair = this.tipc.pair(type);
		assertThat(pair.second().available()).isZero();
		pair.first().write(Tipc.bytes("abc"));
		pair.first().write(Tipc.bytes("de"));
		assertThat(pair.second().available()).isEqualTo(3);
		assertThat(pair.second().inputStream().available()).isEqualTo(3);
		assertThat(pair.second().read(ByteBuffer.allocate(3))).isEqualTo(3);
		assertThat(pair.second().available()).isEqualTo(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "rdm", "seqpacket" })
	void streamOfAMessageSocketKeepsTheRestOfAMessage(String type) throws IOException {
		SocketPair pair = this.tipc.pair(type);
		pair.first().outputStream().write("hello".getBytes());
		assertThat(pair.second().inputStream().readNBytes(2)).asString().isEqualTo("he");
		assertThat(pair.second().inputStream().readNBytes(3)).asString().isEqualTo("llo");
	}

	@ParameterizedTest
	@ValueSource(strings = { "dgram", "rdm" })
	void kernelDropsMessagesThatTheReceiverHasNoRoomFor(String type) throws IOException {
		SocketPair pair = this.tipc.pair(type);
		pair.first().configureBlocking(false);
		pair.second().configureBlocking(false);
		int sent = 0;
		while (sent < 100 && pair.first().send(ByteBuffer.allocate(Tipc.LARGEST_MESSAGE)) > 0) {
			sent++;
		}
		int received = 0;
		while (pair.second().receive(ByteBuffer.allocate(Tipc.LARGEST_MESSAGE)) > 0) {
			received++;
		}
		assertThat(sent).isEqualTo(100);
		assertThat(received).isPositive().isLessThan(sent);
	}

}
