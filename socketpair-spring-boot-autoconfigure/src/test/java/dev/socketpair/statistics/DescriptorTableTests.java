package dev.socketpair.statistics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.NativeBinding;
import dev.socketpair.testsupport.NothingLeaks;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DescriptorTable}.
 */
@NothingLeaks
class DescriptorTableTests {

	/** The virtual machine opens and closes a file when it likes. */
	private static final Offset<Long> A_FEW = Offset.offset(5L);

	private static final int PAIRS = 20;

	/** Has the same entries, and no size on any Linux. */
	private static final Path WITHOUT_SIZE = Path.of("/proc/self/fdinfo");

	private final Libc libc = NativeBinding.fromSystemProperty().load();

	@ParameterizedTest
	@ValueSource(strings = { "/proc/self/fd", "/proc/self/fdinfo" })
	void openDescriptorsAreThoseOfTheProcess(String directory) throws IOException {
		try (SocketPairFactory factory = SocketPairs.factory()) {
			long before = new DescriptorTable(this.libc, Path.of(directory)).open();
			assertThat(before).isCloseTo(entries(), A_FEW);
			for (int i = 0; i < PAIRS; i++) {
				factory.create();
			}
			assertThat(new DescriptorTable(this.libc, Path.of(directory)).open()).isCloseTo(before + 2 * PAIRS, A_FEW);
		}
	}

	@Test
	void numberThatTakesAListingIsKeptForSomeSeconds() throws IOException {
		assertThat(Files.size(WITHOUT_SIZE)).isZero();
		DescriptorTable table = new DescriptorTable(this.libc, WITHOUT_SIZE);
		long before = table.open();
		try (SocketPairFactory factory = SocketPairs.factory(); SocketPair pair = factory.create()) {
			assertThat(pair.isOpen()).isTrue();
			assertThat(table.open()).isEqualTo(before);
		}
	}

	@Test
	void openDescriptorsAreNotKnownWithoutTheDirectory() {
		assertThat(new DescriptorTable(this.libc, Path.of("/proc/self/missing")).open())
			.isEqualTo(DescriptorTable.UNKNOWN);
	}

	@Test
	void limitIsThatOfTheProcess() throws IOException {
		List<String> lines = Files.readAllLines(Path.of("/proc/self/limits"));
		String soft = lines.stream()
			.filter((line) -> line.startsWith("Max open files"))
			.map((line) -> line.split("\\s+")[3])
			.findFirst()
			.orElseThrow();
		assertThat(new DescriptorTable(this.libc, DescriptorTable.OF_THIS_PROCESS).limit()).hasToString(soft);
	}

	@Test
	void statisticsTellBoth() {
		try (SocketPairFactory factory = SocketPairs.factory()) {
			assertThat(factory.statistics().descriptors().open()).isPositive();
			assertThat(factory.statistics().descriptors().limit())
				.isGreaterThan(factory.statistics().descriptors().open());
		}
	}

	private static long entries() {
		String[] names = DescriptorTable.OF_THIS_PROCESS.toFile().list();
		return Arrays.stream(names).count() - 1;
	}

}
