package dev.socketpair.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketpair.Errno;
import dev.socketpair.SocketDomain;
import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.sample.AlertRules.Alert;
import dev.socketpair.sample.Dashboard.Target;
import dev.socketpair.sample.PrometheusServer.Sample;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.micrometer.metrics.test.autoconfigure.AutoConfigureMetrics;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the dashboard and the alert rules with a real Prometheus that scrapes this
 * application, after everything that they show has happened.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, args = "pom.xml")
@AutoConfigureMetrics
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(180)
class ObservabilityTests {

	private static final Pattern VARIABLE_QUERY = Pattern.compile("label_values\\((.+), (\\w+)\\)");

	private static final Pattern LEGEND_LABEL = Pattern.compile("\\{\\{(\\w+)}}");

	private static final Pattern ANNOTATION_LABEL = Pattern.compile("\\$labels\\.(\\w+)");

	/** Strings, selectors, ranges and lists of labels. */
	private static final Pattern NO_METRICS = Pattern
		.compile("\"[^\"]*\"|\\{[^}]*}|\\[[^]]*]|\\b(by|on|without|ignoring)\\s*\\([^)]*\\)");

	/** Functions are followed by a parenthesis. */
	private static final Pattern METRIC = Pattern.compile("\\b[a-z]+(_[a-z]+)+\\b(?!\\s*\\()");

	private final HttpClient client = HttpClient.newHttpClient();

	@LocalServerPort
	private int port;

	@Autowired
	private SocketPairFactory factory;

	@Autowired
	@Qualifier("java-worker")
	private SocketPairProcess worker;

	private PrometheusServer prometheus;

	@BeforeAll
	void scrapeWhileEverythingHappens(@TempDir Path directory) throws Exception {
		Promtool.assumeInstalled();
		SocketPairOptions refused = this.factory.defaultOptions().toBuilder().domain(SocketDomain.INET).build();
		assertThat(errnoOf(refused)).isEqualTo(Errno.EOPNOTSUPP);
		assertThat(errnoWithoutDescriptors()).isEqualTo(Errno.EMFILE);
		this.prometheus = PrometheusServer.start(directory, "localhost:" + this.port);
		await().until(() -> !query("socketpair_open_pairs").isEmpty());
		transfer();
		get("/workers?text=hello");
		long starts = this.worker.starts();
		ProcessHandle.of(this.worker.pid()).orElseThrow().destroyForcibly();
		await().until(() -> this.worker.starts() > starts && this.worker.isAlive());
		// Where there are two samples, there is a rate
		await().until(() -> !query("count_over_time(socketpair_process_exits_total[5m]) > 1").isEmpty());
	}

	@AfterAll
	void stop() throws Exception {
		if (this.prometheus != null) {
			this.prometheus.stop();
		}
	}

	Stream<Target> targets() {
		return Dashboard.read().targets().stream();
	}

	Stream<Alert> alerts() {
		return AlertRules.alerts().stream();
	}

	@ParameterizedTest
	@MethodSource("targets")
	void queryOfThePanelHasAResultWithTheLabelsOfItsLegend(Target target) throws Exception {
		for (String application : List.of(".*", "sample-app")) {
			String query = target.expression()
				.replace("$application", application)
				.replace("$instance", "localhost:" + this.port)
				.replace("$__rate_interval", "1m")
				.replace("$__range", "30m");
			assertThat(query).doesNotContain("$");
			// It would hide that there is nothing else
			List<Sample> samples = query(query.replace(" or vector(0)", ""));
			assertThat(samples).as(query).isNotEmpty();
			assertHasLabels(samples, LEGEND_LABEL, target.legend());
		}
	}

	@ParameterizedTest
	@MethodSource("targets")
	void queryOfThePanelHasOnlyMetricsThatAreScraped(Target target) throws Exception {
		assertThat(scrapedMetrics()).containsAll(metrics(target.expression()));
	}

	@ParameterizedTest
	@MethodSource("alerts")
	void expressionOfTheAlertHasSeriesWithTheLabelsOfItsAnnotations(Alert alert) throws Exception {
		String expression = alert.expressionWithoutThreshold();
		assertThat(expression).isNotEqualTo(alert.expression());
		List<Sample> samples = query(expression);
		assertThat(samples).as(expression).isNotEmpty();
		assertHasLabels(samples, ANNOTATION_LABEL, alert.annotations().get("summary"));
		assertThat(scrapedMetrics()).containsAll(metrics(alert.expression()));
	}

	@Test
	void variablesHaveTheApplicationAndTheInstance() throws Exception {
		for (JsonNode variable : Dashboard.read().variables()) {
			Matcher query = VARIABLE_QUERY.matcher(variable.get("query").get("query").asString());
			assertThat(query.matches()).isTrue();
			String expected = variable.get("name").asString().equals("application") ? "sample-app"
					: "localhost:" + this.port;
			assertThat(
					this.prometheus.labelValues(query.group(2), query.group(1).replace("$application", "sample-app")))
				.containsExactly(expected);
		}
	}

	@Test
	void panelsShowWhatHasHappened() throws Exception {
		assertThat(value("sum(rate(socketpair_bytes_total{direction='sent'}[5m]))")).isPositive();
		assertThat(value("sum(socketpair_failures_total{operation='socketpair', errno='EMFILE'})")).isEqualTo(1);
		assertThat(value("sum(socketpair_process_exits_total{process='java-worker', status='137 (SIGKILL)'})"))
			.isEqualTo(1);
		assertThat(value("sum(socketpair_process_down)")).isZero();
		assertThat(value("max(socketpair_process_up{process='java-worker'})")).isEqualTo(1);
		assertThat(value("max(process_files_open_files / process_files_max_files)")).isBetween(0.0, 1.0);
	}

	@Test
	void onlyTheAlertOfWhatHasHappenedFires() {
		await().untilAsserted(() -> assertThat(this.prometheus.alerts()).singleElement().satisfies((alert) -> {
			assertThat(alert.get("state").asString()).isEqualTo("firing");
			assertThat(alert.get("labels").get("alertname").asString()).isEqualTo("SocketPairDescriptorsExhausted");
			assertThat(alert.get("annotations").get("summary").asString()).isEqualTo(
					"localhost:%d has run out of file descriptors: socketpair failed with EMFILE".formatted(this.port));
		}));
	}

	/** Others' metrics are not asked to be perfect. */
	@Test
	void promtoolAcceptsTheMetrics() throws Exception {
		String scrape = get("/actuator/prometheus").lines()
			.filter((line) -> line.matches("(# \\w+ )?socketpair_.*"))
			.collect(Collectors.joining("\n", "", "\n"));
		Promtool.Result result = Promtool.run(scrape, "check", "metrics");
		assertThat(result.status()).as(result.output()).isZero();
	}

	private static void assertHasLabels(List<Sample> samples, Pattern pattern, String text) {
		Set<String> labels = pattern.matcher(text).results().map((label) -> label.group(1)).collect(Collectors.toSet());
		assertThat(samples).allSatisfy((sample) -> assertThat(sample.labels().keySet()).containsAll(labels));
	}

	private static Set<String> metrics(String expression) {
		Set<String> metrics = METRIC.matcher(NO_METRICS.matcher(expression).replaceAll(""))
			.results()
			.map((metric) -> metric.group())
			.collect(Collectors.toSet());
		assertThat(metrics).as(expression).isNotEmpty();
		return metrics;
	}

	private Set<String> scrapedMetrics() throws Exception {
		return get("/actuator/prometheus").lines()
			.filter((line) -> !line.startsWith("#"))
			.map((line) -> line.split("[{ ]")[0])
			.collect(Collectors.toSet());
	}

	private ConditionFactory await() {
		return Awaitility.await().atMost(PrometheusServer.PATIENCE);
	}

	private List<Sample> query(String expression) throws IOException, InterruptedException {
		return this.prometheus.query(expression);
	}

	private double value(String expression) throws IOException, InterruptedException {
		List<Sample> samples = query(expression);
		assertThat(samples).as(expression).hasSize(1);
		return samples.get(0).value();
	}

	private void transfer() throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(uri("/transfers")).POST(BodyPublishers.noBody()).build();
		assertThat(this.client.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(202);
		await().until(() -> get("/transfers/latest").contains("\"state\":\"DONE\""));
	}

	private String get(String path) throws IOException, InterruptedException {
		return this.client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString()).body();
	}

	private URI uri(String path) {
		return URI.create("http://localhost:%d%s".formatted(this.port, path));
	}

	private Errno errnoOf(SocketPairOptions options) throws IOException {
		try {
			this.factory.create(options).close();
			return null;
		}
		catch (SocketPairException ex) {
			return ex.errno();
		}
	}

	/**
	 * Create a pair while this process may open nothing. The limit is lowered and raised
	 * by a process that runs before that, since none could be started.
	 */
	private Errno errnoWithoutDescriptors() throws Exception {
		String script = "soft=$(prlimit --pid $0 --nofile --output SOFT --noheadings) && prlimit --pid $0 --nofile=1:"
				+ " && echo lowered && read answer; prlimit --pid $0 --nofile=$soft:";
		Process process = new ProcessBuilder("/bin/sh", "-c", script, Long.toString(ProcessHandle.current().pid()))
			.start();
		try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
			assertThat(output.readLine()).isEqualTo("lowered");
			return errnoOf(this.factory.defaultOptions());
		}
		finally {
			process.getOutputStream().close();
			assertThat(process.waitFor()).isZero();
		}
	}

}
