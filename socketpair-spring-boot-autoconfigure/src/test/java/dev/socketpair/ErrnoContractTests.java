package dev.socketpair;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.socketpair.metrics.SocketPairMetrics;
import dev.socketpair.testsupport.ChildJvm;
import dev.socketpair.testsupport.Command;
import dev.socketpair.testsupport.NothingLeaks;
import dev.socketpair.testsupport.Resources;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The error table of socketpair(2), as the kernel answers it.
 */
@NothingLeaks
class ErrnoContractTests {

	private static final int SOCK_PACKET = 10;

	private static final int AF_NETLINK = 16;

	private static final int AF_PACKET = 17;

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private SocketPairFactory factory;

	@TempDir
	private Path directory;

	@BeforeEach
	void open() {
		this.factory = SocketPairs.factory();
		new SocketPairMetrics(this.factory, List.of()).bindTo(this.registry);
	}

	@AfterEach
	void close() {
		this.factory.close();
	}

	static Stream<Arguments> refused() {
		return Stream.of(refused("unix", "rdm", 0, Errno.ESOCKTNOSUPPORT),
				refused("unix", "0", 0, Errno.ESOCKTNOSUPPORT),
				refused("unix", "" + SOCK_PACKET, 0, Errno.ESOCKTNOSUPPORT),
				refused("unix", "stream", 6, Errno.EPROTONOSUPPORT),
				refused("unix", "stream", -1, Errno.EPROTONOSUPPORT), refused("unix", "75", 0, Errno.EINVAL),
				refused("unix", "11", 0, Errno.EINVAL), refused("unix", "0x101", 0, Errno.EINVAL),
				refused("unix", "-1", 0, Errno.EINVAL), refused("inet", "stream", 0, Errno.EOPNOTSUPP),
				refused("inet", "stream", 6, Errno.EOPNOTSUPP), refused("inet", "dgram", 0, Errno.EOPNOTSUPP),
				refused("inet", "dgram", 17, Errno.EOPNOTSUPP), refused("inet", "dgram", 6, Errno.EPROTONOSUPPORT),
				refused("inet", "raw", 0, Errno.EPROTONOSUPPORT),
				refused("inet", "seqpacket", 0, Errno.ESOCKTNOSUPPORT), refused("0", "stream", 0, Errno.EAFNOSUPPORT),
				refused("12345", "stream", 0, Errno.EAFNOSUPPORT), refused("-1", "stream", 0, Errno.EAFNOSUPPORT),
				refused("46", "stream", 0, Errno.EAFNOSUPPORT));
	}

	private static Arguments refused(String domain, String type, int protocol, Errno errno) {
		return Arguments.of(domain, type, protocol, errno);
	}

	static Stream<Arguments> dependingOnTheMachine() {
		return Stream.of(Arguments.of("inet6", "stream", 6), Arguments.of("inet6", "dgram", 0),
				Arguments.of("tipc", "stream", 0), Arguments.of("tipc", "dgram", 0), Arguments.of("tipc", "rdm", 0),
				Arguments.of("tipc", "seqpacket", 0), Arguments.of("tipc", "raw", 0), Arguments.of("tipc", "stream", 1),
				Arguments.of("vsock", "stream", 0), Arguments.of("vsock", "dgram", 0),
				Arguments.of("vsock", "seqpacket", 0), Arguments.of("" + AF_NETLINK, "raw", 0),
				Arguments.of("" + AF_PACKET, "raw", 0), Arguments.of("45", "stream", 0));
	}

	static Stream<Arguments> made() {
		return Stream.of(Arguments.of("unix", "stream", 0), Arguments.of("unix", "dgram", 0),
				Arguments.of("unix", "seqpacket", 0), Arguments.of("unix", "raw", 0),
				Arguments.of("local", "stream", 0), Arguments.of("unix", "stream", 1),
				Arguments.of("unix", "seqpacket", 1), Arguments.of("1", "5", 0));
	}

	@ParameterizedTest(name = "{0}, {1}, {2}: {3}")
	@MethodSource("refused")
	void refusalHasItsErrnoAndIsCounted(String domain, String type, int protocol, Errno errno) {
		SocketPairOptions options = options(domain, type, protocol);
		assertThat(failures(options, errno)).isZero();
		assertThatExceptionOfType(SocketPairException.class).isThrownBy(() -> this.factory.create(options))
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(errno))
			.satisfies((ex) -> assertThat(ex.errnoNumber()).isEqualTo(errno.number()))
			.satisfies((ex) -> assertThat(ex.operation()).isEqualTo("socketpair"))
			.withMessageContainingAll("socketpair", errno.name(), errno.description());
		assertThat(failures(options, errno)).isOne();
	}

	@ParameterizedTest(name = "{0}, {1}, {2}")
	@MethodSource("made")
	void pairIsMade(String domain, String type, int protocol) throws IOException {
		try (SocketPair pair = this.factory.create(options(domain, type, protocol))) {
			assertThat(pair.isOpen()).isTrue();
			assertThat(pair.first().descriptor()).isNotEqualTo(pair.second().descriptor());
		}
		assertThat(this.factory.statistics().failures()).isEmpty();
	}

	@ParameterizedTest(name = "{0}, {1}, {2}")
	@MethodSource({ "dependingOnTheMachine", "refused", "made" })
	void answerIsThatOfC(String domain, String type, int protocol) throws Exception {
		Command.assumeInstalled("gcc");
		SocketPairOptions options = options(domain, type, protocol);
		int expected = errnoInC(options);
		int actual = 0;
		try (SocketPair pair = this.factory.create(options)) {
			assertThat(pair.options()).isEqualTo(options);
		}
		catch (SocketPairException ex) {
			actual = ex.errnoNumber();
			assertThat(failures(options, ex.errno())).isOne();
		}
		assertThat(Errno.of(actual)).isEqualTo(Errno.of(expected));
	}

	private static SocketPairOptions options(String domain, String type, int protocol) {
		return SocketPairOptions.builder()
			.domain(SocketDomain.of(domain))
			.type(SocketType.of(type))
			.protocol(protocol)
			.build();
	}

	private double failures(SocketPairOptions options, Errno errno) {
		String name = options.type().withoutFlags().toString();
		String type = List.of("stream", "dgram", "seqpacket", "raw", "rdm").contains(name) ? name : "other";
		FunctionCounter counter = this.registry.find("socketpair.failures")
			.tags("pair", "anonymous", "type", type, "operation", "socketpair", "errno", errno.name())
			.functionCounter();
		return (counter != null) ? counter.count() : 0;
	}

	private int errnoInC(SocketPairOptions options) throws Exception {
		Path program = program();
		int type = options.type().value() | SocketFlag.CLOEXEC.value();
		Process process = new ProcessBuilder(program.toString(), "" + options.domain().value(), "" + type,
				"" + options.protocol())
			.start();
		String output = new String(process.getInputStream().readAllBytes()).strip();
		process.getOutputStream().close();
		process.getErrorStream().close();
		process.getInputStream().close();
		assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
		return Integer.parseInt(output);
	}

	private Path program() throws Exception {
		Path source = this.directory.resolve("errno_table.c");
		Path program = this.directory.resolve("errno_table");
		try (InputStream text = Objects.requireNonNull(getClass().getResourceAsStream("/errno_table.c"))) {
			Files.copy(text, source);
		}
		Process gcc = new ProcessBuilder("gcc", "-o", program.toString(), source.toString()).inheritIO().start();
		assertThat(gcc.waitFor()).isZero();
		return program;
	}

	@Test
	void descriptorsRunOutForReal() {
		ChildJvm child = ChildJvm.run(ChildJvm.commandWithLimit(64, Exhaust.class));
		assertThat(child.output()).contains("EMFILE (24)")
			.contains("limit of 64 descriptors")
			.contains("failures: 1")
			.contains("open after closing all: 0")
			.contains("another pair: true")
			.contains("nothing leaked: true");
		assertThat(child.status()).isZero();
	}

	@Test
	void oneFreeDescriptorIsNotEnoughAndIsNotLost() {
		ChildJvm child = ChildJvm.run(ChildJvm.commandWithLimit(64, ExhaustAllButOne.class));
		assertThat(child.output()).contains("EMFILE (24)").contains("lost: 0 after 1000");
		assertThat(child.status()).isZero();
	}

	/** Opens pairs until there are no more descriptors. */
	public static final class Exhaust {

		private Exhaust() {
		}

		/**
		 * Run it.
		 * @param arguments none
		 * @throws IOException if it fails
		 */
		public static void main(String[] arguments) throws IOException {
			SocketPairFactory factory = SocketPairs.factory();
			int before = Resources.descriptorCount();
			List<SocketPair> pairs = new ArrayList<>();
			try {
				while (true) {
					pairs.add(factory.create());
				}
			}
			catch (SocketPairException ex) {
				System.out.println(ex.getMessage());
			}
			System.out.println("failures: " + factory.statistics().failures().get(0).count());
			for (SocketPair pair : pairs) {
				pair.close();
			}
			System.out.println("open after closing all: " + factory.statistics().openPairs().size());
			SocketPair another = factory.create();
			System.out.println("another pair: " + another.isOpen());
			another.close();
			System.out.println("nothing leaked: " + (Resources.descriptorCount() == before));
		}

	}

	/** Leaves exactly one descriptor free and fails a thousand times. */
	public static final class ExhaustAllButOne {

		private ExhaustAllButOne() {
		}

		/**
		 * Run it.
		 * @param arguments none
		 * @throws IOException if it fails
		 */
		public static void main(String[] arguments) throws IOException {
			SocketPairFactory factory = SocketPairs.factory();
			List<SocketPair> pairs = new ArrayList<>();
			try {
				while (true) {
					pairs.add(factory.create());
				}
			}
			catch (SocketPairException ex) {
				// Expected; one descriptor may be left.
			}
			List<FileInputStream> files = new ArrayList<>();
			try {
				while (true) {
					files.add(new FileInputStream("/dev/zero"));
				}
			}
			catch (FileNotFoundException ex) {
				// Expected: none is left.
			}
			SocketPair last = pairs.remove(pairs.size() - 1);
			last.first().close();
			int failed = 0;
			for (int i = 0; i < 1000; i++) {
				try {
					factory.create().close();
				}
				catch (SocketPairException ex) {
					failed++;
					if (failed == 1) {
						System.out.println(ex.getMessage());
					}
				}
			}
			last.second().close();
			SocketPair again = factory.create();
			System.out.println("lost: " + (again.isOpen() ? 0 : 1) + " after " + failed);
			again.close();
			factory.close();
		}

	}

}
