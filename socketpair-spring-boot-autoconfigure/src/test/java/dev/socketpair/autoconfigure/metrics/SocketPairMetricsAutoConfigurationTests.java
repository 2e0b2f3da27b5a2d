package dev.socketpair.autoconfigure.metrics;

import java.util.Map;
import java.util.TreeMap;

import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.autoconfigure.SocketPairAutoConfiguration;
import dev.socketpair.metrics.PrometheusScrape;
import dev.socketpair.metrics.SocketPairMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketPairMetricsAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class SocketPairMetricsAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(SocketPairAutoConfiguration.class, SocketPairMetricsAutoConfiguration.class,
					MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class));

	/** An application that another test has started may have turned logging off. */
	@BeforeEach
	void log() {
		LoggingSystem.get(getClass().getClassLoader())
			.setLogLevel(SocketPairMetricsAutoConfiguration.class.getName(), LogLevel.INFO);
	}

	@Test
	void pairsAreTaggedWithTheirNamesInTheConfigurationOnly() {
		this.contextRunner.withBean(SimpleMeterRegistry.class)
			.withBean(PrometheusMeterRegistry.class, () -> new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))
			.withPropertyValues("socketpair.pairs.control.type=seqpacket", "socketpair.pairs[my.pair].type=seqpacket")
			.run((context) -> {
				SocketPairFactory factory = context.getBean(SocketPairFactory.class);
				factory.create();
				factory.create(factory.defaultOptions().toBuilder().name("own").build());
				factory.create(factory.defaultOptions().toBuilder().name("control").build());
				context.getBean("my.pair", SocketPair.class).close();
				assertThat(tagged(context.getBean(SimpleMeterRegistry.class), "socketpair.created")).containsExactly(
						Map.entry("anonymous/stream", 2.0), Map.entry("control/seqpacket", 1.0),
						Map.entry("control/stream", 1.0), Map.entry("my.pair/seqpacket", 1.0));
				assertThat(tagged(context.getBean(SimpleMeterRegistry.class), "socketpair.open"))
					.containsEntry("control/seqpacket", 1.0)
					.containsEntry("my.pair/seqpacket", 0.0);
				assertThat(PrometheusScrape.of(context.getBean(PrometheusMeterRegistry.class))
					.samples("socketpair_created_pairs_total")).extracting((sample) -> sample.tags().get("pair"))
					.containsOnly("anonymous", "control", "my.pair");
			});
	}

	private static Map<String, Double> tagged(MeterRegistry registry, String meter) {
		Map<String, Double> values = new TreeMap<>();
		registry.get(meter)
			.meters()
			.forEach((found) -> values.put(found.getId().getTag("pair") + "/" + found.getId().getTag("type"),
					found.measure().iterator().next().getValue()));
		return values;
	}

	@Test
	void pairsOfTheFactoryAreMetered() {
		this.contextRunner.withBean(SimpleMeterRegistry.class).run((context) -> {
			context.getBean(SocketPairFactory.class).create();
			assertThat(created(context.getBean(MeterRegistry.class))).isEqualTo(1);
		});
	}

	@Test
	void pairsOfTheFactoryAreMeteredInEveryRegistry() {
		this.contextRunner.withBean(SimpleMeterRegistry.class)
			.withBean(PrometheusMeterRegistry.class, () -> new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))
			.run((context) -> {
				context.getBean(SocketPairFactory.class).create();
				assertThat(created(context.getBean(SimpleMeterRegistry.class))).isEqualTo(1);
				assertThat(created(context.getBean(PrometheusMeterRegistry.class))).isEqualTo(1);
			});
	}

	@Test
	void pairsOfTheFactoryOfTheApplicationAreMetered() {
		this.contextRunner.withBean(SimpleMeterRegistry.class)
			.withBean("ownFactory", SocketPairFactory.class, SocketPairs::factory)
			.run((context) -> {
				context.getBean(SocketPairFactory.class).create();
				assertThat(created(context.getBean(MeterRegistry.class))).isEqualTo(1);
			});
	}

	@Test
	void metricsOfTheApplicationWin() {
		this.contextRunner.withBean(SimpleMeterRegistry.class)
			.withUserConfiguration(OwnMetricsConfiguration.class)
			.run((context) -> {
				context.getBean(SocketPairFactory.class).create();
				assertThat(context).doesNotHaveBean("socketPairMetrics");
				assertThat(context.getBean(MeterRegistry.class).get("socketpair.created").meters()).singleElement()
					.satisfies((meter) -> assertThat(meter.getId().getTag("own")).isEqualTo("yes"));
			});
	}

	@Test
	void applicationWithoutRegistryHasNoMetrics() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(SocketPairAutoConfiguration.class, SocketPairMetricsAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("socketPairMetrics"));
	}

	@Test
	void disabledApplicationHasNoMetrics() {
		this.contextRunner.withBean(SimpleMeterRegistry.class)
			.withPropertyValues("socketpair.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("socketPairMetrics"));
	}

	@Test
	void applicationWithSeveralFactoriesStarts() {
		this.contextRunner.withBean(SimpleMeterRegistry.class)
			.withBean("one", SocketPairFactory.class, SocketPairs::factory)
			.withBean("two", SocketPairFactory.class, SocketPairs::factory)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("socketPairMetrics"));
	}

	@Test
	void applicationThatDoesNotUseTheFactoryStartsOnAnySystem(CapturedOutput output) {
		this.contextRunner.withBean(SimpleMeterRegistry.class)
			.withSystemProperties("os.name=Mac OS X")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("Socket pairs have no meters: Socket pairs need Linux");
	}

	@Test
	void anyOtherFailureOfTheFactoryIsNotHidden() {
		this.contextRunner.withBean(SimpleMeterRegistry.class)
			.withUserConfiguration(FailingFactoryConfiguration.class)
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessage("on purpose"));
	}

	private static double created(MeterRegistry registry) {
		return registry.get("socketpair.created").functionCounter().count();
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnMetricsConfiguration {

		@Bean
		SocketPairMetrics ownMetrics(SocketPairFactory factory) {
			return new SocketPairMetrics(factory, Tags.of("own", "yes"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FailingFactoryConfiguration {

		@Bean
		@Lazy
		SocketPairFactory failingFactory() {
			throw new IllegalStateException("on purpose");
		}

	}

}
