package dev.socketpair.sample;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.socketpair.process.SocketPairProcess;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.UseMainMethod;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.RequestHeadersSpec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for {@link WorkerController} with the workers of the configuration, as far as
 * they are installed.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, useMainMethod = UseMainMethod.ALWAYS, args = "pom.xml",
		properties = "socketpair.read-timeout=60s")
@Timeout(120)
class WorkerControllerTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final Map<String, String> LANGUAGES = Map.of("java-worker", "Java", "python-worker", "Python",
			"node-worker", "JavaScript");

	@LocalServerPort
	private int port;

	@Autowired
	private Map<String, SocketPairProcess> processes;

	private RestTestClient client;

	@BeforeEach
	void connect() {
		this.client = RestTestClient.bindToServer().baseUrl("http://localhost:" + this.port).build();
	}

	static Stream<String> texts() {
		return Stream.of("", "hello world", "Grüße aus Zürich 🌍 👩‍👩‍👧", "\u0000\u0001\"\\/\u2028 \uFEFF\u00A0x",
				" two\t\t\u000Bwords\r\n\f\n", "a line\nand another\n", "ä€🌍 ".repeat(100_000));
	}

	@ParameterizedTest
	@MethodSource("texts")
	void allLanguagesTellWhatIsTrue(String text) throws Exception {
		List<WorkerReply> replies = post(text);
		assertThat(replies).extracting(WorkerReply::name)
			.containsExactly("java-worker", "python-worker", "node-worker");
		String sha256 = HexFormat.of()
			.formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
		long words = Stream.of(text.split("[ \t\n\u000B\f\r]+")).filter((word) -> !word.isEmpty()).count();
		assertThat(installed(replies)).isNotEmpty().allSatisfy((reply) -> {
			assertThat(reply.error()).isNull();
			assertThat(reply.state()).isEqualTo("running");
			assertThat(reply.microseconds()).isPositive();
			assertThat(reply.answer()).isEqualTo(new TextFacts(words, text.codePoints().count(), sha256,
					LANGUAGES.get(reply.name()), reply.answer().version(), reply.pid()));
			assertThat(reply.answer().version()).matches("\\d+\\..*");
			assertThat(ProcessHandle.of(reply.pid())).isPresent();
		});
	}

	@Test
	void workersThatAreMissingSaySo() {
		List<WorkerReply> missing = new ArrayList<>(post("hello"));
		missing.removeAll(installed(missing));
		assertThat(missing).allSatisfy((reply) -> {
			assertThat(reply.state()).isEqualTo("not installed");
			assertThat(reply.error()).contains("install it").doesNotContain("worker.py", "worker.cjs");
		});
	}

	@Test
	void textCanBePartOfTheAddress() {
		List<WorkerReply> replies = replies(this.client.get()
			.uri((uri) -> uri.path("/workers").queryParam("text", "{text}").build("1 & 2 = ½ + 🌍")));
		assertThat(installed(replies)).allSatisfy((reply) -> assertThat(reply.answer().characters()).isEqualTo(13));
	}

	@ParameterizedTest
	@CsvSource({ "cross-site,FORBIDDEN", "same-site,FORBIDDEN", "same-origin,NOT_FOUND", "none,NOT_FOUND" })
	void pageOfAnotherSiteKillsNobody(String site, HttpStatus expected) {
		this.client.post()
			.uri("/workers/nobody/kill")
			.header("Sec-Fetch-Site", site)
			.exchange()
			.expectStatus()
			.isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "evil.example,FORBIDDEN", "localhost,NOT_FOUND", "127.0.0.1,NOT_FOUND", "[::1],NOT_FOUND" })
	void applicationHasNoOtherNameThanThisMachines(String name, HttpStatus expected) throws Exception {
		try (Socket socket = new Socket("127.0.0.1", this.port)) {
			String request = "POST /workers/nobody/kill HTTP/1.1\r\nHost: %s:%d\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
				.formatted(name, this.port);
			socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
			String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(answer).startsWith("HTTP/1.1 " + expected.value());
		}
	}

	@Test
	void noTextIsAnEmptyOne() {
		assertThat(installed(replies(this.client.get().uri("/workers"))))
			.allSatisfy((reply) -> assertThat(reply.answer().characters()).isZero());
	}

	@Test
	void textThatIsTooLongForAMessageIsAnErrorAndTheNextIsNot() {
		assertThat(installed(post("x".repeat(17_000_000)))).allSatisfy((reply) -> {
			assertThat(reply.error()).contains("larger than the maximum");
			assertThat(reply.state()).isEqualTo("running");
		});
		assertThat(installed(post("x"))).allSatisfy((reply) -> assertThat(reply.error()).isNull());
	}

	@Test
	void requestsAtTheSameTimeGetTheirOwnAnswers() throws Exception {
		List<FutureTask<List<WorkerReply>>> requests = IntStream.range(0, 40)
			.mapToObj((length) -> inBackground("x".repeat(length)))
			.toList();
		for (int length = 0; length < requests.size(); length++) {
			int expected = length;
			assertThat(installed(requests.get(length).get()))
				.allSatisfy((reply) -> assertThat(reply.answer().characters()).isEqualTo(expected));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "java-worker", "python-worker", "node-worker" })
	void workerThatIsKilledDuringARequestIsReplaced(String name) throws Exception {
		post("starts the worker");
		SocketPairProcess process = this.processes.get(name);
		assumeTrue(process.isAlive(), () -> name + " is not installed on this machine");
		long pid = process.pid();
		new ProcessBuilder("kill", "-STOP", Long.toString(pid)).start().waitFor();
		FutureTask<List<WorkerReply>> request = inBackground("hello");
		Awaitility.await().atMost(PATIENCE).until(() -> process.socket().unsent() > 0);
		ProcessHandle.of(pid).orElseThrow().destroyForcibly();
		assertThat(request.get()).allSatisfy((reply) -> {
			if (reply.name().equals(name)) {
				assertThat(reply.error())
					.isEqualTo("Process '%s' exited with 137 (SIGKILL), and is started again".formatted(name));
				assertThat(reply.answer()).isNull();
			}
		});
		Awaitility.await()
			.atMost(PATIENCE)
			.untilAsserted(() -> assertThat(installed(post("hello"))).allSatisfy((reply) -> {
				assertThat(reply.error()).isNull();
				assertThat(reply.answer().characters()).isEqualTo(5);
			}));
		assertThat(process.pid()).isNotEqualTo(pid);
	}

	@Test
	void workerThatIsNotThereCannotBeKilled() {
		this.client.post()
			.uri("/workers/no-worker/kill")
			.exchange()
			.expectStatus()
			.isNotFound()
			.expectBody()
			.jsonPath("$.detail")
			.isEqualTo("There is no worker of this name: the workers are java-worker, python-worker, node-worker");
	}

	@Test
	void workerThatDoesNotRunCannotBeKilled() {
		this.processes.get("python-worker").stop();
		this.client.post()
			.uri("/workers/python-worker/kill")
			.exchange()
			.expectStatus()
			.isEqualTo(HttpStatus.CONFLICT)
			.expectBody()
			.jsonPath("$.detail")
			.isEqualTo("'python-worker' does not run, so that there is nothing to kill");
	}

	@ParameterizedTest
	@CsvSource({ "/, text/html", "/page.js, text/javascript", "/page.css, text/css", "/icon.svg, image/svg+xml" })
	void pageIsServed(String path, String type) {
		this.client.get()
			.uri(path)
			.accept(MediaType.parseMediaType(type))
			.exchange()
			.expectStatus()
			.isOk()
			.expectHeader()
			.contentTypeCompatibleWith(type);
	}

	private List<WorkerReply> installed(List<WorkerReply> replies) {
		return replies.stream()
			.filter((reply) -> isInstalled(this.processes.get(reply.name()).command().get(0)))
			.toList();
	}

	private static boolean isInstalled(String command) {
		try {
			return new ProcessBuilder("/bin/sh", "-c", "command -v " + command).start().waitFor() == 0;
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private FutureTask<List<WorkerReply>> inBackground(String text) {
		FutureTask<List<WorkerReply>> request = new FutureTask<>(() -> post(text));
		new Thread(request).start();
		return request;
	}

	/** As curl does: without a charset. */
	private List<WorkerReply> post(String text) {
		byte[] body = text.getBytes(StandardCharsets.UTF_8);
		return replies(this.client.post().uri("/workers").contentType(MediaType.TEXT_PLAIN).body(body));
	}

	private static List<WorkerReply> replies(RequestHeadersSpec<?> request) {
		return request.exchange().expectStatus().isOk().expectBody(new ParameterizedTypeReference<List<WorkerReply>>() {
		}).returnResult().getResponseBody();
	}

}
