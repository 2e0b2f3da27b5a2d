package dev.socketpair.process;

import java.io.FileInputStream;
import java.lang.reflect.Proxy;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.socketpair.Errno;
import dev.socketpair.LinuxSocketOptions;
import dev.socketpair.PairedSocket;
import dev.socketpair.PassedDescriptor;
import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairStatistics.Direction;
import dev.socketpair.SocketPairStatistics.End;
import dev.socketpair.SocketPairStatistics.OpenPair;
import dev.socketpair.SocketPairs;
import dev.socketpair.SocketType;
import dev.socketpair.message.Framing;
import dev.socketpair.testsupport.Command;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Standard input and output of a child are two pairs, as they are with pipes and with
 * libuv.
 */
@NothingLeaks
class StandardStreamsContractTests {

	private static final int MUCH = 1_000_000;

	private final SocketPairFactory factory = SocketPairs.factory();

	@AfterEach
	void close() {
		assertThat(this.factory.statistics().openPairs()).isEmpty();
		this.factory.close();
	}

	private SocketPairProcessBuilder python(String program) {
		return Children.python(this.factory, program).attach(Attachment.STDIO).framing(Framing.LINE);
	}

	@Test
	void nothingIsLostOfWhatAChildPrintsThatDoesNotWaitForItsInput() throws Exception {
		try (SocketPairProcess child = python("""
				import os, sys
				os.set_blocking(0, False)
				print("x" * %d, flush=True)
				print("end", flush=True)
				""".formatted(MUCH)).start()) {
			// Room has run out before anything is read here.
			Children.until(() -> child.socket().available() > 100_000);
			assertThat(Children.receive(child)).hasSize(MUCH);
			assertThat(Children.receive(child)).isEqualTo("end");
		}
	}

	@Test
	void asyncioReadsItsInputAndWritesItsOutputAsItDoesWithPipes() throws Exception {
		try (SocketPairProcess child = python("""
				import asyncio, sys
				async def main():
				    loop = asyncio.get_running_loop()
				    reader = asyncio.StreamReader(limit=1 << 24)
				    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
				    transport, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, sys.stdout)
				    writer = asyncio.StreamWriter(transport, protocol, None, loop)
				    while line := await reader.readline():
				        writer.write(line.upper())
				        await writer.drain()
				asyncio.run(main())
				""").start()) {
			for (String message : List.of("one", "two", "x".repeat(MUCH))) {
				InBackground<Void> sender = InBackground.call(() -> {
					child.messages().send(message);
					return null;
				});
				assertThat(Children.receive(child)).isEqualTo(message.toUpperCase(Locale.ROOT));
				sender.get();
			}
			child.stop();
			assertThat(child.lastExit()).isEqualTo(new ExitStatus(0));
		}
	}

	@Test
	void nodeWaitsForInputThatItReadsSynchronously() throws Exception {
		Command.assumeInstalled("node");
		try (SocketPairProcess node = new SocketPairProcessBuilder(this.factory).command("node", "-e", """
				process.stdout;
				const fs = require('fs');
				const buffer = Buffer.alloc(1000);
				for (let count; (count = fs.readSync(0, buffer)) > 0;) fs.writeSync(1, buffer.subarray(0, count));
				""").attach(Attachment.STDIO).framing(Framing.LINE).settleTime(Duration.ofMillis(500)).start()) {
			for (int i = 0; i < 3; i++) {
				node.messages().send("hello " + i);
				assertThat(Children.receive(node)).isEqualTo("hello " + i);
			}
			node.stop();
			assertThat(node.lastExit()).isEqualTo(new ExitStatus(0));
		}
	}

	@Test
	void endOfTheStreamIsSeenWhenAChildThatLivesClosesItsOutput() throws Exception {
		try (SocketPairProcess child = Children.shell(this.factory, "echo last; exec >&-; cat >/dev/null")
			.attach(Attachment.STDIO)
			.start()) {
			PairedSocket socket = child.socket();
			assertThat(socket.inputStream().readNBytes(5)).isEqualTo("last\n".getBytes(StandardCharsets.US_ASCII));
			assertThat(socket.readTimeout(Children.PATIENCE).read(ByteBuffer.allocate(1)))
				.isEqualTo(PairedSocket.END_OF_STREAM);
			assertThat(socket.isHungUp()).isFalse();
			assertThat(child.isAlive()).isTrue();
		}
	}

	@Test
	void writesFailWhenAChildThatLivesClosesItsInput() throws Exception {
		try (SocketPairProcess child = Children.shell(this.factory, "exec <&-; echo closed; exec sleep 600 3>&1")
			.attach(Attachment.STDIO)
			.stopTimeout(Duration.ZERO)
			.start()) {
			PairedSocket socket = child.socket();
			assertThat(socket.inputStream().readNBytes(7)).isEqualTo("closed\n".getBytes(StandardCharsets.US_ASCII));
			assertThatExceptionOfType(SocketPairException.class)
				.isThrownBy(() -> socket.write(ByteBuffer.wrap(new byte[1])))
				.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EPIPE));
			assertThat(child.isAlive()).isTrue();
		}
	}

	@Test
	void childThatClosesBothHasHungUp() throws Exception {
		try (SocketPairProcess child = Children.shell(this.factory, "exec <&- >&-; exec sleep 600")
			.attach(Attachment.STDIO)
			.settleTime(Duration.ZERO)
			.stopTimeout(Duration.ZERO)
			.start()) {
			Children.until(child.socket()::isHungUp);
			assertThat(child.isAlive()).isTrue();
			assertThat(child.socket().isOpen()).isTrue();
			assertThat(child.socket().isReleased()).isFalse();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket", "dgram" })
	void writeOfAChildToItsInputIsAnErrorAndNotLost(String type) throws Exception {
		try (SocketPairProcess child = python("""
				import os
				try:
				    os.write(0, b'x')
				except BrokenPipeError:
				    os.write(1, b'refused\\n')
				""").type(SocketType.of(type)).framing(Framing.defaultFor(SocketType.of(type))).start()) {
			ByteBuffer said = ByteBuffer.allocate(20);
			child.socket().readTimeout(Children.PATIENCE).read(said);
			assertThat(Children.text(said.flip())).isEqualTo("refused\n");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "seqpacket", "dgram" })
	void messagesKeepTheirBoundariesInBothPairs(String type) throws Exception {
		try (SocketPairProcess child = python("""
				import os
				while (data := os.read(0, 100)) != b'end':
				    os.write(1, data.upper())
				    os.write(1, str(len(data)).encode())
				""").type(SocketType.of(type)).framing(Framing.NONE).start()) {
			assertThat(child.socket().options().type()).isEqualTo(SocketType.of(type));
			child.messages().send("one");
			child.messages().send("three");
			for (String answer : List.of("ONE", "3", "THREE", "5")) {
				assertThat(Children.receive(child)).isEqualTo(answer);
			}
			child.socket().send(ByteBuffer.wrap("end".getBytes(StandardCharsets.US_ASCII)));
			Children.until(() -> !child.isAlive());
		}
	}

	@Test
	void descriptorsArePassedToTheInputAndComeFromTheOutput(@TempDir Path directory) throws Exception {
		Path given = Files.writeString(directory.resolve("given"), "from java");
		try (SocketPairProcess child = python("""
				import os, socket
				data, descriptors, flags, address = socket.recv_fds(socket.socket(fileno=0), 100, 4)
				socket.send_fds(socket.socket(fileno=1), [os.read(descriptors[0], 100)], descriptors)
				""").start(); FileInputStream file = new FileInputStream(given.toFile())) {
			PairedSocket socket = child.socket();
			socket.sendDescriptors(ByteBuffer.wrap(new byte[1]), PassedDescriptor.of(file.getFD()));
			List<PassedDescriptor> received = new ArrayList<>();
			ByteBuffer data = ByteBuffer.allocate(9);
			socket.receiveDescriptors(data, received);
			assertThat(Children.text(data.flip())).isEqualTo("from java");
			assertThat(received).hasSize(1);
			received.get(0).close();
		}
	}

	@Test
	void halvesAreShutDownByThemselves() throws Exception {
		try (SocketPairProcess cat = Children.cat(this.factory).start()) {
			PairedSocket socket = cat.socket();
			socket.write(ByteBuffer.wrap("rest".getBytes(StandardCharsets.US_ASCII)));
			assertThat(socket.shutdownOutput()).isSameAs(socket);
			assertThat(socket.isOutputShutdown()).isTrue();
			assertThat(socket.isInputShutdown()).isFalse();
			assertThat(socket.inputStream().readAllBytes()).isEqualTo("rest".getBytes(StandardCharsets.US_ASCII));
			Children.until(() -> !cat.isAlive());
			assertThat(cat.lastExit()).isEqualTo(new ExitStatus(0));
			socket.shutdownInput();
			assertThat(socket.isInputShutdown()).isTrue();
			assertThat(socket.isOpen()).isTrue();
		}
	}

	@Test
	void settingsGoToTheDirectionThatTheyAreFor() throws Exception {
		try (SocketPairProcess cat = Children.cat(this.factory).start()) {
			PairedSocket socket = cat.socket();
			socket.readTimeout(Duration.ofMillis(20)).writeTimeout(Duration.ofSeconds(7));
			assertThat(socket.readTimeout()).isEqualTo(Duration.ofMillis(20));
			assertThat(socket.writeTimeout()).isEqualTo(Duration.ofSeconds(7));
			assertThatExceptionOfType(SocketTimeoutException.class)
				.isThrownBy(() -> socket.read(ByteBuffer.allocate(1)));
			socket.setOption(StandardSocketOptions.SO_SNDBUF, 9000).setOption(StandardSocketOptions.SO_RCVBUF, 7000);
			assertThat(socket.getOption(StandardSocketOptions.SO_SNDBUF)).isEqualTo(9000);
			assertThat(socket.getOption(StandardSocketOptions.SO_RCVBUF)).isEqualTo(7000);
			assertThat(socket.getOption(LinuxSocketOptions.SO_TYPE)).isEqualTo(SocketType.STREAM);
			assertThat(socket.supportedOptions()).contains(StandardSocketOptions.SO_SNDBUF);
			assertThat(socket.peerCredentials().pid()).isEqualTo(ProcessHandle.current().pid());
			socket.configureBlocking(false);
			assertThat(socket.isBlocking()).isFalse();
			assertThat(socket.read(ByteBuffer.allocate(1))).isZero();
			while (socket.write(ByteBuffer.allocate(100_000)) != 0) {
				assertThat(socket.unsent()).isNotNegative();
			}
			Children.until(() -> socket.available() > 0);
		}
	}

	static Stream<String> needingOneDescriptor() {
		return Stream.of("descriptor", "duplicate", "release", "toSocketChannel", "toRedirect");
	}

	@ParameterizedTest
	@MethodSource("needingOneDescriptor")
	void methodThatNeedsOneDescriptorNamesTheAttachmentThatHasIt(String method) throws Exception {
		try (SocketPairProcess cat = Children.cat(this.factory).start()) {
			assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(call(method, cat.socket()))
				.withMessageContainingAll(method, "standard input", "standard output", "'attach: descriptor'");
			cat.messages().send("still there");
			assertThat(Children.receive(cat)).isEqualTo("still there");
		}
	}

	private static ThrowingCallable call(String method, PairedSocket socket) {
		return switch (method) {
			case "descriptor" -> socket::descriptor;
			case "duplicate" -> socket::duplicate;
			case "release" -> socket::release;
			case "toSocketChannel" -> socket::toSocketChannel;
			default -> socket::toRedirect;
		};
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void interruptInOneDirectionClosesBoth(boolean reading) throws Exception {
		try (SocketPairProcess child = Children.shell(this.factory, "exec sleep 600")
			.attach(Attachment.STDIO)
			.stopTimeout(Duration.ZERO)
			.start()) {
			PairedSocket socket = child.socket();
			InBackground<Void> blocked = InBackground.call(() -> {
				if (reading) {
					socket.read(ByteBuffer.allocate(1));
				}
				else {
					socket.write(ByteBuffer.allocate(MUCH));
				}
				return null;
			});
			blocked.untilBlocked().thread().interrupt();
			assertThatExceptionOfType(ClosedByInterruptException.class).isThrownBy(blocked::get);
			assertThat(socket.isOpen()).isFalse();
			assertClosed(socket);
			assertThat(this.factory.statistics().openPairs()).isEmpty();
		}
	}

	@Test
	void closeWakesWhatWaitsInEitherDirection() throws Exception {
		try (SocketPairProcess child = Children.shell(this.factory, "exec sleep 600")
			.attach(Attachment.STDIO)
			.stopTimeout(Duration.ZERO)
			.start()) {
			PairedSocket socket = child.socket();
			InBackground<Integer> reader = InBackground.call(() -> socket.inputStream().read());
			InBackground<Void> writer = InBackground.call(() -> {
				socket.outputStream().write(new byte[MUCH]);
				return null;
			});
			reader.untilBlocked();
			writer.untilBlocked();
			socket.close();
			assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(reader::get);
			assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(writer::get);
			assertClosed(socket);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void closingAStreamClosesTheSocket(boolean input) throws Exception {
		try (SocketPairProcess cat = Children.cat(this.factory).start()) {
			PairedSocket socket = cat.socket();
			assertThat(socket.inputStream()).isSameAs(socket.inputStream());
			assertThat(socket.outputStream()).isSameAs(socket.outputStream());
			(input ? socket.inputStream() : socket.outputStream()).close();
			assertClosed(socket);
		}
	}

	private static void assertClosed(PairedSocket socket) {
		assertThat(socket.isOpen()).isFalse();
		assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(() -> socket.read(ByteBuffer.allocate(1)));
		assertThatExceptionOfType(ClosedChannelException.class)
			.isThrownBy(() -> socket.write(ByteBuffer.wrap(new byte[1])));
	}

	@Test
	void bothPairsHaveTheNameOfTheProcessAndEachCountsItsDirection() throws Exception {
		try (SocketPairProcess cat = Children.cat(this.factory).name("both").start()) {
			cat.socket().write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII)));
			cat.socket().inputStream().readNBytes(5);
			List<OpenPair> pairs = this.factory.statistics().openPairs("both");
			assertThat(pairs).hasSize(2);
			assertThat(pairs).extracting((pair) -> pair.first().bytesSent()).containsExactly(5L, 0L);
			assertThat(pairs).extracting((pair) -> pair.first().bytesReceived()).containsExactly(0L, 5L);
			assertThat(this.factory.statistics().totals()).singleElement().satisfies((totals) -> {
				assertThat(totals.created()).isEqualTo(2);
				assertThat(totals.bytes(End.FIRST, Direction.SENT)).isEqualTo(5);
				assertThat(totals.bytes(End.FIRST, Direction.RECEIVED)).isEqualTo(5);
			});
		}
	}

	@Test
	void standardInputCannotBeOpenedByItsPath() throws Exception {
		try (SocketPairProcess child = Children
			.shell(this.factory, "head -n 1 /dev/stdin 2>/dev/null || echo refused; cat | head -n 1 /dev/stdin")
			.attach(Attachment.STDIO)
			.start()) {
			child.messages().send("hello");
			assertThat(Children.receive(child)).isEqualTo("refused");
			assertThat(Children.receive(child)).isEqualTo("hello");
		}
	}

	/** One pair is there when the descriptors run out. */
	@Test
	void nothingIsLeftWhereTheSecondPairCannotBeMade() {
		AtomicInteger created = new AtomicInteger();
		SocketPairFactory failing = (SocketPairFactory) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { SocketPairFactory.class }, (proxy, method, arguments) -> {
					if (method.getName().equals("create") && created.incrementAndGet() == 2) {
						throw new SocketPairException("socketpair", Errno.EMFILE.number(), null);
					}
					return method.invoke(this.factory, arguments);
				});
		try (SocketPairProcess cat = Children.cat(failing).build()) {
			assertThatExceptionOfType(SocketPairException.class).isThrownBy(cat::start);
		}
		assertThat(this.factory.statistics().openPairs()).isEmpty();
	}

}
