package dev.socketpair.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;

import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketType;
import dev.socketpair.descriptor.Wakeup;
import dev.socketpair.libc.NativeBinding;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Blocked threads where the JDK's signal cannot be used.
 */
@NothingLeaks
class PollingWakeupTests {

	private final SocketPairFactory factory = NativeSocketPairFactory.builder(NativeBinding.fromSystemProperty().load())
		.wakesBySignal(false)
		.build();

	@AfterEach
	void close() {
		this.factory.close();
	}

	private SocketPair pair(String type) throws IOException {
		return this.factory.create(SocketPairOptions.builder().type(SocketType.of(type)).build());
	}

	@Test
	void jdkHandlesTheSignalHere() {
		assertThat(Wakeup.signalIsHandled()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "seqpacket" })
	void closeWakesABlockedReader(String type) throws Exception {
		SocketPair pair = pair(type);
		InBackground<Integer> reader = InBackground.call(() -> pair.second().read(ByteBuffer.allocate(1)));
		reader.untilBlocked();
		pair.second().close();
		assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(reader::get);
	}

	@Test
	void closeWakesAReaderAndAWriter() throws Exception {
		SocketPair pair = pair("stream");
		InBackground<Integer> reader = InBackground.call(() -> pair.first().read(ByteBuffer.allocate(1)));
		InBackground<Integer> writer = InBackground.call(() -> pair.first().write(ByteBuffer.allocate(10_000_000)));
		reader.untilBlocked();
		writer.untilBlocked();
		pair.first().close();
		assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(reader::get);
		assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(writer::get);
	}

	@Test
	void dataWakesABlockedReader() throws Exception {
		SocketPair pair = pair("stream");
		InBackground<Integer> reader = InBackground.call(() -> pair.second().read(ByteBuffer.allocate(9)));
		reader.untilBlocked();
		pair.first().write(ByteBuffer.allocate(5));
		assertThat(reader.get()).isEqualTo(5);
	}

}
