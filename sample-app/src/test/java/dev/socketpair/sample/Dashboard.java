package dev.socketpair.sample;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The dashboard for Grafana, as far as tests look at it.
 */
record Dashboard(JsonNode json) {

	private static final Path FILE = Path.of("src", "main", "observability", "grafana-dashboard.json");

	static Dashboard read() {
		return new Dashboard(new JsonMapper().readTree(FILE));
	}

	static Stream<JsonNode> stream(JsonNode array) {
		return StreamSupport.stream(array.spliterator(), false);
	}

	List<JsonNode> rowsAndPanels() {
		return stream(this.json.get("panels")).toList();
	}

	List<JsonNode> panels() {
		return rowsAndPanels().stream().filter((panel) -> !panel.get("type").asString().equals("row")).toList();
	}

	List<Target> targets() {
		return panels().stream().flatMap((panel) -> {
			String title = panel.get("title").asString();
			return stream(panel.get("targets")).map((target) -> new Target(title, target.get("expr").asString(),
					target.get("legendFormat").asString()));
		}).toList();
	}

	List<JsonNode> variables() {
		return stream(this.json.get("templating").get("list")).toList();
	}

	/**
	 * A query of a panel.
	 *
	 * @param panel the title of the panel
	 * @param expression what is asked, with variables
	 * @param legend what the series are called, with labels
	 */
	record Target(String panel, String expression, String legend) {

		@Override
		public String toString() {
			return "panel '%s': %s".formatted(this.panel, this.expression);
		}

	}

}
