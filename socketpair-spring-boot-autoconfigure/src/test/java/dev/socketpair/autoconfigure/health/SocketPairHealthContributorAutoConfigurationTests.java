package dev.socketpair.autoconfigure.health;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import dev.socketpair.Errno;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.autoconfigure.SocketPairAutoConfiguration;
import dev.socketpair.autoconfigure.metrics.SocketPairMetricsAutoConfiguration;
import dev.socketpair.autoconfigure.process.SocketPairProcessAutoConfiguration;
import dev.socketpair.health.SocketPairHealthIndicator;
import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessState;
import dev.socketpair.testsupport.NothingLeaks;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketPairHealthContributorAutoConfiguration}.
 */
@NothingLeaks
class SocketPairHealthContributorAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(SocketPairAutoConfiguration.class, SocketPairProcessAutoConfiguration.class,
					SocketPairMetricsAutoConfiguration.class, SocketPairHealthContributorAutoConfiguration.class,
					HealthContributorAutoConfiguration.class, HealthContributorRegistryAutoConfiguration.class,
					MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class));

	@Test
	void contributorHasTheNameOfTheLibrary() {
		this.contextRunner
			.run((context) -> assertThat(context.getBean(HealthContributorRegistry.class).getContributor("socketpair"))
				.isInstanceOf(SocketPairHealthIndicator.class));
	}

	@Test
	void applicationThatCanMakePairsIsUp() {
		this.contextRunner.run((context) -> {
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(Status.UP);
			assertThat(health.getDetails()).containsOnlyKeys("binding", "descriptors")
				.containsEntry("binding", context.getBean(SocketPairFactory.class).nativeBinding());
			assertThat(details(health.getDetails().get("descriptors"))).containsOnlyKeys("used", "limit");
		});
	}

	@Test
	void applicationThatCannotMakePairsIsDown() {
		this.contextRunner.withPropertyValues("socketpair.domain=inet").run((context) -> {
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(health.getDetails()).containsKeys("binding", "descriptors");
			assertThat(health.getDetails().get("error")).asString()
				.contains("SocketPairException", Errno.EOPNOTSUPP.name());
		});
	}

	@Test
	void applicationWhoseFactoryIsClosedIsDown() {
		this.contextRunner.run((context) -> {
			context.getBean(SocketPairFactory.class).close();
			assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
		});
	}

	@Test
	void applicationOnAnotherSystemStartsAndIsDown() {
		this.contextRunner.withSystemProperties("os.name=Mac OS X").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
			assertThat(health(context).getDetails().get("error")).asString().contains("Socket pairs need Linux");
		});
	}

	@Test
	void checksDoNotShowInTheMeters() {
		this.contextRunner.withBean(SimpleMeterRegistry.class).run((context) -> {
			SocketPairFactory factory = context.getBean(SocketPairFactory.class);
			for (int i = 0; i < 10; i++) {
				assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			}
			assertThat(context.getBean(MeterRegistry.class).find("socketpair.created").meters()).isEmpty();
			factory.create().close();
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			assertThat(context.getBean(MeterRegistry.class).get("socketpair.created").functionCounter().count())
				.isEqualTo(1);
			assertThat(context.getBean(MeterRegistry.class).get("socketpair.open").gauge().value()).isZero();
			assertThat(factory.statistics().openPairs()).isEmpty();
		});
	}

	@Test
	void checksThatFailDoNotShowInTheMeters() {
		this.contextRunner.withBean(SimpleMeterRegistry.class)
			.withPropertyValues("socketpair.domain=inet")
			.run((context) -> {
				assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
				assertThat(context.getBean(SocketPairFactory.class).statistics().failures()).isEmpty();
				assertThat(context.getBean(MeterRegistry.class).getMeters())
					.noneMatch((meter) -> meter.getId().getName().equals("socketpair.failures"));
			});
	}

	@Test
	void processThatRunsIsUpAndOneThatWasStoppedIsNoMatter() {
		this.contextRunner.withPropertyValues(cat("echo")).run((context) -> {
			SocketPairProcess echo = context.getBean("echo", SocketPairProcess.class);
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			assertThat(process(context, "echo")).containsEntry("status", "UP")
				.containsEntry("state", SocketPairProcessState.RUNNING)
				.containsEntry("pid", echo.pid())
				.containsEntry("restarts", 0L)
				.doesNotContainKey("lastExit");
			echo.stop();
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			assertThat(process(context, "echo")).containsEntry("status", "UNKNOWN")
				.containsEntry("state", SocketPairProcessState.STOPPED)
				.containsEntry("lastExit", "0")
				.doesNotContainKey("pid");
		});
	}

	@Test
	void processThatHadToBeKilledToStopIsNoMatter() {
		this.contextRunner
			.withPropertyValues("socketpair.processes.deaf.command[0]=sh", "socketpair.processes.deaf.command[1]=-c",
					"socketpair.processes.deaf.command[2]=trap '' TERM; exec sleep 100",
					"socketpair.processes.deaf.stop-timeout=100ms")
			.run((context) -> {
				context.getBean("deaf", SocketPairProcess.class).stop();
				assertThat(process(context, "deaf")).containsEntry("status", "UNKNOWN")
					.containsEntry("lastExit", "137 (SIGKILL)");
				assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			});
	}

	@Test
	void processThatWasNotStartedIsNoMatter() {
		this.contextRunner.withPropertyValues(cat("echo"))
			.withPropertyValues("socketpair.processes.echo.auto-start=false")
			.run((context) -> {
				assertThat(health(context).getStatus()).isEqualTo(Status.UP);
				assertThat(process(context, "echo")).containsEntry("status", "UNKNOWN").doesNotContainKey("lastExit");
			});
	}

	@Test
	void processThatWaitsForItsRestartIsDown() {
		this.contextRunner.withPropertyValues(cat("echo"))
			.withPropertyValues("socketpair.processes.echo.restart.initial-delay=1h",
					"socketpair.processes.echo.restart.max-delay=1h")
			.run((context) -> {
				SocketPairProcess echo = context.getBean("echo", SocketPairProcess.class);
				kill(echo);
				until(() -> echo.state() == SocketPairProcessState.WAITING_TO_RESTART);
				assertDown(context, "137 (SIGKILL)");
				echo.stop();
				assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			});
	}

	@Test
	void processThatWasRestartedIsUpWithItsLastExit() {
		this.contextRunner.withPropertyValues(cat("echo"))
			.withPropertyValues("socketpair.processes.echo.restart.initial-delay=1ms")
			.run((context) -> {
				SocketPairProcess echo = context.getBean("echo", SocketPairProcess.class);
				kill(echo);
				until(() -> echo.restarts() == 1 && echo.state() == SocketPairProcessState.RUNNING);
				assertThat(health(context).getStatus()).isEqualTo(Status.UP);
				assertThat(process(context, "echo")).containsEntry("restarts", 1L)
					.containsEntry("lastExit", "137 (SIGKILL)");
			});
	}

	@Test
	void processThatWasGivenUpIsDown() {
		this.contextRunner.withPropertyValues(cat("echo"))
			.withPropertyValues("socketpair.processes.echo.restart.max-restarts=1",
					"socketpair.processes.echo.restart.initial-delay=1ms")
			.run((context) -> {
				SocketPairProcess echo = context.getBean("echo", SocketPairProcess.class);
				kill(echo);
				until(() -> echo.restarts() == 1 && echo.state() == SocketPairProcessState.RUNNING);
				kill(echo);
				until(() -> echo.state() == SocketPairProcessState.GAVE_UP);
				assertDown(context, "137 (SIGKILL)");
			});
	}

	@Test
	void processThatFailedAndIsNotRestartedIsDownUntilItIsStarted() {
		this.contextRunner.withPropertyValues(cat("echo"))
			.withPropertyValues("socketpair.processes.echo.restart.policy=never")
			.run((context) -> {
				SocketPairProcess echo = context.getBean("echo", SocketPairProcess.class);
				kill(echo);
				until(() -> echo.state() == SocketPairProcessState.STOPPED && echo.lastExit() != null);
				assertDown(context, "137 (SIGKILL)");
				echo.start();
				assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			});
	}

	@Test
	void processThatEndedWithSuccessIsNoMatter() {
		this.contextRunner.withPropertyValues(cat("echo")).run((context) -> {
			SocketPairProcess echo = context.getBean("echo", SocketPairProcess.class);
			echo.socket().shutdownOutput();
			until(() -> echo.state() == SocketPairProcessState.STOPPED);
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			assertThat(process(context, "echo")).containsEntry("status", "UNKNOWN").containsEntry("lastExit", "0");
		});
	}

	@Test
	void contributorCanBeDisabled() {
		this.contextRunner.withPropertyValues("management.health.socketpair.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SocketPairHealthIndicator.class));
		this.contextRunner.withPropertyValues("socketpair.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SocketPairHealthIndicator.class));
	}

	@Test
	void contributorOfTheApplicationWins() {
		this.contextRunner
			.withBean("socketpairHealthContributor", SocketPairHealthIndicator.class,
					() -> new SocketPairHealthIndicator(SocketPairs::factory, List::of))
			.run((context) -> assertThat(context).hasSingleBean(SocketPairHealthIndicator.class)
				.doesNotHaveBean("socketpairHealthIndicator"));
	}

	@Test
	void applicationWithSeveralFactoriesStarts() {
		this.contextRunner.withBean("one", SocketPairFactory.class, SocketPairs::factory)
			.withBean("two", SocketPairFactory.class, SocketPairs::factory)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SocketPairHealthIndicator.class));
	}

	private static String[] cat(String name) {
		return new String[] { "socketpair.processes.%s.command=cat".formatted(name),
				"socketpair.processes.%s.attach=stdio".formatted(name) };
	}

	private static void kill(SocketPairProcess process) {
		ProcessHandle.of(process.pid()).orElseThrow().destroyForcibly();
	}

	private static void until(Callable<Boolean> condition) {
		Awaitility.await().until(condition);
	}

	private static void assertDown(AssertableApplicationContext context, String lastExit) {
		assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
		assertThat(process(context, "echo")).containsEntry("status", "DOWN").containsEntry("lastExit", lastExit);
	}

	private static Health health(AssertableApplicationContext context) {
		return context.getBean(SocketPairHealthIndicator.class).health();
	}

	private static Map<String, Object> process(AssertableApplicationContext context, String name) {
		return details(details(health(context).getDetails().get("processes")).get(name));
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> details(Object value) {
		return (Map<String, Object>) value;
	}

}
