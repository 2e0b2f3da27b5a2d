package dev.socketpair.sample;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import dev.socketpair.SocketDomain;
import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairs;
import dev.socketpair.metrics.SocketPairMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TransferReport}.
 */
class TransferReportTests {

	private static final TransferResult RESULT = new TransferResult(Path.of("some/file"), 1_234_567,
			Duration.ofMillis(500), "5e", "5e");

	private final SocketPairFactory factory = SocketPairs.factory();

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final TransferReport report = new TransferReport(this.factory, this.registry);

	@BeforeEach
	void bindMeters() {
		new SocketPairMetrics(this.factory, List.of()).bindTo(this.registry);
	}

	@AfterEach
	void close() {
		this.factory.close();
		this.registry.close();
	}

	@Test
	void tellsWhatMovedAndHowFast() {
		assertThat(this.report.of(RESULT).lines()).contains("file                   some/file",
				"moved                  1,234,567 bytes in 0.500 s, 2.5 MB/s", "SHA-256 sent           5e",
				"SHA-256 received       5e", "digests                agree");
	}

	@Test
	void tellsThatTheDigestsDiffer() {
		TransferResult broken = new TransferResult(RESULT.path(), 1, RESULT.duration(), "5e", "5f");
		assertThat(this.report.of(broken).lines()).contains("digests                DIFFER");
	}

	@Test
	void showsTheMeters() throws Exception {
		this.factory.create().close();
		assertThat(this.report.of(RESULT).lines()).contains("socketpair.created     1 (pair=anonymous, type=stream)",
				"socketpair.open        0 (pair=anonymous, type=stream)",
				"socketpair.bytes       0 (direction=sent, end=first, pair=anonymous, type=stream)",
				"socketpair.operations  0 (direction=received, end=second, pair=anonymous, type=stream)",
				"socketpair.failures    0");
	}

	@Test
	void showsFailures() {
		SocketPairOptions options = SocketPairOptions.builder().domain(SocketDomain.INET).build();
		assertThatExceptionOfType(SocketPairException.class).isThrownBy(() -> this.factory.create(options));
		assertThat(this.report.of(RESULT).lines())
			.contains("socketpair.failures    1 (errno=EOPNOTSUPP, operation=socketpair, pair=anonymous, type=stream)");
	}

}
