package dev.socketpair.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.yaml.snakeyaml.Yaml;

/**
 * The alert rules for Prometheus and their unit tests, as far as tests look at them.
 */
final class AlertRules {

	static final Path DIRECTORY = Path.of("src", "main", "observability");

	private AlertRules() {
	}

	static List<Alert> alerts() {
		return maps(load("prometheus-rules.yaml"), "groups").flatMap((group) -> maps(group, "rules"))
			.map((rule) -> new Alert((String) rule.get("alert"), (String) rule.get("expr"), rule))
			.toList();
	}

	/**
	 * Return the expectations of the unit tests: the expression and how many samples it
	 * is to give.
	 */
	static List<Map.Entry<String, Integer>> expectations() {
		return maps(load("prometheus-rules-tests.yaml"), "tests").flatMap((test) -> maps(test, "promql_expr_test"))
			.map((test) -> Map.entry((String) test.get("expr"), ((List<?>) test.get("exp_samples")).size()))
			.toList();
	}

	private static Map<String, Object> load(String file) {
		try {
			return new Yaml().load(Files.readString(DIRECTORY.resolve(file)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@SuppressWarnings("unchecked")
	private static Stream<Map<String, Object>> maps(Map<String, Object> map, String key) {
		return ((List<Map<String, Object>>) map.get(key)).stream();
	}

	/**
	 * A rule.
	 *
	 * @param name the name of the alert
	 * @param expression the series for which it fires
	 * @param rule all of it
	 */
	record Alert(String name, String expression, Map<String, Object> rule) {

		@SuppressWarnings("unchecked")
		Map<String, String> annotations() {
			return (Map<String, String>) this.rule.get("annotations");
		}

		@SuppressWarnings("unchecked")
		Map<String, String> labels() {
			return (Map<String, String>) this.rule.get("labels");
		}

		/** Return the expression without the comparisons, which hold seldom. */
		String expressionWithoutThreshold() {
			return this.expression.replaceAll("\\s(==|>)\\s[0-9.]+", "");
		}

		@Override
		public String toString() {
			return "alert '%s': %s".formatted(this.name, this.expression);
		}

	}

}
