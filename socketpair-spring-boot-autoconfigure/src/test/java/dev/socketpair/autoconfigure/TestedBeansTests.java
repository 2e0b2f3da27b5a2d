package dev.socketpair.autoconfigure;

import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.actuate.SocketPairsEndpoint;
import dev.socketpair.autoconfigure.actuate.SocketPairsEndpointAutoConfiguration;
import dev.socketpair.autoconfigure.health.SocketPairHealthContributorAutoConfiguration;
import dev.socketpair.autoconfigure.metrics.SocketPairMetricsAutoConfiguration;
import dev.socketpair.autoconfigure.process.SocketPairProcessAutoConfiguration;
import dev.socketpair.autoconfigure.process.SocketPairProcessEvent;
import dev.socketpair.autoconfigure.process.SocketPairProcessStartedEvent;
import dev.socketpair.health.SocketPairHealthIndicator;
import dev.socketpair.metrics.SocketPairProcessMetrics;
import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessState;
import dev.socketpair.testsupport.NothingLeaks;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.mockito.Mockito;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.context.bean.override.mockito.MockitoSpyBean;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of beans in whose place a test of an application puts a mock or a spy, with the
 * actuator on the class path.
 */
@ExtendWith(TestedBeansTests.MockitoIsLoaded.class)
@NothingLeaks
class TestedBeansTests {

	private static void assertEchoes(SocketPairProcess process) throws IOException {
		process.messages().send("hello");
		assertThat(StandardCharsets.UTF_8.decode(process.messages().receive(Duration.ofSeconds(20))).toString())
			.isEqualTo("hello");
	}

	@Nested
	@TestedApplication
	class MockOfAProcess {

		@MockitoBean(name = "echo")
		private SocketPairProcess process;

		@Autowired
		private SocketPairHealthIndicator health;

		@Autowired
		private SocketPairsEndpoint endpoint;

		@Autowired
		private MeterRegistry meters;

		@Test
		void isNeitherStartedNorCountedNorShown() throws IOException {
			Mockito.verify(this.process, Mockito.never()).start();
			assertThat(this.meters.find("socketpair.process.up").meters()).isEmpty();
			assertThat(this.health.health().getStatus()).isEqualTo(Status.UP);
			assertThat(this.endpoint.socketPairs().processes()).isEmpty();
			assertThat(this.endpoint.socketPair("echo")).isNull();
		}

		@Test
		void isShownAsItIsToldTo() {
			Mockito.when(this.process.name()).thenReturn("echo");
			Mockito.when(this.process.isDown()).thenReturn(true);
			assertThat(this.health.health().getStatus()).isEqualTo(Status.DOWN);
			assertThat(this.endpoint.socketPairs().processes()).containsOnlyKeys("echo");
		}

	}

	@Nested
	@TestedApplication
	class MockOfTheFactory {

		@MockitoBean
		private SocketPairFactory factory;

		@Autowired
		private SocketPairRegistry registry;

		@Autowired
		private SocketPairProcess process;

		@Autowired
		private MeterRegistry meters;

		@Autowired
		private SocketPairHealthIndicator health;

		@Test
		void makesNothingAndStartsNothing() {
			assertThat(this.process.state()).isEqualTo(SocketPairProcessState.STOPPED);
			assertThat(this.registry.process("echo")).isSameAs(this.process);
			assertThat(this.registry.pairs()).isEmpty();
			assertThat(this.meters.find("socketpair.created").meters()).isEmpty();
			assertThat(this.health.health().getStatus()).isEqualTo(Status.DOWN);
		}

	}

	@Nested
	@TestedApplication
	class MocksOfAllElse {

		@MockitoBean(name = "control")
		private SocketPair pair;

		@MockitoBean
		private SocketPairRegistry registry;

		@MockitoBean
		private SocketPairProcessMetrics processMetrics;

		@MockitoBean(name = "socketPairMetrics")
		private MeterBinder metrics;

		@MockitoBean
		private SocketPairsEndpoint endpoint;

		@MockitoBean
		private SocketPairHealthIndicator health;

		@Autowired
		private SocketPairProcess process;

		@Test
		void leaveTheProcessAlone() throws IOException {
			assertEchoes(this.process);
		}

	}

	@Nested
	@TestedApplication
	class SpyOfAProcess {

		@MockitoSpyBean(name = "echo")
		private SocketPairProcess process;

		@Autowired
		private Events events;

		@Autowired
		private MeterRegistry meters;

		@Autowired
		private SocketPairHealthIndicator health;

		@Autowired
		private ConfigurableApplicationContext context;

		@Test
		void isTheProcess() throws IOException, InterruptedException {
			assertThat(this.process.state()).isEqualTo(SocketPairProcessState.RUNNING);
			assertThat(this.process.isAlive()).isTrue();
			assertThat(this.process.socket().isOpen()).isTrue();
			assertEchoes(this.process);
			assertThat(this.process.currentMessages().isOpen()).isTrue();
			assertThat(this.meters.get("socketpair.process.up").tag("process", "echo").gauge().value()).isOne();
			assertThat(this.health.health().getStatus()).isEqualTo(Status.UP);
			assertThat(this.events.next()).isInstanceOf(SocketPairProcessStartedEvent.class)
				.extracting(SocketPairProcessEvent::getProcess)
				.isSameAs(this.process);
			this.context.stop();
			assertThat(this.process.isAlive()).isFalse();
			assertThat(this.process.lastExit()).hasToString("0");
		}

	}

	@Nested
	@TestedApplication
	class SpiesOfAllElse {

		@MockitoSpyBean
		private SocketPairFactory factory;

		@MockitoSpyBean(name = "control")
		private SocketPair pair;

		@MockitoSpyBean
		private SocketPairRegistry registry;

		@MockitoSpyBean
		private SocketPairProcessMetrics processMetrics;

		@MockitoSpyBean(name = "socketPairMetrics")
		private MeterBinder metrics;

		@MockitoSpyBean
		private SocketPairsEndpoint endpoint;

		@MockitoSpyBean
		private SocketPairHealthIndicator health;

		@Autowired
		private SocketPairProcess process;

		@Autowired
		private MeterRegistry meters;

		@Test
		void areWhatTheySpyOn() throws IOException {
			assertEchoes(this.process);
			assertThat(this.registry.pair("control")).isSameAs(this.pair);
			assertThat(this.pair.isOpen()).isTrue();
			this.factory.create().close();
			assertThat(this.meters.get("socketpair.created").tag("pair", "anonymous").functionCounter().count())
				.isGreaterThanOrEqualTo(1);
			assertThat(this.meters.get("socketpair.process.starts").tag("process", "echo").functionCounter().count())
				.isOne();
			assertThat(this.endpoint.socketPairs().processes()).containsOnlyKeys("echo");
			assertThat(this.health.health().getStatus()).isEqualTo(Status.UP);
			Mockito.verify(this.registry).pair("control");
			Mockito.verify(this.factory).create();
		}

	}

	/** It keeps a socket by which it was attached to this process. */
	static class MockitoIsLoaded implements BeforeAllCallback {

		@Override
		public void beforeAll(ExtensionContext context) {
			Mockito.mock(Runnable.class);
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@DirtiesContext
	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE,
			properties = { "socketpair.processes.echo.command=cat", "socketpair.processes.echo.attach=stdio",
					"socketpair.processes.echo.framing=line", "socketpair.pairs.control.type=seqpacket",
					"management.endpoints.web.exposure.include=*" })
	private @interface TestedApplication {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SocketPairAutoConfiguration.class, SocketPairProcessAutoConfiguration.class,
			SocketPairsEndpointAutoConfiguration.class, SocketPairHealthContributorAutoConfiguration.class,
			SocketPairMetricsAutoConfiguration.class, MetricsAutoConfiguration.class,
			CompositeMeterRegistryAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class })
	static class Application {

		@Bean
		Events events() {
			return new Events();
		}

	}

	static class Events {

		private final BlockingQueue<SocketPairProcessEvent> events = new LinkedBlockingQueue<>();

		@EventListener
		void add(SocketPairProcessEvent event) {
			this.events.add(event);
		}

		SocketPairProcessEvent next() throws InterruptedException {
			return this.events.poll(20, TimeUnit.SECONDS);
		}

	}

}
