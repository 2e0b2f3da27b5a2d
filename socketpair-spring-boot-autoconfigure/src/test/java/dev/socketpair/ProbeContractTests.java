package dev.socketpair;

import java.io.IOException;
import java.util.List;

import dev.socketpair.metrics.SocketPairMetrics;
import dev.socketpair.testsupport.NothingLeaks;
import dev.socketpair.testsupport.Resources;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * {@link SocketPairFactory#probe()} finds out and leaves no trace.
 */
@NothingLeaks
class ProbeContractTests {

	private SocketPairFactory factory;

	private SocketPairFactory refused;

	@BeforeEach
	void open() {
		this.factory = SocketPairs.factory();
		this.refused = SocketPairs.factory(SocketPairOptions.builder().domain(SocketDomain.INET).build());
	}

	@AfterEach
	void close() {
		this.factory.close();
		this.refused.close();
	}

	@Test
	void probeThatSucceedsLeavesNothing() throws IOException {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		new SocketPairMetrics(this.factory, List.of()).bindTo(registry);
		int before = Resources.descriptorCount();
		for (int i = 0; i < 100; i++) {
			this.factory.probe();
		}
		assertThat(Resources.descriptorCount()).isLessThanOrEqualTo(before);
		assertThat(this.factory.statistics().totals()).isEmpty();
		assertThat(this.factory.statistics().openPairs()).isEmpty();
		assertThat(registry.getMeters()).isEmpty();
	}

	@Test
	void probeThatIsRefusedSaysWhyAndIsNotCounted() {
		assertThatExceptionOfType(SocketPairException.class).isThrownBy(this.refused::probe)
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EOPNOTSUPP))
			.satisfies((ex) -> assertThat(ex.operation()).isEqualTo("socketpair"));
		assertThat(this.refused.statistics().failures()).isEmpty();
	}

	@Test
	void probeMakesThePairThatCreateWouldMake() {
		assertThatNoException().isThrownBy(this.factory::probe);
		assertThatExceptionOfType(SocketPairException.class).isThrownBy(this.refused::create);
		assertThatExceptionOfType(SocketPairException.class).isThrownBy(this.refused::probe);
	}

	@Test
	void probeOfAClosedFactoryIsRefused() {
		this.factory.close();
		assertThatIllegalStateException().isThrownBy(this.factory::probe);
	}

}
