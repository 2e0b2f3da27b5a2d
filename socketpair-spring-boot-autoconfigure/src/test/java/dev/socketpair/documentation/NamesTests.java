package dev.socketpair.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketpair.testsupport.PackagedTypes;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the classes, packages and files exist which the pages for contributors name.
 */
class NamesTests {

	/** A name with a capital and a small letter; a constant has no small one. */
	private static final Pattern TYPE = Pattern.compile("`@?([A-Z]\\w*[a-z]\\w*)(?:[.#]\\w+(?:\\([^`)]*\\))?)?`");

	private static final Pattern PACKAGE = Pattern.compile("`(dev\\.socketpair(?:\\.[a-z0-9]+)*)`");

	/** A path below the root of the repository, without a pattern. */
	private static final Pattern FILE = Pattern.compile(
			"`((?:\\.ci|\\.mvn|\\.github|docs|benchmarks|sample-app" + "|socketpair-spring-boot-\\w+)/[^`*…{ ]+)`");

	private static final Path SOURCES = Path.of("src", "main", "java");

	/** What is neither of this repository nor of {@code java.base}. */
	private static final Set<String> OF_OTHERS = Set.of("AFUNIXSocketPair", "ApplicationEvent", "Awaitility",
			"NullAway", "SmartLifecycle", "MeterRegistry", "NullMarked", "DeferredImportSelector");

	private static Set<String> types;

	@BeforeAll
	static void findTypes() throws IOException {
		types = new TreeSet<>(OF_OTHERS);
		PackagedTypes.all(Object.class).forEach((type) -> types.add(type.getSimpleName()));
		PackagedTypes.all(Object.class)
			.stream()
			.filter(Class::isInterface)
			.map(Class::getSimpleName)
			.forEach(types::add);
		try (Stream<Path> files = Files.walk(Documentation.ROOT, 20)) {
			files.filter((file) -> file.toString().endsWith(".java") && !file.toString().contains("/target/"))
				.map(NamesTests::simpleName)
				.forEach(types::add);
		}
		try (Stream<Path> files = Files
			.walk(FileSystems.getFileSystem(URI.create("jrt:/")).getPath("modules/java.base/java"))) {
			files.map(NamesTests::simpleName).forEach(types::add);
		}
	}

	private static String simpleName(Path file) {
		return file.getFileName().toString().replaceFirst("\\.(?:class|java)$", "").replaceFirst(".*\\$", "");
	}

	static List<Page> pages() {
		return Documentation.pages().stream().filter((page) -> page.toString().startsWith("docs/internals/")).toList();
	}

	@ParameterizedTest
	@MethodSource("pages")
	void everyNamedClassExists(Page page) {
		assertThat(types).containsAll(Documentation.matches(TYPE, page.prose()));
	}

	@ParameterizedTest
	@MethodSource("pages")
	void everyNamedPackageExists(Page page) {
		assertThat(Documentation.matches(PACKAGE, page.prose()))
			.allSatisfy((name) -> assertThat(SOURCES.resolve(name.replace('.', '/'))).isDirectory());
	}

	@ParameterizedTest
	@MethodSource("pages")
	void everyNamedFileExists(Page page) {
		assertThat(Documentation.matches(FILE, page.prose()))
			.allSatisfy((name) -> assertThat(Documentation.ROOT.resolve(name)).exists());
	}

	@Test
	void packagesAreThoseOfTheCode() throws IOException {
		try (Stream<Path> files = Files.walk(SOURCES)) {
			Set<String> expected = files.filter((file) -> file.endsWith("package-info.java"))
				.map((file) -> SOURCES.relativize(file.getParent()).toString().replace('/', '.'))
				.map(Documentation::code)
				.collect(Collectors.toCollection(TreeSet::new));
			List<List<String>> table = Documentation.table("packages", "Package", "What lives there", "May use",
					"Start at");
			assertThat(Documentation.columns(table, 0, 1).keySet()).containsExactlyInAnyOrderElementsOf(expected);
			assertThat(table).allSatisfy((row) -> assertThat(row).doesNotContain(""));
		}
		catch (UncheckedIOException ex) {
			throw ex.getCause();
		}
	}

}
