package dev.socketpair.documentation;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.process.SocketPairProcess;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.Banner;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the documentation has the fields of real answers of the endpoint and of the
 * health contributor, and no others.
 */
class DocumentedActuatorTests {

	/** What a process is called in the documentation. */
	private static final String NAME = ".NAME";

	private static final Set<String> endpoint = new TreeSet<>();

	private static final Set<String> health = new TreeSet<>();

	@BeforeAll
	static void ask() throws Exception {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.bannerMode(Banner.Mode.OFF)
			.registerShutdownHook(false)
			.run("--server.port=0", "--logging.level.root=off", "--management.endpoints.web.exposure.include=*",
					"--management.endpoint.health.show-details=always", "--socketpair.pairs.control.type=seqpacket",
					"--socketpair.processes.runs.command=cat", "--socketpair.processes.runs.attach=stdio",
					"--socketpair.processes.ended.command=true", "--socketpair.processes.ended.attach=stdio")) {
			SocketPairProcess ended = context.getBean("ended", SocketPairProcess.class);
			Awaitility.await().until(() -> ended.lastExit() != null);
			String actuator = "http://localhost:" + context.getEnvironment().getProperty("local.server.port")
					+ "/actuator/";
			collect("", get(actuator + "socketpairs"), endpoint);
			endpoint.addAll(get(actuator + "socketpairs/runs").keySet());
			collect("", get(actuator + "health/socketpair"), health);
			context.getBean(SocketPairFactory.class).close();
			collect("", get(actuator + "health/socketpair"), health);
		}
	}

	@Test
	void fieldsOfTheEndpointAreThoseOfAnAnswer() {
		assertThat(fields("endpoint-fields")).containsExactlyInAnyOrderElementsOf(endpoint);
	}

	@Test
	void fieldsOfTheHealthContributorAreThoseOfAnAnswer() {
		assertThat(fields("health-fields")).containsExactlyInAnyOrderElementsOf(health);
	}

	private static List<String> fields(String table) {
		Map<String, String> columns = Documentation.columns(Documentation.table(table, "Field", "What it is"), 0, 1);
		assertThat(columns).allSatisfy((field, text) -> assertThat(text).as(field).endsWith("."));
		return columns.keySet().stream().map((field) -> field.replace("`", "")).toList();
	}

	private static void collect(String prefix, Object value, Set<String> paths) {
		if (value instanceof Map<?, ?> fields && !prefix.endsWith(".exits")) {
			fields.forEach((name, field) -> {
				boolean process = prefix.endsWith("processes");
				// The second end has what the first one has.
				String key = name.equals("second") ? "first" : name.toString();
				String path = process ? prefix + NAME : prefix.isEmpty() ? key : prefix + "." + key;
				if (!process) {
					paths.add(path);
				}
				collect(path, field, paths);
			});
		}
		else if (value instanceof List<?> elements) {
			elements.forEach((element) -> collect(prefix + "[]", element, paths));
		}
	}

	private static Map<String, Object> get(String uri) throws IOException, InterruptedException {
		HttpResponse<String> response = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.ofString());
		return JsonParserFactory.getJsonParser().parseMap(response.body());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
