package dev.socketpair;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The README as its tests read it.
 */
final class Readme {

	static final Path FILE = Path.of("..", "README.md");

	/** Cells are separated by a bar that is not escaped. */
	private static final Pattern BAR = Pattern.compile("(?<!\\\\)\\|");

	private static final Pattern CODE_BLOCK = Pattern.compile("(?ms)^```.*?^```$");

	private Readme() {
	}

	static String text() {
		try {
			return Files.readString(FILE);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Return all but the blocks of code, in which a line may look like a heading. */
	static String prose() {
		return CODE_BLOCK.matcher(text()).replaceAll("");
	}

	/**
	 * Return the headings of the second and third level.
	 */
	static List<String> headings() {
		return matches(Pattern.compile("(?m)^###? (.+)$"), prose());
	}

	/**
	 * Return the rows of a table that stands between comments with its name, without the
	 * header, which is compared.
	 */
	static List<List<String>> table(String name, String... header) {
		List<List<String>> rows = new ArrayList<>();
		for (List<String> row : rows(name)) {
			if (!row.equals(List.of(header))) {
				rows.add(row);
				assertThat(row).as("row of %s", name).hasSameSizeAs(header);
			}
		}
		assertThat(rows(name).get(0)).as("header of %s", name).containsExactly(header);
		assertThat(rows).as(name).isNotEmpty();
		return rows;
	}

	private static List<List<String>> rows(String name) {
		Pattern section = Pattern.compile("<!-- %s -->\\n(.*?)<!-- /%s -->".formatted(name, name), Pattern.DOTALL);
		List<String> sections = matches(section, text());
		assertThat(sections).as("table between <!-- %s --> and <!-- /%s -->", name, name).hasSize(1);
		return sections.get(0)
			.lines()
			.filter((line) -> line.startsWith("|") && !line.matches("[|: -]+"))
			.map(Readme::cells)
			.toList();
	}

	private static List<String> cells(String line) {
		String inner = line.strip().replaceFirst("^\\|", "").replaceFirst("\\|$", "");
		return BAR.splitAsStream(inner).map(String::strip).map((cell) -> cell.replace("\\|", "|")).toList();
	}

	/** Return one column by another, which has no value twice. */
	static Map<String, String> columns(List<List<String>> table, int key, int value) {
		Map<String, String> columns = new LinkedHashMap<>();
		table.forEach((row) -> {
			assertThat(columns).as("twice in the table").doesNotContainKey(row.get(key));
			columns.put(row.get(key), row.get(value));
		});
		return columns;
	}

	/** Return a value as the tables have it. */
	static String code(Object value) {
		return (value != null) ? "`" + value + "`" : "";
	}

	/** Return what the first group of a pattern finds. */
	static List<String> matches(Pattern pattern, String text) {
		return pattern.matcher(text).results().map((MatchResult match) -> match.group(1)).toList();
	}

}
