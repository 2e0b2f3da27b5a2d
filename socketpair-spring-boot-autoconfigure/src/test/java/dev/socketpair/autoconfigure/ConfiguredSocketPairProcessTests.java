package dev.socketpair.autoconfigure;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.autoconfigure.process.SocketPairProcessAutoConfiguration;
import dev.socketpair.autoconfigure.process.SocketPairProcessEvent;
import dev.socketpair.autoconfigure.process.SocketPairProcessExitedEvent;
import dev.socketpair.autoconfigure.process.SocketPairProcessStartedEvent;
import dev.socketpair.message.Framing;
import dev.socketpair.process.Attachment;
import dev.socketpair.process.ExitStatus;
import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessBuilder;
import dev.socketpair.process.SocketPairProcessListener;
import dev.socketpair.process.SocketPairProcessState;
import dev.socketpair.testsupport.Command;
import dev.socketpair.testsupport.NothingLeaks;
import dev.socketpair.testsupport.Pids;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.event.EventListener;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of the processes that have a name in the configuration.
 */
@NothingLeaks
@ExtendWith(OutputCaptureExtension.class)
class ConfiguredSocketPairProcessTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final String[] ECHO = { "socketpair.processes.echo.command=cat",
			"socketpair.processes.echo.attach=stdio", "socketpair.processes.echo.framing=line" };

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(SocketPairAutoConfiguration.class, SocketPairProcessAutoConfiguration.class));

	@AfterEach
	void nothingIsLeftRunning() {
		assertThat(ProcessHandle.current().children()).isEmpty();
	}

	@Test
	void processIsABeanOfItsNameAndRuns() {
		this.contextRunner.withPropertyValues(ECHO).run((context) -> {
			SocketPairProcess process = context.getBean("echo", SocketPairProcess.class);
			assertThat(process.state()).isEqualTo(SocketPairProcessState.RUNNING);
			assertThat(process.name()).isEqualTo("echo");
			assertThat(Pids.runs(process.pid())).isTrue();
			assertEchoes(process);
		});
	}

	@Test
	void processesAreInjectedByQualifierParameterNameAndMap() {
		this.contextRunner.withPropertyValues(ECHO)
			.withPropertyValues("socketpair.processes[other.one].command=cat",
					"socketpair.processes[other.one].auto-start=false", "socketpair.pairs.control.type=dgram")
			.withUserConfiguration(InjectingConfiguration.class)
			.run((context) -> {
				Injected injected = context.getBean(Injected.class);
				assertThat(injected.byParameterName()).isSameAs(context.getBean("echo"));
				assertThat(injected.byQualifier()).isSameAs(context.getBean("other.one"));
				assertThat(injected.map()).containsExactly(Map.entry("echo", injected.byParameterName()),
						Map.entry("other.one", injected.byQualifier()));
				assertThat(injected.list()).containsExactlyElementsOf(injected.map().values());
				assertThat(context.getBeansOfType(SocketPair.class)).containsOnlyKeys("control");
			});
	}

	@Test
	void registryHasTheProcesses() {
		this.contextRunner.withPropertyValues(ECHO)
			.withPropertyValues("socketpair.processes.another.command=cat",
					"socketpair.processes.another.auto-start=false")
			.run((context) -> {
				SocketPairRegistry registry = context.getBean(SocketPairRegistry.class);
				assertThat(registry.processes().keySet()).containsExactly("echo", "another");
				assertThat(registry.processes()).isUnmodifiable();
				assertThat(registry.process("echo")).isSameAs(context.getBean("echo"));
				assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(() -> registry.process("eco"))
					.withMessage("There is no 'eco' under 'socketpair.processes', which has 'another', 'echo'");
			});
	}

	@Test
	void registryOfTheApplicationDoesNotKeepProcessesFromStarting() {
		this.contextRunner.withPropertyValues(ECHO)
			.withBean(SocketPairRegistry.class, OwnRegistry::new)
			.run((context) -> assertThat(context.getBean(SocketPairProcess.class).isAlive()).isTrue());
	}

	@Test
	void objectsOfPythonComeAsMessages() {
		Command.assumeInstalled("python3");
		this.contextRunner
			.withPropertyValues("socketpair.processes.upper.command[0]=python3",
					"socketpair.processes.upper.command[1]=-c", "socketpair.processes.upper.command[2]=" + """
							import os
							from multiprocessing.connection import Connection
							connection = Connection(int(os.environ['SOCKETPAIR_FD']))
							while True:
							    connection.send_bytes(connection.recv_bytes().upper())
							""", "socketpair.processes.upper.stderr=discard")
			.run((context) -> {
				SocketPairProcess process = context.getBean(SocketPairProcess.class);
				process.messages().send("hello");
				process.messages().send("a".repeat(100_000));
				assertThat(receive(process)).isEqualTo("HELLO");
				assertThat(receive(process)).isEqualTo("A".repeat(100_000));
			});
	}

	@Test
	void processThatDoesNotStartByItselfIsStartedByHandAndStoppedByTheContext() {
		this.contextRunner.withPropertyValues(ECHO)
			.withPropertyValues("socketpair.processes.echo.auto-start=false")
			.run((context) -> {
				SocketPairProcess process = context.getBean(SocketPairProcess.class);
				assertThat(process.state()).isEqualTo(SocketPairProcessState.STOPPED);
				process.start();
				assertEchoes(process);
				long pid = process.pid();
				context.close();
				assertThat(Pids.runs(pid)).isFalse();
			});
	}

	@Test
	void processThatTheApplicationHasStartedAlreadyIsLeftRunning() {
		this.contextRunner.withPropertyValues(ECHO).withUserConfiguration(EarlyConfiguration.class).run((context) -> {
			SocketPairProcess process = context.getBean(SocketPairProcess.class);
			assertThat(process.starts()).isOne();
			assertEchoes(process);
		});
	}

	@Test
	void processesRunAlsoWhereAllElseIsLazy() {
		this.contextRunner.withPropertyValues(ECHO)
			.withBean(LazyInitializationBeanFactoryPostProcessor.class)
			.run((context) -> {
				assertThat(context.getSourceApplicationContext().getBeanFactory().containsSingleton("echo")).isTrue();
				assertEchoes(context.getBean(SocketPairProcess.class));
			});
	}

	@Test
	void contextThatIsStoppedStopsTheProcessesAndStartsThemAgain() {
		this.contextRunner.withPropertyValues(ECHO).run((context) -> {
			SocketPairProcess process = context.getBean(SocketPairProcess.class);
			long pid = process.pid();
			context.getSourceApplicationContext().stop();
			assertThat(Pids.runs(pid)).isFalse();
			assertThat(process.state()).isEqualTo(SocketPairProcessState.STOPPED);
			context.getSourceApplicationContext().start();
			assertEchoes(process);
			assertThat(process.starts()).isEqualTo(2);
		});
	}

	@Test
	void contextThatIsClosedLeavesNoDescendant() {
		this.contextRunner
			.withPropertyValues("socketpair.processes.tree.command=sh,-c,sleep 600 & echo $! >&3; wait",
					"socketpair.processes.tree.framing=line", "socketpair.processes.tree.stop-timeout=1s")
			.run((context) -> {
				SocketPairProcess process = context.getBean(SocketPairProcess.class);
				long child = process.pid();
				long descendant = Long.parseLong(receive(process));
				assertThat(Pids.runs(descendant)).isTrue();
				context.close();
				assertThat(Pids.runs(child)).isFalse();
				assertThat(Pids.runs(descendant)).isFalse();
			});
	}

	@Test
	void childrenThatIgnoreEverySignalAreGoneAfterTheStopTimeoutTogether() {
		String script = "command=sh,-c,trap '' TERM; echo ready >&3; while :; do sleep 600; done";
		this.contextRunner
			.withPropertyValues("socketpair.processes.one." + script, "socketpair.processes.one.framing=line",
					"socketpair.processes.one.stop-timeout=1s", "socketpair.processes.two." + script,
					"socketpair.processes.two.framing=line", "socketpair.processes.two.stop-timeout=1s")
			.run((context) -> {
				for (SocketPairProcess process : context.getBeansOfType(SocketPairProcess.class).values()) {
					assertThat(receive(process)).isEqualTo("ready");
				}
				long start = System.nanoTime();
				context.close();
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofSeconds(1),
						Duration.ofSeconds(2));
				assertThat(ProcessHandle.current().children()).isEmpty();
			});
	}

	@Test
	void applicationIsToldOfStartsExitsAndRestarts() {
		this.contextRunner.withPropertyValues(ECHO)
			.withPropertyValues("socketpair.processes.echo.restart.initial-delay=1ms",
					"socketpair.processes.echo.restart.max-restarts=1")
			.withUserConfiguration(ListeningConfiguration.class)
			.run((context) -> {
				BlockingQueue<SocketPairProcessEvent> events = context.getBean(Events.class).events();
				SocketPairProcess process = context.getBean(SocketPairProcess.class);
				long first = process.pid();
				assertThat(next(events)).hasToString("SocketPairProcessStartedEvent[echo, pid %d]".formatted(first));
				kill(first);
				assertThat(next(events))
					.hasToString("SocketPairProcessExitedEvent[echo, pid %d, status 137 (SIGKILL), restart in PT0.001S]"
						.formatted(first));
				SocketPairProcessStartedEvent restarted = (SocketPairProcessStartedEvent) next(events);
				assertThat(restarted.getProcess()).isSameAs(process);
				assertThat(restarted.getName()).isEqualTo("echo");
				Awaitility.await().atMost(PATIENCE).until(process::isAlive);
				assertEchoes(process);
				kill(restarted.getPid());
				SocketPairProcessExitedEvent exited = (SocketPairProcessExitedEvent) next(events);
				assertThat(exited.getPid()).isEqualTo(restarted.getPid());
				assertThat(exited.getStatus().signal()).isEqualTo("SIGKILL");
				assertThat(exited.getRestartDelay()).isNull();
				assertThat(next(events)).hasToString("SocketPairProcessGaveUpEvent[echo, status 137 (SIGKILL)]");
				assertThat(process.state()).isEqualTo(SocketPairProcessState.GAVE_UP);
			});
	}

	@Test
	void applicationIsToldOfExitsWhileItsContextCloses(CapturedOutput output) {
		LinkedBlockingQueue<String> seen = new LinkedBlockingQueue<>();
		run((context) -> ((GenericApplicationContext) context).registerBean(ClosingListener.class,
				() -> new ClosingListener(seen)), ECHO, "socketpair.processes.second.command=sleep,600",
				"socketpair.processes.second.stop-timeout=10ms")
			.close();
		assertThat(seen).containsExactlyInAnyOrder("listener of echo 0", "event of echo 0",
				"listener of second 143 (SIGTERM)", "event of second 143 (SIGTERM)");
		assertThat(output).doesNotContain("WARN", "ERROR", "Exception");
	}

	@Test
	void listenerThatStopsTheApplicationDoesNotHoldItUp(CapturedOutput output) throws InterruptedException {
		LinkedBlockingQueue<Duration> closing = new LinkedBlockingQueue<>();
		ConfigurableApplicationContext context = run((initialized) -> ((GenericApplicationContext) initialized)
			.registerBean(StoppingListener.class, () -> new StoppingListener(closing)), ECHO,
				"socketpair.processes.echo.restart.policy=never");
		kill(context.getBean(SocketPairProcess.class).pid());
		Duration duration = closing.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
		assertThat(duration).isNotNull().isLessThan(Duration.ofSeconds(3));
		assertThat(output).contains("Started").doesNotContain("Exception", "Failed to shut down");
	}

	@Test
	void listenerThatFailsIsLoggedAndHarmsNobody(CapturedOutput output) throws IOException {
		try (ConfigurableApplicationContext context = run(
				(initialized) -> ((GenericApplicationContext) initialized).registerBean(FailingListener.class), ECHO)) {
			assertEchoes(context.getBean(SocketPairProcess.class));
			Awaitility.await()
				.atMost(PATIENCE)
				.untilAsserted(() -> assertThat(output).contains("WARN", "process 'echo'", "on purpose"));
		}
	}

	@Test
	void listenerMayNeedTheProcessThatItListensTo() {
		this.contextRunner.withPropertyValues(ECHO).withBean(NeedingListener.class).run((context) -> {
			assertThat(context).hasNotFailed();
			NeedingListener listener = context.getBean(NeedingListener.class);
			assertThat(listener.started.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isSameAs(listener.echo);
		});
	}

	@Test
	void variableForProcessesInAChildIsNoProcess() {
		this.contextRunner
			.withInitializer(
					(context) -> context.getEnvironment()
						.getPropertySources()
						.addFirst(new SystemEnvironmentPropertySource(
								StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
								Map.of("SOCKETPAIR_FD", "3", "SOCKETPAIR_PROCESSES_IN_CHILD", "true"))))
			.withPropertyValues(ECHO)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(SocketPairRegistry.class).processes()).containsOnlyKeys("echo");
				assertEchoes(context.getBean("echo", SocketPairProcess.class));
			});
	}

	@Test
	void listenerOfTheApplicationIsTold() {
		LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();
		this.contextRunner.withPropertyValues(ECHO)
			.withBean(SocketPairProcessListener.class, () -> new RecordingListener(told))
			.run((context) -> assertThat(told.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("echo"));
	}

	@Test
	void whatAChildPrintsGoesToTheLogUnderItsName(CapturedOutput output) {
		try (ConfigurableApplicationContext context = run((initialized) -> {
		}, new String[0], "socketpair.processes.printer.command=sh,-c,echo to {} out; echo to err >&2; sleep 600",
				"socketpair.processes.printer.stop-timeout=0")) {
			assertThat(context.getBean(SocketPairProcess.class).isAlive()).isTrue();
			Awaitility.await()
				.atMost(PATIENCE)
				.untilAsserted(() -> assertThat(output.toString().lines())
					.anyMatch((line) -> line.contains("INFO") && line.contains("socketpair.process.printer")
							&& line.endsWith("to {} out"))
					.anyMatch((line) -> line.contains("WARN") && line.contains("socketpair.process.printer")
							&& line.endsWith("to err")));
		}
	}

	@Test
	void whatAChildPrintsIsLoggedAsTheLevelOfItsLoggerSays(CapturedOutput output) {
		try (ConfigurableApplicationContext context = run((initialized) -> {
		}, new String[0], "socketpair.processes.printer.command=sh,-c,echo to out; echo to err >&2; sleep 600",
				"socketpair.processes.printer.stop-timeout=0", "logging.level.socketpair.process.printer=warn")) {
			assertThat(context.getBean(SocketPairProcess.class).isAlive()).isTrue();
			Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(output).contains("to err"));
			assertThat(output).doesNotContain("to out");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "SOCKETPAIR_FD=3", "SOCKETPAIR_PROCESS=worker/1" })
	void childOfAParentThatGaveItASocketStartsNothingByItself(String variable, CapturedOutput output)
			throws IOException {
		try (ConfigurableApplicationContext context = run((initialized) -> {
		}, ECHO, variable, "socketpair.processes.second.command=cat", "socketpair.processes.second.auto-start=false")) {
			SocketPairProcess process = context.getBean("echo", SocketPairProcess.class);
			assertThat(process.state()).isEqualTo(SocketPairProcessState.STOPPED);
			assertThat(output).contains("The processes [echo] are not started", "socketpair.auto-start-in-child");
			process.start();
			assertEchoes(process);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "socketpair.auto-start-in-child=true", "socketpair.processes-in-child=true" })
	void childOfAParentThatGaveItASocketStartsItsProcessesIfItIsTold(String told) {
		this.contextRunner.withPropertyValues(ECHO)
			.withPropertyValues("SOCKETPAIR_FD=3", "SOCKETPAIR_PROCESS=worker/1", told)
			.run((context) -> assertEchoes(context.getBean(SocketPairProcess.class)));
	}

	@Test
	void processOfTheCodeIsStartedAndStoppedLikeAConfiguredOneButNotInTheRegistry() {
		this.contextRunner.withPropertyValues(ECHO)
			.withUserConfiguration(OwnProcessConfiguration.class)
			.run((context) -> {
				assertThat(context.getBeansOfType(SocketPairProcess.class)).containsOnlyKeys("echo", "own");
				assertThat(context.getBean(SocketPairRegistry.class).processes()).containsOnlyKeys("echo");
				assertThat(context.getBean("own", SocketPairProcess.class).isAlive()).isTrue();
			});
	}

	@Test
	void processOfTheCodeNeedsNoConfiguredOne() {
		this.contextRunner.withUserConfiguration(OwnProcessConfiguration.class, ListeningConfiguration.class)
			.withBean(LazyInitializationBeanFactoryPostProcessor.class)
			.run((context) -> {
				SocketPairProcess process = context.getBean("own", SocketPairProcess.class);
				assertThat(process.state()).isEqualTo(SocketPairProcessState.RUNNING);
				SocketPairProcessEvent event = next(context.getBean(Events.class).events());
				assertThat(event).isInstanceOf(SocketPairProcessStartedEvent.class);
				assertThat(event.getProcess()).isSameAs(process);
				long pid = process.pid();
				context.close();
				assertThat(Pids.runs(pid)).isFalse();
			});
	}

	@Test
	void lazyProcessOfTheCodeIsNeitherMadeNorStarted() {
		this.contextRunner.withUserConfiguration(LazyProcessConfiguration.class).run((context) -> {
			assertThat(context.getSourceApplicationContext().getBeanFactory().containsSingleton("lazy")).isFalse();
			assertThat(context.getBean(SocketPairProcess.class).state()).isEqualTo(SocketPairProcessState.STOPPED);
		});
	}

	@Test
	void processThatRanBeforeAPauseRunsAfterItAlsoIfItWasStartedByHand() {
		this.contextRunner.withPropertyValues(ECHO)
			.withPropertyValues("socketpair.processes.hand.command=cat", "socketpair.processes.hand.attach=stdio",
					"socketpair.processes.hand.framing=line", "socketpair.processes.hand.auto-start=false",
					"socketpair.processes.idle.command=cat", "socketpair.processes.idle.auto-start=false")
			.run((context) -> {
				SocketPairProcess process = context.getBean("hand", SocketPairProcess.class);
				process.start();
				for (int pause = 0; pause < 2; pause++) {
					context.getSourceApplicationContext().pause();
					assertThat(ProcessHandle.current().children()).isEmpty();
					context.getSourceApplicationContext().restart();
					assertEchoes(process);
					assertEchoes(context.getBean("echo", SocketPairProcess.class));
					assertThat(context.getBean("idle", SocketPairProcess.class).starts()).isZero();
				}
				assertThat(process.starts()).isEqualTo(3);
			});
	}

	@Test
	void disabledApplicationHasNoProcessesWhateverTheyAre() {
		this.contextRunner
			.withPropertyValues("socketpair.enabled=false", "socketpair.processes.echo.command=no-such-command",
					"socketpair.processes[a/b].descriptor=x")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(SocketPairProcess.class)
				.doesNotHaveBean(SocketPairProcessLifecycle.class));
	}

	/** An application that logs. */
	private static ConfigurableApplicationContext run(ApplicationContextInitializer<?> initializer, String[] echo,
			String... properties) {
		SpringApplication application = FailedStart.application(Application.class);
		application.addInitializers(initializer);
		return application.run(Stream.of(echo, properties, new String[] { "logging.level.root=info" })
			.flatMap(Stream::of)
			.map((property) -> "--" + property)
			.toArray(String[]::new));
	}

	private static void assertEchoes(SocketPairProcess process) throws IOException {
		process.messages().send("hello");
		assertThat(receive(process)).isEqualTo("hello");
	}

	private static String receive(SocketPairProcess process) throws IOException {
		ByteBuffer message = process.messages().receive(PATIENCE);
		assertThat(message).isNotNull();
		return StandardCharsets.UTF_8.decode(message).toString();
	}

	private static void kill(long pid) {
		assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
	}

	private static SocketPairProcessEvent next(BlockingQueue<SocketPairProcessEvent> events)
			throws InterruptedException {
		SocketPairProcessEvent event = events.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
		assertThat(event).isNotNull();
		return event;
	}

	private record Injected(SocketPairProcess byParameterName, SocketPairProcess byQualifier,
			Map<String, SocketPairProcess> map, List<SocketPairProcess> list) {
	}

	private record Events(BlockingQueue<SocketPairProcessEvent> events) {
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SocketPairAutoConfiguration.class, SocketPairProcessAutoConfiguration.class })
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	static class InjectingConfiguration {

		@Bean
		Injected injected(SocketPairProcess echo, @Qualifier("other.one") SocketPairProcess other,
				Map<String, SocketPairProcess> map, List<SocketPairProcess> list) {
			return new Injected(echo, other, map, list);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class EarlyConfiguration {

		@Bean
		Object early(SocketPairProcess echo) throws IOException {
			echo.start();
			return new Object();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnProcessConfiguration {

		@Bean
		SocketPairProcess own(SocketPairFactory factory) {
			return new SocketPairProcessBuilder(factory).command("cat")
				.attach(Attachment.STDIO)
				.framing(Framing.LINE)
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyProcessConfiguration {

		@Bean
		@Lazy
		SocketPairProcess lazy(SocketPairFactory factory) {
			return new SocketPairProcessBuilder(factory).command("cat").build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ListeningConfiguration {

		private final Events events = new Events(new LinkedBlockingQueue<>());

		@Bean
		Events events() {
			return this.events;
		}

		@EventListener
		void on(SocketPairProcessEvent event) {
			this.events.events().add(event);
		}

	}

	static class FailingListener {

		@EventListener
		void on(SocketPairProcessStartedEvent event) {
			throw new IllegalStateException("on purpose");
		}

	}

	static class ClosingListener implements SocketPairProcessListener {

		private final BlockingQueue<String> seen;

		ClosingListener(BlockingQueue<String> seen) {
			this.seen = seen;
		}

		/** Takes its time, in which the context is closed, or waits. */
		@Override
		public void exited(SocketPairProcess process, long pid, ExitStatus status, Duration restartDelay) {
			try {
				assertThat(new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS)).isFalse();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			this.seen.add("listener of " + process.name() + " " + status);
		}

		@EventListener
		void on(SocketPairProcessExitedEvent event) {
			this.seen.add("event of " + event.getName() + " " + event.getStatus());
		}

	}

	static class StoppingListener implements ApplicationContextAware {

		private final BlockingQueue<Duration> closing;

		private ApplicationContext context;

		StoppingListener(BlockingQueue<Duration> closing) {
			this.closing = closing;
		}

		@Override
		public void setApplicationContext(ApplicationContext context) {
			this.context = context;
		}

		@EventListener
		void on(SocketPairProcessExitedEvent event) {
			long start = System.nanoTime();
			((ConfigurableApplicationContext) this.context).close();
			this.closing.add(Duration.ofNanos(System.nanoTime() - start));
		}

	}

	static class RecordingListener implements SocketPairProcessListener {

		private final BlockingQueue<String> told;

		RecordingListener(BlockingQueue<String> told) {
			this.told = told;
		}

		@Override
		public void started(SocketPairProcess process, long pid) {
			this.told.add(process.name());
		}

	}

	static class NeedingListener implements SocketPairProcessListener {

		private final CompletableFuture<SocketPairProcess> started = new CompletableFuture<>();

		private final SocketPairProcess echo;

		NeedingListener(SocketPairProcess echo) {
			this.echo = echo;
		}

		@Override
		public void started(SocketPairProcess process, long pid) {
			this.started.complete(process);
		}

	}

}
