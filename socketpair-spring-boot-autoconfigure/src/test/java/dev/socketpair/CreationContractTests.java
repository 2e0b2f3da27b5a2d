package dev.socketpair;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;

import dev.socketpair.SocketPairStatistics.Direction;
import dev.socketpair.SocketPairStatistics.End;
import dev.socketpair.SocketPairStatistics.Totals;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.NativeBinding;
import dev.socketpair.nio.NativeSocketPairFactory;
import dev.socketpair.testsupport.ChildJvm;
import dev.socketpair.testsupport.Command;
import dev.socketpair.testsupport.LogCapture;
import dev.socketpair.testsupport.NothingLeaks;
import dev.socketpair.testsupport.Resources;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Making and closing pairs.
 */
@NothingLeaks
class CreationContractTests {

	@RegisterExtension
	private final LogCapture log = new LogCapture(NativeSocketPairFactory.class);

	private static final int MANY = 20_000;

	private final Libc libc = NativeBinding.fromSystemProperty().load();

	private SocketPairFactory factory;

	@BeforeEach
	void open() {
		this.factory = SocketPairs.factory();
	}

	@AfterEach
	void close() {
		this.factory.close();
	}

	@Test
	void bindingIsTheOneThatWasAskedFor() {
		assertThat(this.factory.nativeBinding()).isEqualTo(System.getProperty(NativeBinding.PROPERTY));
	}

	@Test
	void unknownBindingIsRefusedWithThePropertyAndTheChoices() {
		String before = System.getProperty(NativeBinding.PROPERTY);
		System.setProperty(NativeBinding.PROPERTY, "jni");
		try {
			assertThatIllegalArgumentException().isThrownBy(SocketPairs::factory)
				.withMessageContainingAll("socketpair.native-binding", "'jni'", "auto, foreign, jna");
		}
		finally {
			System.setProperty(NativeBinding.PROPERTY, before);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "seqpacket" })
	void flagsAreSetOnBothEndsByTheSameCall(String type) throws IOException {
		for (Set<SocketFlag> flags : List.of(EnumSet.noneOf(SocketFlag.class), EnumSet.of(SocketFlag.CLOEXEC),
				EnumSet.of(SocketFlag.NONBLOCK), EnumSet.allOf(SocketFlag.class))) {
			SocketPairOptions options = SocketPairOptions.builder()
				.type(SocketType.of(type))
				.flags(flags.toArray(SocketFlag[]::new))
				.build();
			try (SocketPair pair = this.factory.create(options)) {
				for (PairedSocket socket : List.of(pair.first(), pair.second())) {
					assertThat(flagsOf(socket)).isEqualTo(flags);
					assertThat(socket.isBlocking()).isEqualTo(!flags.contains(SocketFlag.NONBLOCK));
				}
			}
		}
	}

	@Test
	void flagBitsInTheTypeCountAsFlags() throws IOException {
		SocketPairOptions options = SocketPairOptions.builder()
			.type(SocketType.of(SocketType.SEQPACKET.value() | SocketFlag.NONBLOCK.value()))
			.flags()
			.build();
		assertThat(options.flags()).containsExactly(SocketFlag.NONBLOCK);
		try (SocketPair pair = this.factory.create(options)) {
			assertThat(flagsOf(pair.first())).containsExactly(SocketFlag.NONBLOCK);
			assertThat(pair.first().isBlocking()).isFalse();
			assertThat(pair.first().getOption(LinuxSocketOptions.SO_TYPE)).isEqualTo(SocketType.SEQPACKET);
		}
	}

	private Set<SocketFlag> flagsOf(PairedSocket socket) {
		Set<SocketFlag> flags = EnumSet.noneOf(SocketFlag.class);
		if ((this.libc.fcntl(socket.descriptor(), LinuxAbi.F_GETFD, 0) & LinuxAbi.FD_CLOEXEC) != 0) {
			flags.add(SocketFlag.CLOEXEC);
		}
		if ((this.libc.fcntl(socket.descriptor(), LinuxAbi.F_GETFL, 0) & LinuxAbi.O_NONBLOCK) != 0) {
			flags.add(SocketFlag.NONBLOCK);
		}
		return flags;
	}

	@Test
	void manyPairsThatAreClosedLeaveNoDescriptor() throws IOException {
		int before = Resources.descriptorCount();
		for (int i = 0; i < MANY; i++) {
			this.factory.create().close();
		}
		assertThat(Resources.descriptorCount()).isLessThanOrEqualTo(before);
		assertThat(this.factory.statistics().openPairs()).isEmpty();
		assertThat(this.factory.statistics().totals()).singleElement()
			.satisfies((totals) -> assertThat(totals.created()).isEqualTo(MANY))
			.satisfies((totals) -> assertThat(totals.open()).isZero());
	}

	@Test
	void manyPairsThatFailLeaveNoDescriptor() {
		int before = Resources.descriptorCount();
		SocketPairOptions refused = SocketPairOptions.builder().domain(SocketDomain.INET).build();
		for (int i = 0; i < MANY; i++) {
			assertThatExceptionOfType(SocketPairException.class).isThrownBy(() -> this.factory.create(refused));
		}
		assertThat(Resources.descriptorCount()).isLessThanOrEqualTo(before);
		assertThat(this.factory.statistics().failures()).singleElement()
			.satisfies((failures) -> assertThat(failures.count()).isEqualTo(MANY));
	}

	@Test
	void creationIsOneSystemCallWithTheFlagsInIt() {
		Command.assumeInstalled("strace");
		List<String> command = new ArrayList<>(
				List.of("strace", "-f", "-e", "trace=socketpair,fcntl,socket,getcwd", "-o", "/dev/stdout"));
		command.addAll(ChildJvm.command(List.of(), CreateOne.class));
		ChildJvm child = ChildJvm.run(command);
		assertThat(child.status()).isZero();
		String[] lines = child.output().split("\n");
		assertThat(between(lines, "created 7")).singleElement()
			.asString()
			.contains("socketpair(AF_UNIX, SOCK_SEQPACKET|SOCK_CLOEXEC|SOCK_NONBLOCK, 0, [");
	}

	private static List<String> between(String[] lines, String marker) {
		List<String> result = new ArrayList<>();
		boolean inside = false;
		for (String line : lines) {
			if (line.contains("EAFNOSUPPORT")) {
				inside = !inside;
			}
			else if (inside && !line.contains(marker)) {
				result.add(line);
			}
		}
		return result;
	}

	@Test
	void closingTheFactoryClosesWhatItStillOwns() throws IOException {
		SocketPair open = this.factory.create();
		SocketPair halfOpen = this.factory.create();
		halfOpen.first().close();
		this.factory.close();
		assertThat(open.isOpen()).isFalse();
		assertThat(halfOpen.isOpen()).isFalse();
		assertThatIllegalStateException().isThrownBy(() -> this.factory.create()).withMessageContaining("closed");
	}

	@Test
	void closingIsIdempotent() throws IOException {
		SocketPair pair = this.factory.create();
		pair.close();
		pair.close();
		pair.first().close();
		assertThat(this.factory.statistics().totals()).singleElement()
			.satisfies((totals) -> assertThat(totals.open()).isZero());
	}

	@Test
	void descriptorOfClosedSocketIsRefused() throws IOException {
		SocketPair pair = this.factory.create();
		pair.close();
		assertThatIllegalStateException().isThrownBy(() -> pair.first().descriptor());
	}

	@Test
	void sendBufferSizeIsGranted() throws IOException {
		try (SocketPair pair = this.factory.create(SocketPairOptions.builder().sendBufferSize(65536).build())) {
			assertThat(pair.first().getOption(StandardSocketOptions.SO_SNDBUF)).isEqualTo(65536);
			assertThat(pair.second().getOption(StandardSocketOptions.SO_SNDBUF)).isEqualTo(65536);
		}
	}

	@Test
	void clampedSendBufferSizeIsLoggedOnceWithWhatWasAskedAndGranted() throws IOException {
		int asked = 1 << 30;
		int granted = 0;
		for (int i = 0; i < 3; i++) {
			try (SocketPair pair = this.factory.create(SocketPairOptions.builder().sendBufferSize(asked).build())) {
				granted = pair.second().getOption(StandardSocketOptions.SO_SNDBUF);
			}
		}
		assumeTrue(granted < asked, "net.core.wmem_max is larger than any buffer");
		assertThat(this.log.records()).hasSize(1);
		assertThat(this.log.records().get(0).getParameters()).isNullOrEmpty();
		assertThat(this.log.records().get(0).getMessage()).contains(Integer.toString(asked), Integer.toString(granted),
				"net.core.wmem_max", "'socketpair.send-buffer-size'");
		assertThat(this.log.records().get(0).getLevel()).isEqualTo(Level.WARNING);
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "seqpacket" })
	void everyOperationThatMovedSomethingIsCountedOnceWithItsBytes(String type) throws IOException {
		SocketPair pair = this.factory.create(SocketPairOptions.builder().type(SocketType.of(type)).build());
		pair.first().write(ByteBuffer.allocate(3));
		pair.first().write(new ByteBuffer[] { ByteBuffer.allocate(4), ByteBuffer.allocateDirect(5) });
		pair.first().write(ByteBuffer.allocate(0));
		pair.second().peek(ByteBuffer.allocate(20));
		pair.second().read(ByteBuffer.allocate(3));
		pair.second().read(new ByteBuffer[] { ByteBuffer.allocate(4), ByteBuffer.allocateDirect(8) });
		pair.second().configureBlocking(false);
		pair.second().read(ByteBuffer.allocate(1));
		pair.second().write(ByteBuffer.allocate(1));
		assertThat(this.factory.statistics().totals()).singleElement()
			.satisfies((totals) -> assertMoved(totals, End.FIRST, Direction.SENT, 2, 12))
			.satisfies((totals) -> assertMoved(totals, End.SECOND, Direction.RECEIVED, 2, 12))
			.satisfies((totals) -> assertMoved(totals, End.SECOND, Direction.SENT, 1, 1))
			.satisfies((totals) -> assertMoved(totals, End.FIRST, Direction.RECEIVED, 0, 0));
		assertThat(this.factory.statistics().failures()).isEmpty();
	}

	private static void assertMoved(Totals totals, End end, Direction direction, long operations, long bytes) {
		assertThat(totals.operations(end, direction)).isEqualTo(operations);
		assertThat(totals.bytes(end, direction)).isEqualTo(bytes);
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\nb", "a\tb", "\u001b[31m", "a\u0085", "a\u2028b", "\u007f" })
	void nameThatForgesLinesOfALogIsRefused(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> SocketPairOptions.builder().name(name))
			.withMessageMatching("'name' must not have control characters, but is '[\\p{Print}\t]+'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a b", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\ud83d\ude00", "" })
	void nameOfAnyLanguageIsTaken(String name) {
		assertThat(SocketPairOptions.builder().name(name).build().name()).isEqualTo(name);
	}

	@Test
	void badSendBufferSizeIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> SocketPairOptions.builder().sendBufferSize(-1))
			.withMessageContainingAll("sendBufferSize", "-1");
	}

	@Test
	void openPairsAreSeenWithWhatTheyMoved() throws IOException {
		SocketPairOptions options = SocketPairOptions.builder().name("seen").type(SocketType.DGRAM).build();
		try (SocketPair pair = this.factory.create(options)) {
			pair.first().write(ByteBuffer.allocate(5));
			pair.second().read(ByteBuffer.allocate(9));
			assertThat(this.factory.statistics().openPairs()).singleElement().satisfies((open) -> {
				assertThat(open.name()).isEqualTo("seen");
				assertThat(open.options()).isEqualTo(options);
				assertThat(open.first().descriptor()).isEqualTo(pair.first().descriptor());
				assertThat(open.first().bytesSent()).isEqualTo(5);
				assertThat(open.second().bytesReceived()).isEqualTo(5);
			});
			pair.second().close();
			assertThat(this.factory.statistics().openPairs()).singleElement()
				.satisfies((open) -> assertThat(open.second().open()).isFalse())
				.satisfies((open) -> assertThat(open.second().descriptor()).isEqualTo(-1));
		}
	}

	/** Makes one pair between two failing calls that mark the place in a trace. */
	public static final class CreateOne {

		private CreateOne() {
		}

		/**
		 * Run it.
		 * @param arguments none
		 * @throws IOException if it fails
		 */
		public static void main(String[] arguments) throws IOException {
			SocketPairOptions mark = SocketPairOptions.builder().domain(SocketDomain.of(12345)).build();
			SocketPairOptions options = SocketPairOptions.builder()
				.type(SocketType.SEQPACKET)
				.flags(SocketFlag.CLOEXEC, SocketFlag.NONBLOCK)
				.build();
			try (SocketPairFactory factory = SocketPairs.factory()) {
				mark(factory, mark);
				SocketPair pair = factory.create(options);
				mark(factory, mark);
				pair.close();
			}
		}

		private static void mark(SocketPairFactory factory, SocketPairOptions mark) throws IOException {
			try {
				factory.create(mark).close();
			}
			catch (SocketPairException ex) {
				// It shows in the trace.
			}
		}

	}

}
