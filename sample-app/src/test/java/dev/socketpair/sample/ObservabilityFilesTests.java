package dev.socketpair.sample;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.socketpair.sample.AlertRules.Alert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the dashboard and the alert rules by themselves.
 */
class ObservabilityFilesTests {

	private static final String DATA_SOURCE = "${DS_PROMETHEUS}";

	private static final int GRID_WIDTH = 24;

	private final Dashboard dashboard = Dashboard.read();

	@ParameterizedTest
	@ValueSource(strings = { "check config prometheus.yaml", "check rules prometheus-rules.yaml",
			"test rules prometheus-rules-tests.yaml" })
	void promtoolAccepts(String arguments) throws Exception {
		Promtool.assumeInstalled();
		Promtool.Result result = Promtool.run("", arguments.split(" "));
		assertThat(result.status()).as(result.output()).isZero();
	}

	@Test
	void everyAlertIsTestedToFireAndNotToFire() {
		for (Alert alert : AlertRules.alerts()) {
			List<Integer> expected = AlertRules.expectations()
				.stream()
				.filter((expectation) -> expectation.getKey().contains("alertname=\"" + alert.name() + "\""))
				.map(Map.Entry::getValue)
				.toList();
			assertThat(expected).as(alert.name()).contains(0).anyMatch((samples) -> samples > 0);
		}
	}

	@Test
	void everyAlertSaysWhatItIsAndWhatToDo() {
		assertThat(AlertRules.alerts()).isNotEmpty().allSatisfy((alert) -> {
			assertThat(alert.annotations()).containsOnlyKeys("summary", "description");
			assertThat(alert.annotations().get("description")).endsWith(".");
			assertThat(alert.labels().get("severity")).isIn("warning", "critical");
		});
	}

	@Test
	void importAsksForTheDataSourceAndNothingElse() {
		assertThat(this.dashboard.json().get("__inputs")).singleElement().satisfies((input) -> {
			assertThat(input.get("name").asString()).isEqualTo("DS_PROMETHEUS");
			assertThat(input.get("type").asString()).isEqualTo("datasource");
			assertThat(input.get("pluginId").asString()).isEqualTo("prometheus");
		});
		assertThat(this.dashboard.json().findParents("datasource")).isNotEmpty()
			.extracting((owner) -> owner.get("datasource").get("uid").asString())
			.containsOnly(DATA_SOURCE);
		assertThat(this.dashboard.json().get("id").isNull()).isTrue();
		assertThat(this.dashboard.json().get("uid").asString()).matches("[a-zA-Z0-9_-]{1,40}");
		assertThat(this.dashboard.json().get("title").asString()).isNotBlank();
		assertThat(this.dashboard.json().get("schemaVersion").asInt()).isGreaterThanOrEqualTo(36);
	}

	@Test
	void everyKindOfPanelIsRequired() {
		Set<String> required = Dashboard.stream(this.dashboard.json().get("__requires"))
			.filter((plugin) -> plugin.get("type").asString().equals("panel"))
			.map((plugin) -> plugin.get("id").asString())
			.collect(Collectors.toSet());
		assertThat(this.dashboard.panels()).extracting((panel) -> panel.get("type").asString())
			.containsOnly(required.toArray(String[]::new));
	}

	@Test
	void panelsHaveNumbersOfTheirOwnAndDoNotOverlap() {
		assertThat(this.dashboard.rowsAndPanels()).extracting((panel) -> panel.get("id").asInt())
			.doesNotHaveDuplicates()
			.allMatch((id) -> id > 0);
		Map<String, String> cells = new HashMap<>();
		for (JsonNode panel : this.dashboard.rowsAndPanels()) {
			String title = panel.get("title").asString();
			JsonNode position = panel.get("gridPos");
			int right = position.get("x").asInt() + position.get("w").asInt();
			assertThat(right).as(title).isBetween(1, GRID_WIDTH);
			for (int x = position.get("x").asInt(); x < right; x++) {
				for (int y = 0; y < position.get("h").asInt(); y++) {
					String other = cells.put(x + "," + (position.get("y").asInt() + y), title);
					assertThat(other).as("what '%s' overlaps", title).isNull();
				}
			}
		}
	}

	@Test
	void everyPanelSaysWhatItShowsAndInWhichUnit() {
		assertThat(this.dashboard.panels()).isNotEmpty().allSatisfy((panel) -> {
			assertThat(panel.get("title").asString()).isNotBlank();
			assertThat(panel.get("description").asString()).endsWith(".");
			assertThat(panel.get("fieldConfig").get("defaults").get("unit").asString()).isNotBlank();
			assertThat(panel.get("targets")).isNotEmpty();
			assertThat(panel.get("targets")).extracting((target) -> target.get("refId").asString())
				.doesNotHaveDuplicates();
		});
		assertThat(this.dashboard.panels()).extracting((panel) -> panel.get("title").asString() + panel.get("type"))
			.doesNotHaveDuplicates();
	}

	@Test
	void everyQueryIsFilteredByEveryVariable() {
		assertThat(this.dashboard.variables()).extracting((variable) -> variable.get("name").asString())
			.containsExactly("application", "instance");
		assertThat(this.dashboard.targets()).isNotEmpty().allSatisfy((target) -> {
			int selectors = target.expression().split("\\{", -1).length - 1;
			String filter = "application=~\"$application\", instance=~\"$instance\"";
			assertThat(target.expression().split(Pattern.quote(filter), -1)).hasSize(selectors + 1);
		});
	}

}
