package dev.socketpair.message;

import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.testsupport.Command;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Messages to and from programs that know nothing of this library.
 */
@NothingLeaks
@Timeout(120)
class MessagePeerTests {

	private static final int MAXIMUM = 1_000_000;

	/** Sends back what it receives, by the library's own class. */
	private static final String PYTHON_CONNECTION = """
			from multiprocessing.connection import Connection
			connection = Connection(3)
			try:
			    while True:
			        connection.send_bytes(connection.recv_bytes())
			except EOFError:
			    pass
			""";

	private static final String PYTHON_LINES = """
			import socket
			stream = socket.socket(fileno=3).makefile('rwb')
			for line in stream:
			    stream.write(line)
			    stream.flush()
			""";

	private static final String PYTHON_HEADERS = """
			import socket
			stream = socket.socket(fileno=3).makefile('rwb')
			while True:
			    length = None
			    while True:
			        line = stream.readline()
			        if not line:
			            raise SystemExit(0)
			        if line == b'\\r\\n':
			            break
			        name, value = line.split(b':')
			        if name.lower() == b'content-length':
			            length = int(value)
			    body = stream.read(length)
			    stream.write(b'Content-Type: application/vscode-jsonrpc; charset=utf-8\\r\\n')
			    stream.write(b'content-length: %d\\r\\n\\r\\n' % len(body) + body)
			    stream.flush()
			""";

	private static final String NODE_IPC = """
			process.on('message', (message) => process.send(message));
			""";

	private final SocketPairFactory factory = SocketPairs.factory();

	@AfterEach
	void close() {
		this.factory.close();
	}

	private Peer python(Framing framing, String program) throws IOException {
		Command.assumeInstalled("python3");
		return Peer.start(this.factory, framing, MAXIMUM, Map.of(), "python3", "-c", program);
	}

	private Peer node(Framing framing, String program) throws IOException {
		Command.assumeInstalled("node");
		return Peer.start(this.factory, framing, MAXIMUM,
				Map.of("NODE_CHANNEL_FD", "3", "NODE_CHANNEL_SERIALIZATION_MODE", "json"), "node", "-e", program);
	}

	private Peer echo(Framing framing) throws IOException {
		return python(framing, switch (framing) {
			case LENGTH_PREFIX -> PYTHON_CONNECTION;
			case LINE -> PYTHON_LINES;
			case CONTENT_LENGTH -> PYTHON_HEADERS;
			case NONE -> throw new IllegalArgumentException();
		});
	}

	private static ByteBuffer bytes(int length) {
		byte[] bytes = new byte[length];
		for (int i = 0; i < length; i++) {
			bytes[i] = (byte) ((i % 251 != '\n') ? i % 251 : 0);
		}
		return ByteBuffer.wrap(bytes);
	}

	@ParameterizedTest
	@EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
	void nothingOneByteAndTheMaximumPassBothWaysAndOneByteMoreIsRefused(Framing framing) throws Exception {
		try (Peer peer = echo(framing)) {
			MessageConnection connection = peer.connection();
			for (int length : new int[] { 0, 1, 2, 65_531, 65_532, 65_533, 65_536, 100_000, MAXIMUM }) {
				connection.send(bytes(length));
				assertThat(connection.receive()).isEqualTo(bytes(length));
			}
			assertThatExceptionOfType(MessageTooLargeException.class)
				.isThrownBy(() -> connection.send(bytes(MAXIMUM + 1)));
			connection.send("still works");
			assertThat(connection.receive()).isEqualTo(StandardCharsets.UTF_8.encode("still works"));
		}
	}

	@ParameterizedTest
	@EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
	void messageOfThePeerThatIsTooLargeIsRefusedAndTheNextArrives(Framing framing) throws Exception {
		try (Peer peer = echo(framing)) {
			MessageConnection generous = peer.connection();
			MessageConnection strict = MessageConnection.over(generous.socket(), framing, 99_999);
			InBackground<Void> sender = InBackground.call(() -> {
				generous.send(bytes(100_000));
				generous.send(bytes(99_999));
				return null;
			});
			assertThatExceptionOfType(MessageTooLargeException.class).isThrownBy(strict::receive);
			assertThat(strict.receive()).isEqualTo(bytes(99_999));
			sender.get();
		}
	}

	@ParameterizedTest
	@EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
	void manyMessagesPassTogether(Framing framing) throws Exception {
		try (Peer peer = echo(framing)) {
			MessageConnection connection = peer.connection();
			List<ByteBuffer> messages = new ArrayList<>();
			for (int i = 0; i < 5000; i++) {
				messages.add(bytes(i % 500));
			}
			InBackground<Void> sender = InBackground.call(() -> {
				connection.sendAll(messages);
				return null;
			});
			for (int i = 0; i < 5000; i++) {
				assertThat(connection.receive()).isEqualTo(bytes(i % 500));
			}
			sender.get();
		}
	}

	@Test
	void pythonReadsTheLongFormOfALength() throws Exception {
		try (Peer peer = python(Framing.LENGTH_PREFIX, PYTHON_CONNECTION)) {
			MessageConnection connection = peer.connection();
			connection.socket().write(ByteBuffer.allocate(15).putInt(-1).putLong(3).put((byte) 'a').clear());
			assertThat(connection.receive()).isEqualTo(ByteBuffer.allocate(3).put(0, (byte) 'a'));
		}
	}

	@Test
	void pythonsLongFormIsRead() throws Exception {
		String program = """
				import socket, struct
				end = socket.socket(fileno=3)
				end.sendall(struct.pack('!i', -1) + struct.pack('!Q', 5) + b'hello')
				end.sendall(struct.pack('!i', -1) + struct.pack('!Q', 1 << 33) + b'x')
				""";
		try (Peer peer = python(Framing.LENGTH_PREFIX, program)) {
			MessageConnection connection = peer.connection();
			assertThat(connection.receive()).isEqualTo(StandardCharsets.UTF_8.encode("hello"));
			assertThatExceptionOfType(MessageTooLargeException.class).isThrownBy(connection::receive)
				.satisfies((ex) -> assertThat(ex.length()).isEqualTo(1L << 33));
			assertThatExceptionOfType(IncompleteMessageException.class).isThrownBy(connection::receive);
		}
	}

	@Test
	void peerThatPrintsToAChannelOfHeadersIsNoticed() throws Exception {
		String program = """
				import socket
				end = socket.socket(fileno=3)
				end.sendall(b'Starting the server ...\\n')
				end.recv(1)
				""";
		try (Peer peer = python(Framing.CONTENT_LENGTH, program)) {
			assertThatExceptionOfType(ProtocolException.class).isThrownBy(peer.connection()::receive)
				.withMessageContaining("'Starting the server ...\\n'");
		}
	}

	@Test
	void peerThatDiesInsideAMessageIsNoticed() throws Exception {
		String program = """
				import socket
				socket.socket(fileno=3).sendall(b'whole\\npart')
				""";
		try (Peer peer = python(Framing.LINE, program)) {
			assertThat(peer.connection().receive()).isEqualTo(StandardCharsets.UTF_8.encode("whole"));
			assertThatExceptionOfType(IncompleteMessageException.class).isThrownBy(peer.connection()::receive);
		}
	}

	@Test
	void nodeSendsAndReceivesByItsOwnChannel() throws Exception {
		try (Peer peer = node(Framing.LINE, NODE_IPC)) {
			MessageConnection connection = peer.connection();
			connection.send("{\"question\": [1, 2.5, \"grüße\\n\"]}");
			assertThat(connection.receive())
				.isEqualTo(StandardCharsets.UTF_8.encode("{\"question\":[1,2.5,\"grüße\\n\"]}"));
			byte[] large = new byte[MAXIMUM];
			Arrays.fill(large, (byte) 'x');
			large[0] = '"';
			large[MAXIMUM - 1] = '"';
			connection.send(large);
			assertThat(connection.receive()).isEqualTo(ByteBuffer.wrap(large));
		}
	}

	@Test
	void nodeSendsAndReceivesManyMessages() throws Exception {
		try (Peer peer = node(Framing.LINE, NODE_IPC)) {
			MessageConnection connection = peer.connection();
			InBackground<Void> sender = InBackground.call(() -> {
				for (int i = 0; i < 5000; i++) {
					connection.send("{\"number\":" + i + "}");
				}
				return null;
			});
			for (int i = 0; i < 5000; i++) {
				assertThat(connection.receive()).isEqualTo(StandardCharsets.UTF_8.encode("{\"number\":" + i + "}"));
			}
			sender.get();
		}
	}

	@Test
	void nodeThatDisconnectsIsACleanEnd() throws Exception {
		String program = """
				process.on('message', (message) => process.send(message + 1, () => process.disconnect()));
				""";
		try (Peer peer = node(Framing.LINE, program)) {
			MessageConnection connection = peer.connection();
			connection.send("1");
			assertThat(connection.receive()).isEqualTo(StandardCharsets.UTF_8.encode("2"));
			assertThat(connection.receive()).isNull();
		}
	}

}
