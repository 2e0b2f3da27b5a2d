package dev.socketpair.autoconfigure.metrics;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.autoconfigure.SocketPairAutoConfiguration;
import dev.socketpair.autoconfigure.process.SocketPairProcessAutoConfiguration;
import dev.socketpair.metrics.PrometheusScrape;
import dev.socketpair.metrics.SocketPairMetrics;
import dev.socketpair.metrics.SocketPairProcessMetrics;
import dev.socketpair.process.SocketPairProcess;
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
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SocketPairMetricsAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class SocketPairMetricsAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketPairAutoConfiguration.class,
				SocketPairProcessAutoConfiguration.class, SocketPairMetricsAutoConfiguration.class,
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
	void processesAreMeteredInEveryRegistry() {
		this.contextRunner.withBean(SimpleMeterRegistry.class)
			.withBean(PrometheusMeterRegistry.class, () -> new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))
			.withPropertyValues("socketpair.processes.echo.command=cat", "socketpair.processes.echo.attach=stdio",
					"socketpair.processes.echo.restart.initial-delay=1ms", "socketpair.processes[by.hand].command=cat",
					"socketpair.processes[by.hand].auto-start=false")
			.run((context) -> {
				SimpleMeterRegistry simple = context.getBean(SimpleMeterRegistry.class);
				SocketPairProcess process = context.getBean("echo", SocketPairProcess.class);
				assertThat(ofProcess(simple, "socketpair.process.up")).containsOnly(Map.entry("echo", 1.0),
						Map.entry("by.hand", 0.0));
				assertThat(simple.find("socketpair.process.exits").meters()).isEmpty();
				ProcessHandle.of(process.pid()).orElseThrow().destroyForcibly();
				await().untilAsserted(() -> {
					assertThat(ofProcess(simple, "socketpair.process.starts")).containsOnly(Map.entry("echo", 2.0),
							Map.entry("by.hand", 0.0));
					assertThat(simple.get("socketpair.process.exits")
						.tags("process", "echo", "status", "137 (SIGKILL)")
						.functionCounter()
						.count()).isEqualTo(1);
					assertThat(ofProcess(simple, "socketpair.process.up")).containsEntry("echo", 1.0);
				});
				process.stop();
				assertThat(ofProcess(simple, "socketpair.process.up")).containsEntry("echo", 0.0);
				await()
					.untilAsserted(() -> assertThat(PrometheusScrape.of(context.getBean(PrometheusMeterRegistry.class))
						.samples("socketpair_process_exits_total")).extracting(PrometheusScrape.Sample::tags)
						.containsExactlyInAnyOrder(Map.of("process", "echo", "status", "0"),
								Map.of("process", "echo", "status", "137 (SIGKILL)")));
				PrometheusScrape scrape = PrometheusScrape.of(context.getBean(PrometheusMeterRegistry.class));
				assertThat(scrape.samples("socketpair_process_starts_total")).hasSize(2);
				assertThat(scrape.samples("socketpair_process_up")).hasSize(2);
				assertThat(tagged(simple, "socketpair.created")).containsEntry("echo/stream", 4.0);
			});
	}

	@Test
	void processThatIsMissingIsDownAndOneThatWasStoppedIsNot() {
		this.contextRunner.withBean(SimpleMeterRegistry.class)
			.withPropertyValues("socketpair.processes.stopped.command=cat", "socketpair.processes.stopped.attach=stdio",
					"socketpair.processes.failed.command=sh,-c,read line <&3; exit 3",
					"socketpair.processes.failed.restart.policy=never",
					"socketpair.processes.waiting.command=sh,-c,read line <&3; exit 3",
					"socketpair.processes.waiting.restart.initial-delay=1h",
					"socketpair.processes.waiting.restart.max-delay=1h",
					"socketpair.processes.hopeless.command=sh,-c,read line <&3; exit 3",
					"socketpair.processes.hopeless.restart.initial-delay=0",
					"socketpair.processes.hopeless.restart.max-delay=0",
					"socketpair.processes.hopeless.restart.max-restarts=1",
					"socketpair.processes.finished.command=sh,-c,read line <&3",
					"socketpair.processes.never.command=cat", "socketpair.processes.never.auto-start=false")
			.run((context) -> {
				SimpleMeterRegistry registry = context.getBean(SimpleMeterRegistry.class);
				Map<String, SocketPairProcess> processes = context.getBeansOfType(SocketPairProcess.class);
				assertThat(ofProcess(registry, "socketpair.process.down")).hasSize(6).values().containsOnly(0.0);
				processes.get("stopped").stop();
				for (String name : List.of("failed", "waiting", "finished", "hopeless")) {
					processes.get(name).socket().write(ByteBuffer.wrap(new byte[] { '\n' }));
				}
				SocketPairProcess hopeless = processes.get("hopeless");
				await().until(() -> hopeless.restarts() == 1 && hopeless.isAlive());
				hopeless.socket().write(ByteBuffer.wrap(new byte[] { '\n' }));
				await().untilAsserted(() -> {
					assertThat(ofProcess(registry, "socketpair.process.down")).containsOnly(Map.entry("stopped", 0.0),
							Map.entry("failed", 1.0), Map.entry("waiting", 1.0), Map.entry("hopeless", 1.0),
							Map.entry("finished", 0.0), Map.entry("never", 0.0));
					assertThat(ofProcess(registry, "socketpair.process.gave.up")).containsEntry("hopeless", 1.0)
						.containsEntry("waiting", 0.0)
						.containsEntry("failed", 0.0);
					assertThat(ofProcess(registry, "socketpair.process.up")).values().containsOnly(0.0);
				});
			});
	}

	private static Map<String, Double> ofProcess(MeterRegistry registry, String meter) {
		Map<String, Double> values = new TreeMap<>();
		registry.get(meter)
			.meters()
			.forEach((found) -> values.put(found.getId().getTag("process"),
					found.measure().iterator().next().getValue()));
		return values;
	}

	@Test
	void processMetricsOfTheApplicationWin() {
		this.contextRunner.withBean(SimpleMeterRegistry.class)
			.withPropertyValues("socketpair.processes.echo.command=cat", "socketpair.processes.echo.attach=stdio")
			.withBean("own", SocketPairProcessMetrics.class,
					() -> new SocketPairProcessMetrics(List::of, Tags.of("own", "yes")))
			.run((context) -> {
				assertThat(context).hasSingleBean(SocketPairProcessMetrics.class);
				context.getBean(SocketPairProcess.class).stop();
				MeterRegistry registry = context.getBean(MeterRegistry.class);
				await().until(() -> registry.find("socketpair.process.exits").tags("own", "yes").meter() != null);
			});
	}

	@Test
	void factoryOfAnApplicationThatHasDisabledTheLibraryIsMeteredWithoutProcesses() {
		this.contextRunner.withBean(SimpleMeterRegistry.class)
			.withPropertyValues("socketpair.enabled=false", "socketpair.processes.echo.command=cat")
			.withBean("ownFactory", SocketPairFactory.class, SocketPairs::factory)
			.run((context) -> {
				context.getBean(SocketPairFactory.class).create();
				assertThat(created(context.getBean(MeterRegistry.class))).isEqualTo(1);
				assertThat(context.getBean(MeterRegistry.class).find("socketpair.process.up").meters()).isEmpty();
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
