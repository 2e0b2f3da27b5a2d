package dev.socketpair.message;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairs;
import dev.socketpair.SocketType;
import dev.socketpair.testsupport.ChildJvm;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How much memory connections take.
 */
class MessageMemoryTests {

	@Test
	void twoThousandConnectionsFitIntoSixtyFourMegabytes() {
		ChildJvm child = ChildJvm.run(ChildJvm.command(List.of("-Xmx64m"), Connections.class, "2000"));
		assertThat(child.output()).contains("connections: 2000");
		assertThat(child.status()).isZero();
	}

	@Test
	void largeMessagesPassAfterSmallOnes() throws Exception {
		try (SocketPairFactory factory = SocketPairs.factory(); SocketPair pair = factory.create()) {
			for (Framing framing : List.of(Framing.LENGTH_PREFIX, Framing.LINE, Framing.CONTENT_LENGTH)) {
				MessageConnection sender = MessageConnection.over(pair.first(), framing);
				MessageConnection receiver = MessageConnection.over(pair.second(), framing);
				for (int size : new int[] { 1, 4000, 4095, 4096, 4097, 8192, 9000, 20_000, 65_536, 100_000, 3 }) {
					ByteBuffer message = ByteBuffer.wrap("x".repeat(size).getBytes());
					sender.sendAll(List.of(message.duplicate(), message.duplicate()));
					assertThat(receiver.receive()).isEqualTo(message);
					assertThat(receiver.receive()).isEqualTo(message);
				}
			}
		}
	}

	/** Makes connections and uses each of them. */
	public static final class Connections {

		private Connections() {
		}

		/**
		 * Run it.
		 * @param arguments how many
		 * @throws Exception if it fails
		 */
		public static void main(String[] arguments) throws Exception {
			SocketPairFactory factory = SocketPairs.factory();
			List<MessageConnection> connections = new ArrayList<>();
			while (connections.size() < Integer.parseInt(arguments[0])) {
				boolean packets = connections.size() % 4 == 0;
				SocketPair pair = factory.create(
						SocketPairOptions.builder().type(packets ? SocketType.SEQPACKET : SocketType.STREAM).build());
				Framing framing = packets ? Framing.NONE : Framing.LENGTH_PREFIX;
				MessageConnection first = MessageConnection.over(pair.first(), framing);
				MessageConnection second = MessageConnection.over(pair.second(), framing);
				first.send("hello");
				second.receive();
				second.send("there");
				first.receive();
				connections.add(first);
				connections.add(second);
			}
			System.out.println("connections: " + connections.size());
			System.exit(0);
		}

	}

}
