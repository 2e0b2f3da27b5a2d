package dev.socketpair.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessState;
import dev.socketpair.testsupport.InBackground;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.context.support.StaticApplicationContext;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;

/**
 * Tests for {@link SocketPairProcessLifecycle}.
 */
@ExtendWith(OutputCaptureExtension.class)
class SocketPairProcessLifecycleTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final Map<String, SocketPairProcess> processes = new LinkedHashMap<>();

	private final SocketPairProcess one = process("one");

	private final SocketPairProcess two = process("two");

	private final SocketPairProcessLifecycle lifecycle = lifecycle(true, "one", "two");

	/** An application that another test has started may have turned logging off. */
	@BeforeEach
	void log() {
		LoggingSystem.get(getClass().getClassLoader())
			.setLogLevel(SocketPairProcessLifecycle.class.getName(), LogLevel.INFO);
	}

	@Test
	void processesAreStartedAndStoppedAllAtOnce() throws Exception {
		CountDownLatch bothStart = new CountDownLatch(2);
		willAnswer((call) -> meet(bothStart)).given(this.one).start();
		willAnswer((call) -> meet(bothStart)).given(this.two).start();
		this.lifecycle.start();
		assertThat(this.lifecycle.isRunning()).isTrue();
		assertThat(bothStart.getCount()).isZero();
		CompletableFuture<Void> first = new CompletableFuture<>();
		CompletableFuture<Void> second = new CompletableFuture<>();
		given(this.one.stopAsync()).willReturn(first);
		given(this.two.stopAsync()).willReturn(second);
		AtomicInteger stopped = new AtomicInteger();
		this.lifecycle.stop(stopped::incrementAndGet);
		second.complete(null);
		assertThat(stopped).hasValue(0);
		assertThat(this.lifecycle.isRunning()).isTrue();
		first.complete(null);
		assertThat(stopped).hasValue(1);
		assertThat(this.lifecycle.isRunning()).isFalse();
	}

	@Test
	void thoseThatRunAreNotStartedAndThoseThatGaveUpAre() throws IOException {
		given(this.one.state()).willReturn(SocketPairProcessState.WAITING_TO_RESTART);
		given(this.two.state()).willReturn(SocketPairProcessState.GAVE_UP);
		this.lifecycle.start();
		then(this.one).should(never()).start();
		then(this.two).should().start();
	}

	@Test
	void thoseThatDoNotStartByThemselvesAreStoppedAllTheSame() throws IOException {
		SocketPairProcessLifecycle ofOne = lifecycle(true, "one");
		ofOne.start();
		then(this.two).should(never()).start();
		ofOne.stop();
		then(this.two).should().stopAsync();
		assertThat(ofOne.isRunning()).isFalse();
	}

	@Test
	void nothingIsStartedInAChildButAllIsStopped() throws IOException {
		SocketPairProcessLifecycle inChild = lifecycle(false, "one", "two");
		inChild.start();
		then(this.one).should(never()).start();
		assertThat(inChild.isRunning()).isTrue();
		inChild.stop();
		then(this.one).should().stopAsync();
	}

	@Test
	void failureStopsTheOthersWhenTheyHaveBeenTriedAndTellsOfAll() throws IOException {
		IOException first = new IOException("first");
		IOException second = new IOException("second");
		willThrow(first).given(this.one).start();
		willThrow(second).given(this.two).start();
		SocketPairProcess third = process("three");
		assertThatExceptionOfType(SocketPairProcessStartFailedException.class)
			.isThrownBy(lifecycle(true, "one", "two", "three")::start)
			.satisfies((failure) -> {
				assertThat(failure).hasCause(first).hasMessageContaining("'one'");
				assertThat(failure.getSuppressed()).singleElement()
					.satisfies((other) -> assertThat(other).hasCause(second).hasMessageContaining("'two'"));
			});
		then(third).should().start();
		then(third).should().stopAsync();
		assertThat(this.lifecycle.isRunning()).isFalse();
	}

	@Test
	void callbackIsCalledWhateverFails(CapturedOutput output) {
		given(this.one.stopAsync()).willThrow(new OutOfMemoryError("unable to create native thread"));
		given(this.two.stopAsync()).willReturn(CompletableFuture.failedFuture(new IllegalStateException("on purpose")));
		AtomicInteger stopped = new AtomicInteger();
		this.lifecycle.stop(stopped::incrementAndGet);
		assertThat(stopped).hasValue(1);
		assertThat(output).contains("Process 'one' could not be stopped", "Process 'two' could not be stopped");
		SocketPairProcessLifecycle withoutProcesses = new SocketPairProcessLifecycle(() -> {
			throw new IllegalStateException("no bean factory");
		}, Set.<String>of()::contains, true, () -> false, events());
		withoutProcesses.stop(stopped::incrementAndGet);
		assertThat(stopped).hasValue(2);
	}

	@Test
	void mockInPlaceOfAProcessHarmsNobody() {
		this.processes.put("mock", mock(SocketPairProcess.class));
		SocketPairProcessLifecycle withMock = lifecycle(true, "one", "two", "mock");
		withMock.start();
		AtomicInteger stopped = new AtomicInteger();
		withMock.stop(stopped::incrementAndGet);
		assertThat(stopped).hasValue(1);
		then(this.two).should().stopAsync();
	}

	/**
	 * Spring Framework takes a thread that waits without a limit for one that is stuck in
	 * {@code System.exit}, and does not close the context then.
	 */
	@Test
	void threadThatStartsTheContextIsNotTakenForStuck() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		willAnswer((call) -> end.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).given(this.one).start();
		InBackground<Void> start = InBackground.call(() -> {
			this.lifecycle.start();
			return null;
		});
		Awaitility.await().atMost(PATIENCE).until(() -> start.thread().getState() == Thread.State.TIMED_WAITING);
		start.thread().interrupt();
		end.countDown();
		start.get();
		then(this.two).should().start();
	}

	@Test
	void processRunsFromBeforeTheWebServerAcceptsUntilItHasDrained() throws Exception {
		SpringApplication application = FailedStart.application(WebApplication.class);
		application.setWebApplicationType(WebApplicationType.SERVLET);
		ConfigurableApplicationContext context = application.run("--server.port=0",
				"--socketpair.processes.echo.command=cat", "--socketpair.processes.echo.attach=stdio",
				"--socketpair.processes.echo.framing=line");
		try (context) {
			WebApplication web = context.getBean(WebApplication.class);
			assertThat(web.stateWhenItAccepted).isEqualTo(SocketPairProcessState.RUNNING);
			HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:%d/".formatted(web.port)))
				.build();
			InBackground<String> response = InBackground
				.call(() -> HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body());
			assertThat(web.requested.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
			context.close();
			assertThat(response.get()).isEqualTo("still there");
			assertThat(web.echo.state()).isEqualTo(SocketPairProcessState.STOPPED);
		}
	}

	private static Object meet(CountDownLatch latch) throws InterruptedException {
		latch.countDown();
		assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		return null;
	}

	private SocketPairProcess process(String name) {
		SocketPairProcess process = mock(SocketPairProcess.class);
		given(process.name()).willReturn(name);
		given(process.state()).willReturn(SocketPairProcessState.STOPPED);
		given(process.stopAsync()).willReturn(CompletableFuture.completedFuture(null));
		this.processes.put(name, process);
		return process;
	}

	private SocketPairProcessLifecycle lifecycle(boolean starts, String... names) {
		return new SocketPairProcessLifecycle(() -> this.processes, Set.of(names)::contains, starts, () -> false,
				events());
	}

	private static ProcessEventPublisher events() {
		return new ProcessEventPublisher(new StaticApplicationContext());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class WebApplication {

		private final SocketPairProcess echo;

		private final CountDownLatch requested = new CountDownLatch(1);

		private final CountDownLatch closing = new CountDownLatch(1);

		private volatile SocketPairProcessState stateWhenItAccepted;

		private volatile int port;

		WebApplication(SocketPairProcess echo) {
			this.echo = echo;
		}

		@EventListener
		void on(WebServerInitializedEvent event) {
			this.stateWhenItAccepted = this.echo.state();
			this.port = event.getWebServer().getPort();
		}

		@EventListener
		void on(ContextClosedEvent event) {
			this.closing.countDown();
		}

		/** Uses the child for as long as a stop of it would take. */
		@GetMapping("/")
		String use() throws Exception {
			this.requested.countDown();
			this.closing.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
			long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(700);
			while (System.nanoTime() < end) {
				this.echo.messages().send("ping");
				if (this.echo.messages().receive(PATIENCE) == null) {
					return "gone";
				}
			}
			return "still there";
		}

	}

}
