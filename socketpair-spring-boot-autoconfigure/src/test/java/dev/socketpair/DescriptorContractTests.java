package dev.socketpair;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.NativeBinding;
import dev.socketpair.testsupport.ChildJvm;
import dev.socketpair.testsupport.Command;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import dev.socketpair.testsupport.Pairs;
import dev.socketpair.testsupport.Resources;
import dev.socketpair.testsupport.Sockets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Descriptors that come, go and are passed on.
 */
@NothingLeaks
class DescriptorContractTests {

	@RegisterExtension
	final Pairs pairs = new Pairs();

	private final Libc libc = NativeBinding.fromSystemProperty().load();

	@TempDir
	private Path directory;

	private static String read(PairedSocket socket) throws IOException {
		ByteBuffer dst = ByteBuffer.allocate(1000);
		socket.read(dst);
		return StandardCharsets.UTF_8.decode(dst.flip()).toString();
	}

	private static int closeOnExec(Libc libc, int number) {
		return libc.fcntl(number, LinuxAbi.F_GETFD, 0) & LinuxAbi.FD_CLOEXEC;
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "seqpacket" })
	void descriptorsArePassedWithTheMessage(String type) throws IOException {
		Path file = Files.writeString(this.directory.resolve("file"), "content");
		SocketPair pair = this.pairs.of(type);
		for (ByteBuffer data : List.of(Sockets.bytes("take"),
				ByteBuffer.allocateDirect(4).put(Sockets.bytes("take")).flip())) {
			try (FileInputStream in = new FileInputStream(file.toFile())) {
				assertThat(pair.first().sendDescriptors(data, PassedDescriptor.of(in.getFD()))).isEqualTo(4);
			}
			List<PassedDescriptor> received = new ArrayList<>();
			ByteBuffer into = data.isDirect() ? ByteBuffer.allocateDirect(9) : ByteBuffer.allocate(9);
			assertThat(pair.second().receiveDescriptors(into, received)).isEqualTo(4);
			assertThat(into.flip()).isEqualTo(Sockets.bytes("take"));
			assertThat(received).hasSize(1);
			assertThat(closeOnExec(this.libc, received.get(0).number())).isNotZero();
			try (PassedDescriptor descriptor = received.get(0);
					FileInputStream in = new FileInputStream(descriptor.fileDescriptor())) {
				assertThat(in.readAllBytes()).asString().isEqualTo("content");
				descriptor.release();
			}
		}
	}

	@Test
	void messageMayComeWithoutDescriptors() throws IOException {
		SocketPair pair = this.pairs.of("seqpacket");
		List<PassedDescriptor> received = new ArrayList<>();
		pair.first().send(Sockets.bytes(""));
		pair.first().close();
		assertThat(pair.second().receiveDescriptors(ByteBuffer.allocate(9), received)).isZero();
		assertThat(pair.second().receiveDescriptors(ByteBuffer.allocate(9), received))
			.isEqualTo(PairedSocket.END_OF_STREAM);
		assertThat(received).isEmpty();
	}

	@Test
	void emptyMessageCanCarryDescriptors() throws IOException {
		SocketPair pair = this.pairs.of("seqpacket");
		pair.first().sendDescriptors(Sockets.bytes(""), PassedDescriptor.of(0));
		List<PassedDescriptor> received = new ArrayList<>();
		assertThat(pair.second().receiveDescriptors(ByteBuffer.allocate(9), received)).isZero();
		assertThat(received).hasSize(1);
		received.get(0).close();
		received.get(0).close();
		assertThatIllegalStateException().isThrownBy(() -> received.get(0).number());
		assertThatIllegalStateException().isThrownBy(() -> received.get(0).release());
	}

	@Test
	void asManyDescriptorsAsTheKernelTakesArePassed() throws IOException {
		SocketPair pair = this.pairs.of("stream");
		pair.first().sendDescriptors(Sockets.bytes("x"), standardInput(253));
		List<PassedDescriptor> received = new ArrayList<>();
		assertThat(pair.second().receiveDescriptors(ByteBuffer.allocate(1), received)).isOne();
		assertThat(received).hasSize(253);
		for (PassedDescriptor descriptor : received) {
			descriptor.close();
		}
	}

	@Test
	void tooManyDescriptorsAreRefusedBeforeTheCall() throws IOException {
		SocketPair pair = this.pairs.of("stream");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> pair.first().sendDescriptors(Sockets.bytes("x"), standardInput(254)))
			.withMessageContainingAll("253", "254");
		assertThat(pair.second().available()).isZero();
		assertThatIllegalArgumentException()
			.isThrownBy(() -> pair.first().sendDescriptors(Sockets.bytes(""), standardInput(1)))
			.withMessageContaining("data");
	}

	private static PassedDescriptor[] standardInput(int count) {
		return IntStream.range(0, count).mapToObj((i) -> PassedDescriptor.of(0)).toArray(PassedDescriptor[]::new);
	}

	@Test
	void wouldBlockSendsNeitherDataNorDescriptors() throws IOException {
		SocketPair pair = this.pairs.of("stream");
		pair.first().configureBlocking(false);
		while (pair.first().write(ByteBuffer.allocate(1000)) > 0) {
			// Until it is full.
		}
		ByteBuffer data = Sockets.bytes("take");
		assertThat(pair.first().sendDescriptors(data, PassedDescriptor.of(0))).isEqualTo(PairedSocket.WOULD_BLOCK);
		assertThat(data.remaining()).isEqualTo(4);
		pair.second().configureBlocking(false);
		List<PassedDescriptor> received = new ArrayList<>();
		while (pair.second().receiveDescriptors(ByteBuffer.allocate(1000), received) > 0) {
			assertThat(received).isEmpty();
		}
		assertThat(pair.first().sendDescriptors(data, PassedDescriptor.of(0))).isEqualTo(4);
		assertThat(pair.second().receiveDescriptors(ByteBuffer.allocate(1000), received)).isEqualTo(4);
		assertThat(received).hasSize(1);
		received.get(0).close();
	}

	@Test
	void descriptorsOfATruncatedMessageAreClosed() throws IOException {
		SocketPair pair = this.pairs.of("seqpacket");
		pair.first().sendDescriptors(Sockets.bytes("too long"), standardInput(3));
		List<PassedDescriptor> received = new ArrayList<>();
		int before = Resources.descriptorCount();
		assertThatExceptionOfType(MessageTruncatedException.class)
			.isThrownBy(() -> pair.second().receiveDescriptors(ByteBuffer.allocate(2), received));
		assertThat(received).isEmpty();
		assertThat(Resources.descriptorCount()).isLessThanOrEqualTo(before);
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "seqpacket" })
	void anyOtherWayOfReadingDropsDescriptorsAndLeaksNothing(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		int before = Resources.descriptorCount();
		for (int i = 0; i < 4; i++) {
			pair.first().sendDescriptors(Sockets.bytes("x"), standardInput(3));
		}
		assertThat(pair.second().peek(ByteBuffer.allocate(9))).isOne();
		assertThat(pair.second().read(ByteBuffer.allocate(1))).isOne();
		assertThat(pair.second().read(ByteBuffer.allocateDirect(1))).isOne();
		assertThat(pair.second().read(new ByteBuffer[] { ByteBuffer.allocate(1) })).isOne();
		assertThat(pair.second().inputStream().read()).isEqualTo('x');
		assertThat(Resources.descriptorCount()).isLessThanOrEqualTo(before);
	}

	@Test
	void descriptorsThatTheCallersCollectionRefusesAreClosed() throws IOException {
		SocketPair pair = this.pairs.of("stream");
		int before = Resources.descriptorCount();
		pair.first().sendDescriptors(Sockets.bytes("x"), standardInput(3));
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> pair.second().receiveDescriptors(ByteBuffer.allocate(9), List.of()));
		assertThat(Resources.descriptorCount()).isLessThanOrEqualTo(before);
	}

	@Test
	void bufferWithoutRoomForDescriptorsOfAStreamIsRefused() throws IOException {
		SocketPair pair = this.pairs.of("stream");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> pair.second().receiveDescriptors(ByteBuffer.allocate(0), new ArrayList<>()))
			.withMessageContaining("data");
	}

	@Test
	void descriptorsThatHaveNoRoomAreClosedAndTold() {
		ChildJvm child = ChildJvm.run(ChildJvm.commandWithLimit(64, ReceiveTooMany.class));
		assertThat(child.output()).contains("EMFILE").contains("received: 0").contains("left as before: true");
		assertThat(child.status()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket" })
	void releasedDescriptorIsTheCallers(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		int number = pair.first().descriptor();
		assertThat(pair.first().release()).isEqualTo(number);
		assertThat(pair.first().isOpen()).isFalse();
		assertThatExceptionOfType(ClosedChannelException.class)
			.isThrownBy(() -> pair.first().write(Sockets.bytes("x")));
		assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(() -> pair.first().release());
		pair.second().configureBlocking(false);
		assertThat(pair.second().read(ByteBuffer.allocate(1))).isZero();
		pair.first().close();
		assertThat(pair.second().read(ByteBuffer.allocate(1))).isZero();
		assertThat(this.libc.close(number)).isZero();
		assertThat(pair.second().read(ByteBuffer.allocate(1))).isEqualTo(-1);
	}

	@Test
	void givenAwayEndCarriesNoTimestampsThatItWasNotAskedFor() throws IOException {
		SocketPair pair = this.pairs.of("seqpacket");
		pair.second().write(Sockets.bytes("x"));
		assertThat(read(pair.first())).isEqualTo("x");
		assertThat(isTimestamped(pair.first().descriptor())).isTrue();
		pair.first().toRedirect();
		assertThat(isTimestamped(pair.first().descriptor())).isFalse();
		pair.second().write(Sockets.bytes("y"));
		assertThat(read(pair.first())).isEqualTo("y");
		int number = pair.first().release();
		assertThat(isTimestamped(number)).isFalse();
		assertThat(this.libc.close(number)).isZero();
	}

	@Test
	void givenAwayEndCarriesNoTimestampsThatADuplicateAskedFor() throws IOException {
		SocketPair pair = this.pairs.of("seqpacket");
		try (PairedSocket duplicate = pair.first().duplicate()) {
			pair.second().write(Sockets.bytes("x"));
			assertThat(read(duplicate)).isEqualTo("x");
		}
		assertThat(isTimestamped(pair.first().descriptor())).isTrue();
		int number = pair.first().release();
		assertThat(isTimestamped(number)).isFalse();
		assertThat(this.libc.close(number)).isZero();
	}

	private boolean isTimestamped(int number) {
		ByteBuffer memory = ByteBuffer.allocateDirect(2 * Integer.BYTES).order(ByteOrder.nativeOrder());
		memory.putInt(Integer.BYTES, Integer.BYTES);
		long address = this.libc.addressOf(memory);
		assertThat(this.libc.getsockopt(number, LinuxAbi.SOL_SOCKET, LinuxAbi.SO_TIMESTAMP, address,
				address + Integer.BYTES))
			.isZero();
		return memory.getInt(0) != 0;
	}

	@Test
	void dataThatDoesNotFitAtOnceFollowsTheDescriptors() throws Exception {
		SocketPair pair = this.pairs.of("stream");
		pair.first().writeTimeout(Duration.ofMinutes(1));
		int length = 3_000_000;
		InBackground<Integer> sender = InBackground
			.call(() -> pair.first().sendDescriptors(ByteBuffer.allocate(length), PassedDescriptor.of(0)));
		List<PassedDescriptor> received = new ArrayList<>();
		ByteBuffer data = ByteBuffer.allocate(length);
		while (data.hasRemaining()) {
			assertThat(pair.second().receiveDescriptors(data, received)).isPositive();
		}
		assertThat(sender.get()).isEqualTo(length);
		assertThat(received).hasSize(1);
		received.get(0).close();
	}

	@Test
	void releaseWakesBlockedCallersAndKeepsTheConnection() throws Exception {
		SocketPair pair = this.pairs.of("stream");
		InBackground<Integer> reader = InBackground.call(() -> pair.first().read(ByteBuffer.allocate(1)));
		reader.untilBlocked();
		int number = pair.first().release();
		assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(reader::get);
		assertThat(closeOnExec(this.libc, number)).isNotZero();
		try (PairedSocket again = this.pairs.factory().adopt(number)) {
			pair.second().write(Sockets.bytes("still connected"));
			assertThat(read(again)).isEqualTo("still connected");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "seqpacket" })
	void adoptedDescriptorTellsWhatItIs(String type) throws IOException {
		SocketPair pair = this.pairs.factory()
			.create(SocketPairOptions.builder().type(SocketType.of(type)).flags(SocketFlag.NONBLOCK).build());
		int number = pair.first().release();
		assertThat(closeOnExec(this.libc, number)).isZero();
		try (PairedSocket adopted = this.pairs.factory().adopt(number)) {
			assertThat(adopted.options().domain()).isEqualTo(SocketDomain.UNIX);
			assertThat(adopted.options().type()).isEqualTo(SocketType.of(type));
			assertThat(adopted.isBlocking()).isFalse();
			assertThat(adopted.descriptor()).isEqualTo(number);
			assertThat(closeOnExec(this.libc, number)).isNotZero();
			pair.second().write(Sockets.bytes("x"));
			assertThat(read(adopted)).isEqualTo("x");
			assertThat(this.pairs.factory().statistics().openPairs()).hasSize(2);
		}
		assertThat(this.pairs.factory().statistics().openPairs()).hasSize(1);
	}

	@Test
	void whatIsNoSocketIsNotAdopted() throws IOException {
		assertThatExceptionOfType(SocketPairException.class).isThrownBy(() -> this.pairs.factory().adopt(-1))
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EBADF));
		try (FileInputStream file = new FileInputStream("/proc/self/status")) {
			int number = PassedDescriptor.of(file.getFD()).number();
			assertThatExceptionOfType(SocketPairException.class).isThrownBy(() -> this.pairs.factory().adopt(number))
				.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.ENOTSOCK));
			assertThat(file.read()).isPositive();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket" })
	void channelOfTheJdkTakesTheDescriptorOver(String type) throws IOException {
		SocketPair pair = this.pairs.of(type);
		pair.second().write(Sockets.bytes("before"));
		try (SocketChannel channel = pair.first().toSocketChannel()) {
			assertThat(pair.first().isOpen()).isFalse();
			assertThat(channel.isConnected()).isTrue();
			assertThat(channel.isBlocking()).isTrue();
			ByteBuffer dst = ByteBuffer.allocate(10);
			assertThat(channel.read(dst)).isEqualTo(6);
			channel.write(Sockets.bytes("answer"));
			assertThat(read(pair.second())).isEqualTo("answer");
			try (Selector selector = Selector.open()) {
				channel.configureBlocking(false);
				channel.register(selector, SelectionKey.OP_READ);
				assertThat(selector.selectNow()).isZero();
				pair.second().write(Sockets.bytes("x"));
				assertThat(selector.select()).isOne();
			}
			channel.shutdownOutput();
			assertThat(pair.second().read(dst)).isEqualTo(-1);
		}
	}

	@Test
	void channelOfTheJdkWakesBlockedCallersOfTheSocket() throws Exception {
		SocketPair pair = this.pairs.of("stream");
		InBackground<Integer> reader = InBackground.call(() -> pair.first().read(ByteBuffer.allocate(1)));
		reader.untilBlocked();
		try (SocketChannel channel = pair.first().toSocketChannel()) {
			assertThatExceptionOfType(AsynchronousCloseException.class).isThrownBy(reader::get);
			pair.second().write(Sockets.bytes("x"));
			assertThat(channel.read(ByteBuffer.allocate(9))).isOne();
		}
	}

	@Test
	void channelOfTheJdkStartsInTheModeOfTheSocket() throws IOException {
		SocketPair pair = this.pairs.factory().create(SocketPairOptions.builder().nonBlocking(true).build());
		pair.second().configureBlocking(true);
		try (SocketChannel nonBlocking = pair.first().toSocketChannel();
				SocketChannel blocking = pair.second().toSocketChannel()) {
			assertThat(nonBlocking.read(ByteBuffer.allocate(1))).isZero();
			assertThat(blocking.isBlocking()).isTrue();
			nonBlocking.write(Sockets.bytes("x"));
			assertThat(blocking.read(ByteBuffer.allocate(1))).isOne();
		}
	}

	@Test
	void channelIsFoundWhileOtherThreadsOpenSockets() throws Exception {
		InBackground<Integer> noise = InBackground.call(() -> {
			for (int i = 0; i < 3000; i++) {
				this.pairs.factory().create().close();
			}
			return 0;
		});
		for (int i = 0; i < 100; i++) {
			SocketPair pair = this.pairs.of("stream");
			try (SocketChannel channel = pair.first().toSocketChannel()) {
				channel.write(Sockets.bytes("" + i));
				assertThat(read(pair.second())).isEqualTo("" + i);
			}
			assertThat(pair.second().read(ByteBuffer.allocate(1))).isEqualTo(-1);
			pair.close();
		}
		assertThat(noise.get()).isZero();
	}

	@Test
	void datagramsHaveNoChannel() throws IOException {
		SocketPair pair = this.pairs.of("dgram");
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> pair.first().toSocketChannel())
			.withMessageContaining("dgram");
		assertThat(pair.first().isOpen()).isTrue();
	}

	@Test
	void unusableTemporaryDirectoryIsToldAndTheSocketStaysOpen() throws IOException {
		SocketPair pair = this.pairs.of("stream");
		ChildJvm child = ChildJvm.run(ChildJvm.command(List.of("-Djava.io.tmpdir=" + ChildJvm.NO_DIRECTORY),
				ChannelWithoutTemporaryDirectory.class));
		assertThat(child.output()).contains(ChildJvm.NO_DIRECTORY).contains("-Djava.io.tmpdir").contains("open: true");
		pair.close();
	}

	@Test
	void temporaryDirectoryWithALongPathIsToldAndTheSocketStaysOpen() throws IOException {
		Path deep = Files.createDirectory(this.directory.resolve("d".repeat(100)));
		ChildJvm child = ChildJvm
			.run(ChildJvm.command(List.of("-Djava.io.tmpdir=" + deep), ChannelWithoutTemporaryDirectory.class));
		assertThat(child.output()).contains(deep.toString())
			.contains("at most 106 bytes")
			.contains("-Djava.io.tmpdir")
			.contains("open: true");
		assertThat(deep).isEmptyDirectory();
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "seqpacket" })
	void childProcessReadsAndWritesItsEnd(String type) throws Exception {
		SocketPair pair = this.pairs.of(type);
		PairedSocket output = pair.second().duplicate();
		Process cat = new ProcessBuilder("cat").redirectInput(pair.second().toRedirect())
			.redirectOutput(output.toRedirect())
			.start();
		cat.getErrorStream().close();
		pair.second().close();
		output.close();
		pair.first().write(Sockets.bytes("to cat and back"));
		assertThat(read(pair.first())).isEqualTo("to cat and back");
		if (type.equals("dgram")) {
			cat.destroy();
			assertThat(cat.waitFor(20, TimeUnit.SECONDS)).isTrue();
		}
		else {
			pair.first().shutdownOutput();
			assertThat(pair.first().read(ByteBuffer.allocate(1))).isEqualTo(-1);
			assertThat(cat.waitFor()).isZero();
		}
	}

	@Test
	void nonBlockingEndIsNotGivenToAChild() throws IOException {
		SocketPair pair = this.pairs.factory().create(SocketPairOptions.builder().nonBlocking(true).build());
		assertThatExceptionOfType(IllegalBlockingModeException.class).isThrownBy(() -> pair.first().toRedirect());
	}

	@Test
	void descriptorsArePassedToPythonAndBack() throws Exception {
		Command.assumeInstalled("python3");
		Path file = Files.writeString(this.directory.resolve("file"), "from java");
		SocketPair pair = this.pairs.of("seqpacket");
		Process python = new ProcessBuilder("python3", "-c", """
				import os, socket
				s = socket.socket(fileno=0)
				data, fds, flags, address = socket.recv_fds(s, 100, 10)
				text = os.read(fds[0], 100)
				r, w = os.pipe()
				os.write(w, text.upper())
				os.close(w)
				socket.send_fds(s, [data[::-1]], [r])
				""").redirectInput(pair.second().toRedirect())
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		pair.second().close();
		try (FileInputStream in = new FileInputStream(file.toFile())) {
			pair.first().sendDescriptors(Sockets.bytes("abc"), PassedDescriptor.of(in.getFD()));
		}
		List<PassedDescriptor> received = new ArrayList<>();
		ByteBuffer data = ByteBuffer.allocate(100);
		assertThat(pair.first().receiveDescriptors(data, received)).isEqualTo(3);
		assertThat(data.flip()).isEqualTo(Sockets.bytes("cba"));
		try (FileInputStream in = new FileInputStream(received.get(0).fileDescriptor())) {
			byte[] text = new byte[100];
			assertThat(new String(text, 0, in.read(text), StandardCharsets.UTF_8)).isEqualTo("FROM JAVA");
		}
		received.get(0).release();
		assertThat(python.waitFor()).isZero();
	}

	@Test
	void secondJavaTakesOverWhatItsParentAnnounces() throws Exception {
		SocketPair pair = this.pairs.of("seqpacket");
		ProcessBuilder builder = new ProcessBuilder(ChildJvm.command(List.of(), Inherit.class))
			.redirectInput(pair.second().toRedirect())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD);
		builder.environment().put("SOCKETPAIR_FD", "0");
		Process child = builder.start();
		pair.second().close();
		pair.first().write(Sockets.bytes("question"));
		assertThat(read(pair.first())).isEqualTo("QUESTION");
		assertThat(pair.first().read(ByteBuffer.allocate(1))).isEqualTo(-1);
		assertThat(child.waitFor()).isZero();
	}

	@Test
	void badAnnouncementIsRefusedWithItsValue() {
		for (String value : List.of("x", "77")) {
			List<String> command = new ArrayList<>(List.of("env", "SOCKETPAIR_FD=" + value));
			command.addAll(ChildJvm.command(List.of(), Inherit.class));
			ChildJvm child = ChildJvm.run(command);
			assertThat(child.output()).contains("SOCKETPAIR_FD").contains("'" + value + "'");
			assertThat(child.status()).isNotZero();
		}
	}

	@Test
	void withoutAnnouncementNothingIsInherited() {
		assertThat(SocketPairs.inherited()).isEmpty();
	}

	/** Takes over the announced socket and answers in upper case. */
	public static final class Inherit {

		private Inherit() {
		}

		/**
		 * Run it.
		 * @param arguments none
		 * @throws IOException if it fails
		 */
		public static void main(String[] arguments) throws IOException {
			try (PairedSocket socket = SocketPairs.inherited().orElseThrow()) {
				if (SocketPairs.inherited().orElseThrow() != socket) {
					throw new IllegalStateException("Not the same socket");
				}
				ByteBuffer question = ByteBuffer.allocate(100);
				socket.receive(question);
				String text = StandardCharsets.UTF_8.decode(question.flip()).toString();
				socket.send(Sockets.bytes(text.toUpperCase(Locale.ROOT)));
			}
		}

	}

	/** Asks for a channel where no directory for it can be made. */
	public static final class ChannelWithoutTemporaryDirectory {

		private ChannelWithoutTemporaryDirectory() {
		}

		/**
		 * Run it.
		 * @param arguments none
		 * @throws IOException if it fails
		 */
		public static void main(String[] arguments) throws IOException {
			System.setProperty("jna.tmpdir", "/tmp");
			SocketPair pair = SocketPairs.factory().create();
			try {
				pair.first().toSocketChannel();
			}
			catch (IOException ex) {
				System.out.println(ex.getMessage());
			}
			System.out.println("open: " + pair.first().isOpen());
		}

	}

	/** Gets more descriptors than it has room for. */
	public static final class ReceiveTooMany {

		private ReceiveTooMany() {
		}

		/**
		 * Run it.
		 * @param arguments none
		 * @throws IOException if it fails
		 */
		public static void main(String[] arguments) throws IOException {
			SocketPairFactory factory = SocketPairs.factory();
			SocketPair pair = factory.create();
			List<PassedDescriptor> received = new ArrayList<>();
			int before = Resources.descriptorCount();
			pair.first().sendDescriptors(Sockets.bytes("x"), standardInput(60));
			try {
				pair.second().receiveDescriptors(ByteBuffer.allocate(10), received);
			}
			catch (SocketPairException ex) {
				System.out.println(ex.getMessage());
			}
			System.out.println("received: " + received.size());
			System.out.println("left as before: " + (Resources.descriptorCount() == before)
					+ Arrays.toString(Resources.descriptors().keySet().toArray()));
			pair.close();
		}

	}

}
