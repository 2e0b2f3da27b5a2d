package dev.socketpair.documentation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketpair.SocketDomain;
import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.metrics.PrometheusScrape;
import dev.socketpair.metrics.SocketPairMeters;
import dev.socketpair.process.SocketPairProcess;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that the documentation has the meters, tags and alerts that there are, and no
 * others.
 */
class DocumentedMetersTests {

	private static final Path ALERTS = Path.of("..", "sample-app", "src", "main", "observability",
			"prometheus-rules.yaml");

	@Test
	void metersAreThoseThatPrometheusGets() {
		List<List<String>> expected = new ArrayList<>();
		scrape((scrape) -> {
			for (SocketPairMeters meter : SocketPairMeters.values()) {
				expected.add(row(meter, scrape));
			}
		});
		assertThat(Documentation.table("meters", "Meter", "Prometheus name", "Type", "Base unit", "Tags",
				"What it counts"))
			.containsExactlyElementsOf(expected);
	}

	@Test
	void tagsAreThoseOfTheMeters() {
		List<String> expected = Stream.of(SocketPairMeters.Key.values())
			.map((key) -> Documentation.code(key.asString()))
			.toList();
		assertThat(Documentation.columns(Documentation.table("tags", "Tag", "Values"), 0, 1))
			.containsOnlyKeys(expected.toArray(String[]::new))
			.allSatisfy((tag, values) -> assertThat(values).endsWith("."));
	}

	@Test
	void alertsAreThoseOfTheRules() throws IOException {
		List<List<String>> table = Documentation.table("alerts", "Alert", "Severity", "When", "What to do");
		assertThat(table).allSatisfy((row) -> assertThat(row).doesNotContain(""));
		assertThat(table.stream().map((row) -> List.of(row.get(0), row.get(1), row.get(3))))
			.containsExactlyElementsOf(alerts());
	}

	@SuppressWarnings("unchecked")
	private static List<List<String>> alerts() throws IOException {
		Map<String, List<Map<String, Object>>> groups = new Yaml().load(Files.readString(ALERTS));
		List<List<String>> alerts = new ArrayList<>();
		for (Map<String, Object> rule : (List<Map<String, Object>>) groups.get("groups").get(0).get("rules")) {
			alerts.add(List.of(Documentation.code(rule.get("alert")),
					((Map<String, String>) rule.get("labels")).get("severity"),
					((Map<String, String>) rule.get("annotations")).get("description")));
		}
		return alerts;
	}

	private static List<String> row(SocketPairMeters meter, PrometheusScrape scrape) {
		String name = scrape.names().get(meter.getDescription());
		assertThat(name).as("Prometheus name of %s: is it counted before the scrape?", meter.getName()).isNotNull();
		String unit = meter.getBaseUnit();
		return List.of(Documentation.code(meter.getName()), Documentation.code(name), scrape.types().get(name),
				(unit != null) ? unit : "", tags(meter, scrape.samples(name)), meter.getDescription());
	}

	/** In the order of the documentation, if they are those of the samples. */
	private static String tags(SocketPairMeters meter, List<PrometheusScrape.Sample> samples) {
		List<String> tags = Arrays.stream(meter.getKeyNames()).map((key) -> key.asString()).toList();
		assertThat(samples).isNotEmpty()
			.allSatisfy((sample) -> assertThat(sample.tags()).containsOnlyKeys(tags.toArray(String[]::new)));
		return tags.stream().map(Documentation::code).collect(Collectors.joining(", "));
	}

	/**
	 * With all auto-configurations, after everything that can be counted has happened.
	 */
	private static void scrape(Consumer<PrometheusScrape> consumer) {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(autoConfigurations()))
			.withBean(PrometheusMeterRegistry.class, () -> new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))
			.withPropertyValues("socketpair.processes.echo.command=cat", "socketpair.processes.echo.attach=stdio")
			.run((context) -> {
				SocketPairFactory factory = context.getBean(SocketPairFactory.class);
				factory.create().first().write(ByteBuffer.allocate(1));
				SocketPairOptions refused = SocketPairOptions.builder().domain(SocketDomain.INET).build();
				assertThatExceptionOfType(SocketPairException.class).isThrownBy(() -> factory.create(refused));
				context.getBean(SocketPairProcess.class).stop();
				PrometheusMeterRegistry registry = context.getBean(PrometheusMeterRegistry.class);
				Awaitility.await().until(() -> registry.find(SocketPairMeters.PROCESS_EXITS.getName()).meter() != null);
				consumer.accept(PrometheusScrape.of(registry));
			});
	}

	private static Class<?>[] autoConfigurations() {
		Stream<Class<?>> own = ImportCandidates
			.load(AutoConfiguration.class, DocumentedMetersTests.class.getClassLoader())
			.getCandidates()
			.stream()
			.filter((name) -> name.startsWith("dev.socketpair."))
			.map((name) -> ClassUtils.resolveClassName(name, null));
		return Stream
			.concat(own, Stream.of(MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class))
			.toArray(Class<?>[]::new);
	}

}
