package dev.socketpair.sample;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A real server with the shipped configuration, but another target and shorter intervals.
 */
final class PrometheusServer {

	static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final Pattern LISTENING = Pattern.compile("msg=\"Listening on\" address=(\\S+)");

	private final HttpClient client = HttpClient.newHttpClient();

	private final JsonMapper mapper = new JsonMapper();

	private final Process process;

	private final String address;

	private PrometheusServer(Process process, String address) {
		this.process = process;
		this.address = address;
	}

	/**
	 * Start a server, which ends with this JVM at the latest.
	 * @param directory an empty directory for everything that it writes
	 * @param target what it scrapes
	 * @return a server that listens
	 */
	static PrometheusServer start(Path directory, String target) throws IOException, InterruptedException {
		Path rules = AlertRules.DIRECTORY.resolve("prometheus-rules.yaml").toAbsolutePath();
		String configuration = Files.readString(AlertRules.DIRECTORY.resolve("prometheus.yaml"));
		configuration = replace(configuration, "(scrape|evaluation)_interval: 15s", "$1_interval: 1s");
		configuration = replace(configuration, "- prometheus-rules.yaml", "- '" + rules + "'");
		configuration = replace(configuration, "\"localhost:8080\"", "\"" + target + "\"");
		Path file = Files.writeString(directory.resolve("prometheus.yaml"), configuration);
		Path log = directory.resolve("log");
		Process process = new ProcessBuilder("prometheus", "--config.file=" + file,
				"--storage.tsdb.path=" + directory.resolve("data"), "--web.listen-address=127.0.0.1:0")
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
		Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
		try {
			return new PrometheusServer(process, address(process, log));
		}
		catch (Throwable ex) {
			process.destroyForcibly().waitFor();
			throw ex;
		}
	}

	private static String replace(String text, String pattern, String replacement) {
		assertThat(text).containsPattern(pattern);
		return text.replaceAll(pattern, replacement);
	}

	/** The port is the server's choice, and it says which. */
	private static String address(Process process, Path log) {
		return Awaitility.await().atMost(PATIENCE).until(() -> {
			assertThat(process.isAlive()).as(() -> read(log)).isTrue();
			Matcher matcher = LISTENING.matcher(Files.readString(log));
			return matcher.find() ? matcher.group(1) : "";
		}, (found) -> !found.isEmpty());
	}

	private static String read(Path log) {
		try {
			return Files.readString(log);
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	/**
	 * Evaluate an expression at this moment.
	 * @param expression in PromQL
	 * @return the samples
	 */
	List<Sample> query(String expression) throws IOException, InterruptedException {
		return Dashboard.stream(get("query?query=" + encode(expression)).get("result")).map((result) -> {
			Map<String, String> labels = new TreeMap<>();
			result.get("metric")
				.properties()
				.forEach((label) -> labels.put(label.getKey(), label.getValue().asString()));
			return new Sample(labels, Double.parseDouble(result.get("value").get(1).asString()));
		}).toList();
	}

	/**
	 * Return the values of a label, as Grafana asks for those of a variable.
	 * @param label the label
	 * @param selector the series to look at
	 * @return the values
	 */
	List<String> labelValues(String label, String selector) throws IOException, InterruptedException {
		return Dashboard
			.stream(get("label/%s/values?match[]=%s".formatted(label, encode(selector)).replace("[]", "%5B%5D")))
			.map(JsonNode::asString)
			.toList();
	}

	/** Return the alerts that fire or are about to, with their annotations. */
	List<JsonNode> alerts() throws IOException, InterruptedException {
		return Dashboard.stream(get("alerts").get("alerts")).toList();
	}

	private JsonNode get(String path) throws IOException, InterruptedException {
		URI uri = URI.create("http://%s/api/v1/%s".formatted(this.address, path));
		String body = this.client.send(HttpRequest.newBuilder(uri).timeout(PATIENCE).build(), BodyHandlers.ofString())
			.body();
		JsonNode answer = this.mapper.readTree(body);
		assertThat(answer.get("status").asString()).as(body).isEqualTo("success");
		return answer.get("data");
	}

	private static String encode(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8);
	}

	void stop() throws InterruptedException {
		this.process.destroy();
		boolean ended = this.process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
		this.process.destroyForcibly().waitFor();
		assertThat(ended).as("Prometheus ended when it was asked to").isTrue();
	}

	/**
	 * A series and its value.
	 *
	 * @param labels the labels, the name of the metric among them where it has one
	 * @param value the value
	 */
	record Sample(Map<String, String> labels, double value) {
	}

}
