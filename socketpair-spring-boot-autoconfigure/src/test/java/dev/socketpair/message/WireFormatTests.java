package dev.socketpair.message;

import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

import dev.socketpair.PairedSocket;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The bytes of each framing, as they leave and as they may come.
 */
@NothingLeaks
class WireFormatTests {

	private final SocketPairFactory factory = SocketPairs.factory();

	private PairedSocket peer;

	private PairedSocket socket;

	@BeforeEach
	void open() throws IOException {
		SocketPair pair = this.factory.create();
		this.socket = pair.first();
		this.peer = pair.second();
	}

	@AfterEach
	void close() {
		this.factory.close();
	}

	private static ByteBuffer latin(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
	}

	private static String latin(ByteBuffer bytes) {
		return StandardCharsets.ISO_8859_1.decode(bytes).toString();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			LENGTH_PREFIX  | "\0\0\0\5hello\0\0\0\0"
			LINE           | "hello\n\n"
			CONTENT_LENGTH | "Content-Length: 5\r\n\r\nhelloContent-Length: 0\r\n\r\n"
			""")
	void bytesAreThoseOfTheFormat(Framing framing, String wire) throws IOException {
		MessageConnection connection = MessageConnection.over(this.socket, framing);
		connection.send("hello");
		connection.send("");
		ByteBuffer dst = ByteBuffer.allocate(100);
		while (dst.position() < wire.length()) {
			this.peer.read(dst);
		}
		assertThat(latin(dst.flip())).isEqualTo(wire);
		this.peer.write(latin(wire));
		assertThat(latin(connection.receive())).isEqualTo("hello");
		assertThat(connection.receive()).isEqualTo(ByteBuffer.allocate(0));
	}

	@Test
	void lengthMayComeInItsLongForm() throws IOException {
		MessageConnection connection = MessageConnection.over(this.socket, Framing.LENGTH_PREFIX);
		this.peer.write(latin("\u00ff\u00ff\u00ff\u00ff\0\0\0\0\0\0\0\5hello"));
		this.peer.write(latin("\u00ff\u00ff\u00ff\u00ff\0\0\0\0\0\0\0\0"));
		this.peer.write(latin("\0\0\0\1x"));
		assertThat(latin(connection.receive())).isEqualTo("hello");
		assertThat(connection.receive().remaining()).isZero();
		assertThat(latin(connection.receive())).isEqualTo("x");
	}

	@Test
	void lengthOfGigabytesIsTooLargeAndNoError() throws IOException {
		MessageConnection connection = MessageConnection.over(this.socket, Framing.LENGTH_PREFIX);
		this.peer.write(latin("\u00ff\u00ff\u00ff\u00ff\0\0\0\1\0\0\0\0skipped"));
		assertThatExceptionOfType(MessageTooLargeException.class).isThrownBy(connection::receive)
			.satisfies((ex) -> assertThat(ex.length()).isEqualTo(1L << 32));
		assertThatExceptionOfType(SocketTimeoutException.class)
			.isThrownBy(() -> connection.receive(Duration.ofMillis(20)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "\u00ff\u00ff\u00ff\u00fe", "\u0080\0\0\0", "\u00ff\u00ff\u00ff\u00ff\u0080\0\0\0\0\0\0\0",
			"\u00ff\u00ff\u00ff\u00ff\0\1\0\0\0\0\0\0" })
	void impossibleLengthIsAProtocolError(String wire) throws IOException {
		assertProtocolError(Framing.LENGTH_PREFIX, wire, "No message can have the announced length");
	}

	private void assertProtocolError(Framing framing, String wire, String message) throws IOException {
		MessageConnection connection = MessageConnection.over(this.socket, framing);
		this.peer.write(latin(wire));
		for (int i = 0; i < 2; i++) {
			assertThatExceptionOfType(ProtocolException.class).isThrownBy(connection::receive)
				.withMessageContaining(message);
		}
		assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> connection.receive(Duration.ZERO));
		connection.send("still works");
		assertThat(this.peer.available()).isPositive();
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "content-length:5\r\n\r\n", "CONTENT-LENGTH:  5 \t\r\n\r\n", "Content-Length: 0005\r\n\r\n",
					"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 5\r\n\r\n",
					"Content-Length: 5\r\nX-Empty:\r\nContent-Type: a:b:c\r\n\r\n",
					"Content-Length: 5\r\nContent-Length: 5\r\n\r\n" })
	void headersAreReadInEverySpellingThatIsAllowed(String header) throws IOException {
		MessageConnection connection = MessageConnection.over(this.socket, Framing.CONTENT_LENGTH);
		this.peer.write(latin(header + "hello" + header + "again"));
		assertThat(latin(connection.receive())).isEqualTo("hello");
		assertThat(latin(connection.receive())).isEqualTo("again");
	}

	static Stream<String[]> malformedHeaders() {
		return Stream.of(new String[] { "log line\n", "'log line\\n'" },
				new String[] { "Content-Length: 5\n\nhello", "carriage return" },
				new String[] { "no field\r\n", "a line that is no field ('name: value'): 'no field\\r\\n'" },
				new String[] { ": 5\r\n", "no field" }, new String[] { "\r\n", "no field 'Content-Length'" },
				new String[] { "\n", "carriage return" },
				new String[] { "Content-Type: x\r\n\r\n", "no field 'Content-Length'" },
				new String[] { "Content-Length: five\r\n", "a length that is no number" },
				new String[] { "Content-Length: -5\r\n", "a length that is no number" },
				new String[] { "Content-Length: 5 5\r\n", "a length that is no number" },
				new String[] { "Content-Length:\r\n", "a length that is no number" },
				new String[] { "Content-Length: 9223372036854775808\r\n", "a length that is no number" },
				new String[] { "Content-Length: 9223372036854775807\r\n\r\n", "No message can have" },
				new String[] { "Content-Length: 5\r\nContent-Length: 6\r\n", "two different" },
				new String[] { "X: " + "x".repeat(9000), "no end within 8192 bytes: 'X: xxx" },
				new String[] { "X: x\r\n".repeat(2000), "no end within 8192 bytes" });
	}

	@ParameterizedTest
	@MethodSource("malformedHeaders")
	void malformedHeaderIsAProtocolErrorThatShowsWhatWasRead(String header, String message) throws IOException {
		assertProtocolError(Framing.CONTENT_LENGTH, header, message);
	}

	@Test
	void headersMayBeAsLongAsTheLimit() throws IOException {
		String end = "\r\nContent-Length: 1\r\n\r\n";
		String header = "X: " + "x".repeat(HeaderFields.LARGEST_BLOCK - 3 - end.length()) + end;
		MessageConnection connection = MessageConnection.over(this.socket, Framing.CONTENT_LENGTH);
		this.peer.write(latin(header + "a"));
		assertThat(latin(connection.receive())).isEqualTo("a");
	}

	@ParameterizedTest
	@EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
	void messagesAreFoundHoweverTheStreamIsCut(Framing framing) throws Exception {
		for (int seed = 0; seed < 12; seed++) {
			SocketPair pair = this.factory.create();
			MessageConnection connection = MessageConnection.over(pair.first(), framing, 200_000);
			SplittableRandom random = new SplittableRandom(seed);
			List<byte[]> messages = messages(random);
			ByteBuffer wire = wire(framing, messages);
			InBackground<Void> sender = InBackground.call(() -> {
				writeInChunks(pair.second(), wire, random.split());
				return null;
			});
			for (byte[] message : messages) {
				if (message.length > 200_000) {
					assertThatExceptionOfType(MessageTooLargeException.class)
						.isThrownBy(() -> receive(connection, random));
				}
				else {
					assertThat(receive(connection, random)).as("seed %d", seed).isEqualTo(ByteBuffer.wrap(message));
				}
			}
			assertThat(connection.receive()).isNull();
			sender.get();
			pair.close();
		}
	}

	/** Sometimes with time-outs that are too short, which must not lose anything. */
	private static ByteBuffer receive(MessageConnection connection, SplittableRandom random) throws IOException {
		while (random.nextBoolean()) {
			try {
				return connection.receive(Duration.ofNanos(random.nextInt(1, 20_000)));
			}
			catch (SocketTimeoutException ex) {
				// Try again.
			}
		}
		return connection.receive();
	}

	private static List<byte[]> messages(SplittableRandom random) {
		List<byte[]> messages = new ArrayList<>();
		int[] bounds = { 1, 2, 10, 100, 5000, 70_000, 300_000 };
		for (int i = 0; i < 150; i++) {
			byte[] message = new byte[random.nextInt(bounds[random.nextInt((i % 10 != 0) ? 5 : 7)])];
			random.nextBytes(message);
			for (int j = 0; j < message.length; j++) {
				message[j] = (message[j] != '\n') ? message[j] : 0;
			}
			messages.add(message);
		}
		return messages;
	}

	private static ByteBuffer wire(Framing framing, List<byte[]> messages) {
		WireFormat format = WireFormat.of(framing);
		int size = messages.stream().mapToInt((message) -> message.length + 64).sum();
		ByteBuffer wire = ByteBuffer.allocate(size);
		for (byte[] message : messages) {
			format.putHeader(message.length, wire);
			format.putTrailer(wire.put(message));
		}
		return wire.flip();
	}

	private static void writeInChunks(PairedSocket socket, ByteBuffer wire, SplittableRandom random)
			throws IOException {
		int end = wire.limit();
		while (wire.position() < end) {
			int largest = random.nextBoolean() ? 10 : 20_000;
			wire.limit(Math.min(end, wire.position() + random.nextInt(1, largest)));
			socket.write(wire);
			if (random.nextInt(20) == 0) {
				Thread.yield();
			}
		}
		socket.shutdownOutput();
	}

	@Test
	void lineFeedsAreFoundWhereverTheyAre() {
		for (ByteBuffer bytes : List.of(ByteBuffer.allocate(40), ByteBuffer.allocateDirect(40))) {
			for (byte filler : new byte[] { 0, '\n' - 1, '\n' + 1, (byte) 0x8a, -1 }) {
				for (int start = 0; start < 9; start++) {
					assertFound(bytes, filler, start);
				}
			}
		}
	}

	private static void assertFound(ByteBuffer bytes, byte filler, int start) {
		for (int index = start; index < 30; index++) {
			fill(bytes, filler);
			bytes.put(index, LineFeed.VALUE).limit(30).position(start);
			assertThat(LineFeed.indexIn(bytes)).isEqualTo(index);
			assertThat(LineFeed.indexIn(bytes.limit(index))).isEqualTo(-1);
		}
	}

	private static void fill(ByteBuffer bytes, byte filler) {
		bytes.clear();
		while (bytes.hasRemaining()) {
			bytes.put(filler);
		}
	}

}
