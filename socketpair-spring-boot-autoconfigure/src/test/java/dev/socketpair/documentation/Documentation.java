package dev.socketpair.documentation;

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
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The README and the pages below {@code docs}, as their tests read them.
 */
final class Documentation {

	static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	static final Page README = Page.read(ROOT.resolve("README.md"));

	private static final List<Page> PAGES = readPages();

	/** Cells are separated by a bar that is not escaped. */
	private static final Pattern BAR = Pattern.compile("(?<!\\\\)\\|");

	private Documentation() {
	}

	private static List<Page> readPages() {
		try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
			Stream<Page> docs = files.filter((file) -> file.toString().endsWith(".md")).sorted().map(Page::read);
			return Stream.concat(Stream.of(README), docs).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Return the README and all pages below {@code docs}. */
	static List<Page> pages() {
		return PAGES;
	}

	/** Return a page by its path below the root of the repository. */
	static Page page(String path) {
		List<Page> pages = PAGES.stream().filter((page) -> page.path().equals(ROOT.resolve(path))).toList();
		assertThat(pages).as(path).hasSize(1);
		return pages.get(0);
	}

	/** Return the text of all pages. */
	static String text() {
		return PAGES.stream().map(Page::text).collect(Collectors.joining("\n"));
	}

	/** Return the text of all pages without their blocks of code. */
	static String prose() {
		return PAGES.stream().map(Page::prose).collect(Collectors.joining("\n"));
	}

	/**
	 * Return the rows of a table that stands between comments with its name, on one page,
	 * without the header, which is compared.
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
		List<String> sections = PAGES.stream().flatMap((page) -> matches(section, page.text()).stream()).toList();
		assertThat(sections).as("table between <!-- %s --> and <!-- /%s -->", name, name).hasSize(1);
		return sections.get(0)
			.lines()
			.filter((line) -> line.startsWith("|") && !line.matches("[|: -]+"))
			.map(Documentation::cells)
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
