package dev.socketpair;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;

import dev.socketpair.metrics.SocketPairMetrics;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random bytes through each type arrive in order and whole, and are counted. A gibibyte a
 * type is moved where the binding is {@code foreign}, or in the profile {@code matrix}.
 */
@NothingLeaks
class TransferContractTests {

	private static final long MEBIBYTE = 1 << 20;

	private static final int LARGEST_PIECE = 100_000;

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "seqpacket" })
	void bytesArriveInOrderAndWholeAndAreCounted(String type) throws Exception {
		boolean everything = System.getProperty("socketpair.native-binding", "").equals("foreign");
		transfer(type, (everything ? 1024 : 64) * MEBIBYTE);
	}

	@Tag("matrix")
	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "seqpacket" })
	void gibibyteArrivesInOrderAndWholeAndIsCounted(String type) throws Exception {
		transfer(type, 1024 * MEBIBYTE);
	}

	private void transfer(String type, long total) throws Exception {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		try (SocketPairFactory factory = SocketPairs.factory()) {
			new SocketPairMetrics(factory, List.of()).bindTo(registry);
			SocketPair pair = factory.create(SocketPairOptions.builder().type(SocketType.of(type)).build());
			InBackground<Long> sender = InBackground.call(() -> send(pair.first(), total));
			long received = receive(pair.second(), total);
			assertThat(sender.get()).isEqualTo(total);
			assertThat(received).isEqualTo(total);
			pair.close();
		}
		for (String[] tags : new String[][] { { "first", "sent" }, { "second", "received" } }) {
			assertThat(registry.get("socketpair.bytes")
				.tags("pair", "anonymous", "type", type, "end", tags[0], "direction", tags[1])
				.functionCounter()
				.count()).isEqualTo(total);
		}
		assertThat(
				registry.get("socketpair.bytes").tags("end", "second", "direction", "sent").functionCounter().count())
			.isZero();
		assertThat(registry.get("socketpair.open").gauge().value()).isZero();
	}

	/** Pieces of random sizes from heap and direct buffers. */
	private static long send(PairedSocket socket, long total) throws Exception {
		SplittableRandom sizes = new SplittableRandom(1);
		Sequence sequence = new Sequence();
		ByteBuffer[] buffers = { ByteBuffer.allocate(LARGEST_PIECE), ByteBuffer.allocateDirect(LARGEST_PIECE) };
		long sent = 0;
		for (int i = 0; sent < total; i++) {
			ByteBuffer buffer = buffers[i % 2].clear();
			buffer.limit((int) Math.min(1 + sizes.nextInt(LARGEST_PIECE), total - sent));
			sequence.fill(buffer);
			sent += socket.write(buffer.flip());
			assertThat(buffer.hasRemaining()).isFalse();
		}
		return sent;
	}

	private static long receive(PairedSocket socket, long total) throws Exception {
		Sequence sequence = new Sequence();
		ByteBuffer expected = ByteBuffer.allocate(LARGEST_PIECE);
		ByteBuffer[] buffers = { ByteBuffer.allocateDirect(LARGEST_PIECE), ByteBuffer.allocate(LARGEST_PIECE) };
		long received = 0;
		for (int i = 0; received < total; i++) {
			ByteBuffer buffer = buffers[i % 2].clear();
			int count = socket.read(buffer);
			assertThat(count).isPositive();
			expected.clear().limit(count);
			sequence.fill(expected);
			if (!buffer.flip().equals(expected.flip())) {
				throw new AssertionError("Other bytes than those that were sent, from byte %d on".formatted(received));
			}
			received += count;
		}
		return received;
	}

	/** The same pseudo-random bytes on both sides, in pieces of any size. */
	private static final class Sequence {

		private final SplittableRandom random = new SplittableRandom(42);

		private final byte[] ahead = new byte[1 << 16];

		private int at = this.ahead.length;

		void fill(ByteBuffer buffer) {
			while (buffer.hasRemaining()) {
				if (this.at == this.ahead.length) {
					this.random.nextBytes(this.ahead);
					this.at = 0;
				}
				int count = Math.min(buffer.remaining(), this.ahead.length - this.at);
				buffer.put(this.ahead, this.at, count);
				this.at += count;
			}
		}

	}

}
