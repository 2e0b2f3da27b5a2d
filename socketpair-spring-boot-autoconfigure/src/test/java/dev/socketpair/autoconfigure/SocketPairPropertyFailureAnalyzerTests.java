package dev.socketpair.autoconfigure;

import java.time.Duration;
import java.util.Map;

import dev.socketpair.SocketType;
import dev.socketpair.message.Framing;
import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.OrderUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for {@link SocketPairPropertyFailureAnalyzer}.
 */
class SocketPairPropertyFailureAnalyzerTests {

	private final SocketPairPropertyFailureAnalyzer analyzer = new SocketPairPropertyFailureAnalyzer();

	@Test
	void propertyBelowThePrefixIsAnalyzed() {
		FailureAnalysis analysis = this.analyzer
			.analyze(failure("socketpair.pairs.control.read-timeout", Duration.class));
		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription())
			.startsWith("Invalid value 'x' for configuration property 'socketpair.pairs.control.read-timeout'");
		assertThat(analysis.getAction())
			.startsWith("Set 'socketpair.pairs.control.read-timeout' to a duration such as ");
	}

	@Test
	void namesWithoutPropertiesAreAnalyzed() {
		FailureAnalysis analysis = this.analyzer.analyze(failure("socketpair.pairs", Map.class));
		assertThat(analysis).isNotNull();
		assertThat(analysis.getAction())
			.isEqualTo("Set 'socketpair.pairs' to names with properties below them, such as "
					+ "'socketpair.pairs.control.type'.");
	}

	@Test
	void valuesOfAnEnumerationAreNamedAsTheConfigurationHasThem() {
		FailureAnalysis analysis = this.analyzer.analyze(failure("socketpair.processes.worker.framing", Framing.class));
		assertThat(analysis).isNotNull();
		assertThat(analysis.getAction()).isEqualTo("Set 'socketpair.processes.worker.framing' to one of 'none', "
				+ "'length-prefix', 'line', 'content-length'.");
	}

	@Test
	void mapThatHasNoNamesOfBeansIsNotTakenForOne() {
		FailureAnalysis analysis = this.analyzer.analyze(failure("socketpair.processes.worker.environment", Map.class));
		assertThat(analysis).isNotNull();
		assertThat(analysis.getAction()).endsWith("to names with values below them.");
	}

	@Test
	void propertyOfAnotherPrefixIsLeftToSpringBoot() {
		assertThat(this.analyzer.analyze(failure("server.port", Integer.class))).isNull();
	}

	@Test
	void propertyWhoseTypeNamesItsValuesIsLeftToSpringBoot() {
		assertThat(this.analyzer.analyze(failure("socketpair.type", SocketType.class))).isNull();
	}

	@Test
	void comesBeforeTheAnalyzersOfSpringBootWhichHaveNoOrder() {
		assertThat(OrderUtils.getOrder(SocketPairPropertyFailureAnalyzer.class)).isLessThan(Ordered.LOWEST_PRECEDENCE);
	}

	private static BindException failure(String property, Class<?> type) {
		Binder binder = new Binder(new MapConfigurationPropertySource(Map.of(property, "x")));
		return catchThrowableOfType(BindException.class, () -> binder.bind(property, type));
	}

}
