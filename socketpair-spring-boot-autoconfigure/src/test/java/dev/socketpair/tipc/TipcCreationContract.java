package dev.socketpair.tipc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.socketpair.Errno;
import dev.socketpair.PairedSocket;
import dev.socketpair.PassedDescriptor;
import dev.socketpair.SocketDomain;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairException;
import dev.socketpair.SocketType;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.NativeBinding;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Which pairs are made, what is refused, and which other processes can hold an end.
 */
@NothingLeaks
class TipcCreationContract {

	private static final int FORTY_SECONDS = 40;

	@RegisterExtension
	private final Tipc tipc = new Tipc();

	private final Libc libc = NativeBinding.fromSystemProperty().load();

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "rdm", "seqpacket" })
	void pairIsMadeAndCarriesBytesBothWays(String type) throws IOException {
		SocketPair pair = this.tipc.pair(type);
		for (ByteBuffer dst : Tipc.buffers(10)) {
			assertThat(pair.first().write(Tipc.bytes("there"))).isEqualTo(5);
			assertThat(pair.second().read(dst)).isEqualTo(5);
			assertThat(Tipc.text(dst)).isEqualTo("there");
			assertThat(pair.second().write(Tipc.bytes("back"))).isEqualTo(4);
			assertThat(pair.first().read(dst.clear())).isEqualTo(4);
			assertThat(Tipc.text(dst)).isEqualTo("back");
		}
		assertThat(this.tipc.factory().statistics().totals()).singleElement()
			.satisfies((totals) -> assertThat(totals.created()).isOne())
			.satisfies((totals) -> assertThat(totals.open()).isOne());
		assertThat(this.tipc.factory().statistics().failures()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "rdm", "seqpacket" })
	void flagsAreSetWhenThePairIsMade(String type) throws IOException {
		SocketPair pair = this.tipc.factory().create(Tipc.options(type).nonBlocking(true).build());
		for (PairedSocket end : List.of(pair.first(), pair.second())) {
			assertThat(this.libc.fcntl(end.descriptor(), LinuxAbi.F_GETFD, 0)).isEqualTo(LinuxAbi.FD_CLOEXEC);
			assertThat(this.libc.fcntl(end.descriptor(), LinuxAbi.F_GETFL, 0) & LinuxAbi.O_NONBLOCK).isNotZero();
			assertThat(end.isBlocking()).isFalse();
		}
	}

	@ParameterizedTest
	@CsvSource({ "raw, 0, EPROTOTYPE", "stream, 6, EPROTONOSUPPORT", "rdm, -1, EPROTONOSUPPORT", "75, 0, EINVAL" })
	void refusalHasItsErrno(String type, int protocol, Errno errno) {
		assertThatExceptionOfType(SocketPairException.class)
			.isThrownBy(() -> this.tipc.factory().create(Tipc.options(type).protocol(protocol).build()))
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(errno))
			.satisfies((ex) -> assertThat(ex.operation()).isEqualTo("socketpair"));
		assertThat(this.tipc.factory().statistics().failures()).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "rdm", "seqpacket" })
	void oneDirectionCannotBeShutDown(String type) throws IOException {
		SocketPair pair = this.tipc.pair(type);
		assertThatExceptionOfType(SocketPairException.class).isThrownBy(pair.first()::shutdownOutput)
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EINVAL))
			.withMessageContaining("tipc");
		assertThatExceptionOfType(SocketPairException.class).isThrownBy(pair.first()::shutdownInput)
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EINVAL));
		assertThat(pair.first().isOutputShutdown()).isFalse();
		assertThat(pair.first().isInputShutdown()).isFalse();
		assertThat(pair.first().write(Tipc.bytes("x"))).isOne();
		assertThat(pair.second().read(ByteBuffer.allocate(1))).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "rdm", "seqpacket" })
	void whatTheKernelWouldDropSilentlyIsRefused(String type) throws IOException {
		SocketPair pair = this.tipc.pair(type);
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> pair.first().sendDescriptors(Tipc.bytes("x"), PassedDescriptor.of(0)))
			.withMessageContaining("tipc");
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> pair.first().receiveDescriptors(ByteBuffer.allocate(1), new ArrayList<>()));
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(pair.first()::peerCredentials)
			.withMessageContaining("tipc");
		assertThatExceptionOfType(SocketPairException.class).isThrownBy(pair.first()::unsent)
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.ENOTTY))
			.withMessageContaining("tipc");
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "rdm", "seqpacket" })
	void duplicateAndAdoptedDescriptorStandForTheSameEnd(String type) throws IOException {
		SocketPair pair = this.tipc.pair(type);
		PairedSocket duplicate = pair.first().duplicate();
		PairedSocket adopted = this.tipc.factory().adopt(duplicate.release());
		assertThat(adopted.options().domain()).isEqualTo(SocketDomain.TIPC);
		assertThat(adopted.options().type()).isEqualTo(SocketType.of(type));
		pair.first().close();
		assertThat(pair.second().write(Tipc.bytes("still there"))).isEqualTo(11);
		assertThat(adopted.read(ByteBuffer.allocate(20))).isEqualTo(11);
	}

	@Test
	void streamBecomesAChannelOfTheJdk() throws IOException {
		SocketPair pair = this.tipc.pair("stream");
		try (SocketChannel channel = pair.first().toSocketChannel(); Selector selector = Selector.open()) {
			channel.configureBlocking(false);
			SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
			assertThat(selector.selectNow()).isZero();
			pair.second().write(Tipc.bytes("ready"));
			assertThat(selector.select(TimeUnit.SECONDS.toMillis(FORTY_SECONDS))).isOne();
			assertThat(key.isReadable()).isTrue();
			ByteBuffer dst = ByteBuffer.allocate(10);
			assertThat(channel.read(dst)).isEqualTo(5);
			assertThat(channel.write(Tipc.bytes("yes"))).isEqualTo(3);
			selector.selectedKeys().clear();
			assertThat(pair.second().read(dst.clear())).isEqualTo(3);
			pair.second().close();
			assertThat(selector.select(TimeUnit.SECONDS.toMillis(FORTY_SECONDS))).isOne();
			// The JDK passes on what the kernel says.
			assertThatIOException().isThrownBy(() -> channel.read(dst.clear())).withMessage("Connection reset");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket" })
	void childProcessHoldsAnEnd(String type) throws Exception {
		SocketPair pair = this.tipc.pair(type);
		Process child;
		try (PairedSocket end = pair.second(); PairedSocket output = end.duplicate()) {
			child = new ProcessBuilder("cat").redirectInput(end.toRedirect())
				.redirectOutput(output.toRedirect())
				.start();
		}
		assertThat(pair.first().write(Tipc.bytes("through a child"))).isEqualTo(15);
		byte[] echo = new byte[15];
		assertThat(Channels.newInputStream(pair.first()).readNBytes(echo, 0, 15)).isEqualTo(15);
		assertThat(echo).asString().isEqualTo("through a child");
		pair.first().close();
		// What a child reads at the end is the kernel's ECONNRESET.
		assertThat(child.errorReader().readLine()).contains("Connection reset by peer");
		assertThat(child.waitFor()).isOne();
	}

	@Test
	void childThatEndsIsNoticed() throws Exception {
		SocketPair pair = this.tipc.pair("stream");
		Process child;
		try (PairedSocket end = pair.second()) {
			child = new ProcessBuilder("echo", "done").redirectOutput(end.toRedirect()).start();
		}
		assertThat(pair.first().inputStream().readAllBytes()).asString().isEqualTo("done\n");
		assertThat(child.waitFor()).isZero();
	}

}
