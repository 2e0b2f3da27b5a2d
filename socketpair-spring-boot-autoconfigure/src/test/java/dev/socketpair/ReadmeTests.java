package dev.socketpair;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
 * Tests that the tables of the README are what the code has.
 */
class ReadmeTests {

	private static final Path README = Path.of("..", "README.md");

	private static final Path ALERTS = Path.of("..", "sample-app", "src", "main", "observability",
			"prometheus-rules.yaml");

	private static final Path FACTORY = Path.of("src", "main", "java", "dev", "socketpair", "SocketPairFactory.java");

	private static final Pattern ERRNO = Pattern.compile("Errno#(E\\w+)");

	/** Cells are separated by a bar that is not escaped. */
	private static final Pattern BAR = Pattern.compile("(?<!\\\\)\\|");

	@Test
	void metersAreThoseThatPrometheusGets() throws IOException {
		List<List<String>> expected = new ArrayList<>();
		expected.add(List.of("Meter", "Prometheus name", "Type", "Base unit", "Tags", "What it counts"));
		scrape((scrape) -> {
			for (SocketPairMeters meter : SocketPairMeters.values()) {
				expected.add(row(meter, scrape));
			}
		});
		assertThat(table("meters")).containsExactlyElementsOf(expected);
	}

	@Test
	void alertsAreThoseOfTheRules() throws IOException {
		List<List<String>> table = table("alerts");
		assertThat(table.get(0)).containsExactly("Alert", "Severity", "When", "What to do");
		assertThat(table).allSatisfy((row) -> assertThat(row).hasSize(4).doesNotContain(""));
		assertThat(table.stream().skip(1).map((row) -> List.of(row.get(0), row.get(1), row.get(3))))
			.containsExactlyElementsOf(alerts());
	}

	@SuppressWarnings("unchecked")
	private static List<List<String>> alerts() throws IOException {
		Map<String, List<Map<String, Object>>> groups = new Yaml().load(Files.readString(ALERTS));
		List<List<String>> alerts = new ArrayList<>();
		for (Map<String, Object> rule : (List<Map<String, Object>>) groups.get("groups").get(0).get("rules")) {
			alerts.add(List.of(code(rule.get("alert")), ((Map<String, String>) rule.get("labels")).get("severity"),
					((Map<String, String>) rule.get("annotations")).get("description")));
		}
		return alerts;
	}

	@Test
	void propertiesAreThoseOfTheMetadata() throws IOException {
		Map<String, String> expected = new LinkedHashMap<>();
		PackagedMetadata.read()
			.properties()
			.forEach((name, property) -> expected.put(code(name), code(property.get("defaultValue"))));
		List<List<String>> table = table("properties");
		assertThat(table.get(0)).containsExactly("Property", "Default", "What it does");
		assertThat(columns(table, 0, 1)).containsExactlyInAnyOrderEntriesOf(expected);
		assertThat(columns(table, 0, 2)).allSatisfy((name, text) -> assertThat(text).matches("[A-Z`].*\\."));
	}

	@Test
	void everyErrnoOfCreationIsExplained() throws IOException {
		Set<String> documented = ERRNO.matcher(Files.readString(FACTORY))
			.results()
			.map((errno) -> code(errno.group(1)))
			.collect(Collectors.toCollection(TreeSet::new));
		List<List<String>> table = table("errnos");
		assertThat(table.get(0)).containsExactly("errno", "What it means", "What to do");
		assertThat(documented).isNotEmpty();
		assertThat(columns(table, 0, 1)).containsKeys(documented.toArray(String[]::new));
	}

	@Test
	void everyExplanationOfAnErrnoIsOfOneThatExists() throws IOException {
		Set<String> known = Stream.of(Errno.values()).map((errno) -> code(errno.name())).collect(Collectors.toSet());
		List<List<String>> table = table("errnos");
		assertThat(known).containsAll(columns(table, 0, 1).keySet());
		assertThat(table).allSatisfy((row) -> assertThat(row).hasSize(3).doesNotContain(""));
	}

	@Test
	void everyPropertyThatTheReadmeNamesExists() throws IOException {
		Set<String> known = PackagedMetadata.read().properties().keySet();
		Stream<String> named = Pattern.compile("`(socketpair\\.[a-z][a-z.-]*)`")
			.matcher(Files.readString(README))
			.results()
			.map((name) -> name.group(1));
		Set<String> meters = Stream.of(SocketPairMeters.values())
			.map(SocketPairMeters::getName)
			.collect(Collectors.toSet());
		assertThat(named).filteredOn((name) -> !meters.contains(name))
			.allSatisfy((name) -> assertThat(known).anySatisfy((property) -> assertThat(name).startsWith(property)));
	}

	private static List<String> row(SocketPairMeters meter, PrometheusScrape scrape) {
		String name = scrape.names().get(meter.getDescription());
		assertThat(name).as("Prometheus name of %s: is it counted before the scrape?", meter.getName()).isNotNull();
		String unit = meter.getBaseUnit();
		return List.of(code(meter.getName()), code(name), scrape.types().get(name), (unit != null) ? unit : "",
				tags(meter, scrape.samples(name)), meter.getDescription());
	}

	/** In the order of the documentation, if they are those of the samples. */
	private static String tags(SocketPairMeters meter, List<PrometheusScrape.Sample> samples) {
		List<String> tags = Arrays.stream(meter.getKeyNames()).map((key) -> key.asString()).toList();
		assertThat(samples).isNotEmpty()
			.allSatisfy((sample) -> assertThat(sample.tags()).containsOnlyKeys(tags.toArray(String[]::new)));
		return tags.stream().map(ReadmeTests::code).collect(Collectors.joining(", "));
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
		Stream<Class<?>> own = ImportCandidates.load(AutoConfiguration.class, ReadmeTests.class.getClassLoader())
			.getCandidates()
			.stream()
			.filter((name) -> name.startsWith("dev.socketpair."))
			.map((name) -> ClassUtils.resolveClassName(name, null));
		return Stream
			.concat(own, Stream.of(MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class))
			.toArray(Class<?>[]::new);
	}

	private static String code(Object value) {
		return (value != null) ? "`" + value + "`" : "";
	}

	private static Map<String, String> columns(List<List<String>> table, int key, int value) {
		Map<String, String> columns = new LinkedHashMap<>();
		table.stream().skip(1).forEach((row) -> {
			assertThat(columns).as("twice in the table").doesNotContainKey(row.get(key));
			columns.put(row.get(key), row.get(value));
		});
		return columns;
	}

	private static List<List<String>> table(String name) throws IOException {
		Pattern section = Pattern.compile("<!-- %s -->\\n(.*?)<!-- /%s -->".formatted(name, name), Pattern.DOTALL);
		List<String> sections = section.matcher(Files.readString(README))
			.results()
			.map((MatchResult result) -> result.group(1))
			.toList();
		assertThat(sections).as("table between <!-- %s --> and <!-- /%s -->", name, name).hasSize(1);
		return sections.get(0)
			.lines()
			.filter((line) -> line.startsWith("|") && !line.matches("[|: -]+"))
			.map(ReadmeTests::cells)
			.toList();
	}

	private static List<String> cells(String line) {
		String inner = line.strip().replaceFirst("^\\|", "").replaceFirst("\\|$", "");
		return BAR.splitAsStream(inner).map(String::strip).map((cell) -> cell.replace("\\|", "|")).toList();
	}

}
