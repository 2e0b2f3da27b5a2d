package dev.socketpair;

import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;

import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import dev.socketpair.testsupport.Pairs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a socket tells of its peer without reading.
 */
@NothingLeaks
class HangUpContractTests {

	@RegisterExtension
	final Pairs pairs = new Pairs();

	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket" })
	void closedPeerIsAHangUpAndWhatItSentCanStillBeRead(String type) throws Exception {
		SocketPair pair = this.pairs.of(type);
		assertThat(pair.first().isHungUp()).isFalse();
		PairedSocket duplicate = pair.second().duplicate();
		pair.second().write(ByteBuffer.allocate(5));
		pair.second().close();
		assertThat(pair.first().isHungUp()).isFalse();
		duplicate.close();
		assertThat(pair.first().isHungUp()).isTrue();
		assertThat(pair.first().read(ByteBuffer.allocate(10))).isEqualTo(5);
		assertThat(pair.first().read(ByteBuffer.allocate(10))).isEqualTo(-1);
	}

	@Test
	void oneDirectionThatWasShutDownIsNoHangUp() throws Exception {
		SocketPair pair = this.pairs.of("stream");
		pair.second().shutdownOutput();
		assertThat(pair.first().isHungUp()).isFalse();
		pair.first().shutdownOutput();
		assertThat(pair.first().isHungUp()).isTrue();
	}

	@Test
	void lookDoesNotWaitForAReader() throws Exception {
		SocketPair pair = this.pairs.of("stream");
		InBackground<Integer> reader = InBackground.call(() -> pair.first().read(ByteBuffer.allocate(1)))
			.untilBlocked();
		assertThat(pair.first().isHungUp()).isFalse();
		pair.second().close();
		assertThat(reader.get()).isEqualTo(-1);
	}

	@Test
	void closedSocketIsNotReleased() throws Exception {
		PairedSocket socket = this.pairs.of("stream").first();
		assertThat(socket.isReleased()).isFalse();
		socket.close();
		assertThat(socket.isReleased()).isFalse();
		assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(socket::isHungUp);
		assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(socket::release);
		assertThat(socket.isReleased()).isFalse();
	}

	@Test
	void socketThatWasGivenAwayIsReleased() throws Exception {
		SocketPair pair = this.pairs.of("stream");
		try (PairedSocket adopted = this.pairs.factory().adopt(pair.first().release());
				SocketChannel channel = pair.second().toSocketChannel()) {
			assertThat(adopted.isOpen()).isTrue();
			assertThat(channel.isOpen()).isTrue();
			assertThat(pair.first().isReleased()).isTrue();
			assertThat(pair.second().isReleased()).isTrue();
		}
	}

}
