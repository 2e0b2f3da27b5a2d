package dev.socketpair.process;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.testsupport.InBackground;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.Banner;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a browser sees when a worker gives no answer, through Spring MVC and Tomcat and
 * without a handler of the application: an error, and never an empty 200.
 */
@ExtendWith(OutputCaptureExtension.class)
class LostWorkerHttpTests {

	private static final int CALLERS = 4;

	private static final int REQUESTS = 100;

	/** Each of so many requests kills the worker before it asks. */
	private static final int KILLING = 5;

	private static final HttpClient client = HttpClient.newHttpClient();

	private static ConfigurableApplicationContext context;

	@BeforeAll
	static void start() {
		context = new SpringApplicationBuilder(Application.class).bannerMode(Banner.Mode.OFF)
			.registerShutdownHook(false)
			.run("--server.port=0", "--logging.level.root=error", "--logging.level.dev.socketpair=off",
					"--logging.level.socketpair=off", "--logging.exception-conversion-word=%nopex",
					"--socketpair.processes.echo.command=cat", "--socketpair.processes.echo.attach=stdio",
					"--socketpair.processes.echo.framing=line", "--socketpair.processes.echo.restart.policy=always",
					"--socketpair.processes.echo.restart.initial-delay=0",
					"--socketpair.processes.echo.restart.max-restarts=1000000");
	}

	@AfterAll
	static void stop() {
		context.close();
		// What the application has set is the JVM's, and would stay.
		System.clearProperty("LOG_EXCEPTION_CONVERSION_WORD");
		Logger.getLogger("").setLevel(Level.INFO);
		List.of("dev.socketpair", "socketpair").forEach((name) -> Logger.getLogger(name).setLevel(null));
	}

	static Set<String> ways() {
		return LostWorkers.ALL.keySet();
	}

	@ParameterizedTest
	@MethodSource("ways")
	void lostWorkerIsAnErrorAndInTheLog(String way, CapturedOutput output) throws Exception {
		int before = output.getOut().length();
		Map<String, CompletableFuture<HttpResponse<String>>> responses = new LinkedHashMap<>();
		for (String how : List.of("lost", "lost-in-a-callable", "lost-and-wrapped")) {
			String path = "/" + how + "?way=" + URLEncoder.encode(way, StandardCharsets.UTF_8);
			responses.put(how, client.sendAsync(request(path), HttpResponse.BodyHandlers.ofString()));
		}
		for (String how : responses.keySet()) {
			HttpResponse<String> response = responses.get(how).get();
			assertThat(response.statusCode()).as(how).isEqualTo(500);
			assertThat(response.body()).as(how).contains("Internal Server Error");
		}
		assertThat(output.getOut().substring(before).lines())
			.filteredOn((line) -> line.contains("Servlet.service() for servlet [dispatcherServlet]"))
			.hasSizeGreaterThanOrEqualTo(responses.size());
	}

	@Test
	void noAnswerIsEmptyWhileWorkersAreKilledUnderLoad() throws Exception {
		List<InBackground<int[]>> callers = new ArrayList<>();
		for (int i = 0; i < CALLERS; i++) {
			callers.add(InBackground.call(LostWorkerHttpTests::askAndKill));
		}
		int lost = 0;
		for (InBackground<int[]> caller : callers) {
			lost += caller.get()[0];
		}
		assertThat(lost).isPositive();
	}

	private static int[] askAndKill() throws Exception {
		int[] lost = new int[1];
		for (int i = 0; i < REQUESTS; i++) {
			HttpResponse<String> response = get("/ask?kill=" + (i % KILLING == 0));
			if (response.statusCode() == 200) {
				assertThat(response.body()).isEqualTo("hello");
			}
			else {
				assertThat(response.statusCode()).isEqualTo(500);
				lost[0]++;
			}
		}
		return lost;
	}

	private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
		return client.send(request(path), HttpResponse.BodyHandlers.ofString());
	}

	private static HttpRequest request(String path) {
		URI uri = URI.create("http://localhost:" + context.getEnvironment().getProperty("local.server.port") + path);
		return HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(60)).build();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Application {

		private final SocketPairFactory factory;

		private final SocketPairProcess echo;

		Application(SocketPairFactory factory, SocketPairProcess echo) {
			this.factory = factory;
			this.echo = echo;
		}

		private LostWorkers.Way way(String name) {
			return Objects.requireNonNull(LostWorkers.ALL.get(name), name);
		}

		@GetMapping("/lost")
		String lost(@RequestParam("way") String way) throws Exception {
			return way(way).ask(this.factory);
		}

		@GetMapping("/lost-in-a-callable")
		Callable<String> lostInACallable(@RequestParam("way") String way) {
			return () -> way(way).ask(this.factory);
		}

		@GetMapping("/lost-and-wrapped")
		String lostAndWrapped(@RequestParam("way") String way) {
			try {
				return way(way).ask(this.factory);
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

		@GetMapping("/ask")
		String ask(@RequestParam("kill") boolean kill) throws IOException {
			if (kill) {
				ProcessHandle.of(this.echo.pid()).ifPresent(ProcessHandle::destroyForcibly);
			}
			synchronized (this) {
				return LostWorkers.ask(this.echo, "hello");
			}
		}

	}

}
