package dev.socketpair.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketpair.PackagedMetadata;
import dev.socketpair.metrics.SocketPairMeters;
import dev.socketpair.testsupport.PackagedTypes;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that there is what the documentation names: modules, versions, properties,
 * methods, classes, packages and messages.
 */
class DocumentationTests {

	private static final Pattern CALL = Pattern.compile("`([A-Z]\\w+)\\.(\\w+)\\([^`]*\\)`");

	private static final String PREFIX_OF_JUNIXSOCKET = "AFUNIX";

	private static final Pattern MESSAGE = Pattern.compile("`([^`]+ [^`]+)`");

	/** What stands for a value in a message, or is put between two parts of it. */
	private static final Pattern GAP = Pattern
		.compile("…|: |SOCKETPAIR_FD|\\bE[A-Z]{3,}\\b|^(?:send|socketpair)(?= failed)");

	private static final String MESSAGE_OF_THE_JDK = "A restricted method in java.lang.foreign.Linker has been called";

	@Test
	void modulesAreThoseOfTheBuild() {
		List<String> modules = Documentation.matches(Pattern.compile("<module>(.*?)</module>"),
				read(Documentation.ROOT.resolve("pom.xml")));
		Map<String, String> table = Documentation.columns(Documentation.table("modules", "Module", "What it is"), 0, 1);
		assertThat(table.keySet()).containsExactlyElementsOf(modules.stream().map(Documentation::code).toList());
	}

	@Test
	void versionsAreThoseOfTheBuild() {
		Map<String, String> properties = Map.of("Spring Boot", "spring-boot.version", "JNA", "jna.version",
				"junixsocket", "junixsocket.version", "Java, for which it is compiled", "maven.compiler.release",
				"Java, for which the layer with `java.lang.foreign` is compiled", "java22.release");
		Map<String, String> table = Documentation.columns(Documentation.table("versions", "Component", "Version"), 0,
				1);
		assertThat(table).containsOnlyKeys(properties.keySet().toArray(String[]::new));
		assertThat(table)
			.allSatisfy((component, version) -> assertThat(version).isEqualTo(version(properties.get(component))));
	}

	private static String version(String property) {
		Pattern element = Pattern.compile("<%1$s>(.*?)</%1$s>".formatted(Pattern.quote(property)));
		return Documentation.matches(element, read(Documentation.ROOT.resolve("pom.xml"))).get(0);
	}

	@Test
	void everyNamedPropertyExists() {
		Set<String> known = PackagedMetadata.read().properties().keySet();
		List<String> named = Documentation.matches(Pattern.compile("`(socketpair\\.[a-z][a-z.-]*)`"),
				Documentation.text());
		Set<String> meters = Stream.of(SocketPairMeters.values())
			.map(SocketPairMeters::getName)
			.collect(Collectors.toSet());
		assertThat(named).isNotEmpty()
			.filteredOn((name) -> !meters.contains(name))
			.allSatisfy((name) -> assertThat(known).anySatisfy((property) -> assertThat(name).startsWith(property)));
	}

	@Test
	void everyNamedMethodExists() throws IOException {
		Map<String, List<Class<?>>> types = PackagedTypes.publicOnes(Object.class)
			.stream()
			.collect(Collectors.groupingBy(Class::getSimpleName));
		List<MatchResult> calls = CALL.matcher(Documentation.prose())
			.results()
			.filter((call) -> !call.group(1).startsWith(PREFIX_OF_JUNIXSOCKET))
			.toList();
		assertThat(calls).isNotEmpty()
			.allSatisfy((call) -> assertThat(types.get(call.group(1))).as(call.group())
				.isNotNull()
				.anySatisfy(
						(type) -> assertThat(type.getMethods()).extracting(Method::getName).contains(call.group(2))));
	}

	@Test
	void everyMessageInTheTroubleshootingIsOneOfTheLibrary() throws IOException {
		String texts = texts();
		List<String> messages = Documentation.table("troubleshooting", "What you see", "Why", "What to do")
			.stream()
			.flatMap((row) -> Documentation.matches(MESSAGE, row.get(0)).stream())
			.filter((message) -> !message.contains(MESSAGE_OF_THE_JDK))
			.toList();
		assertThat(messages).hasSizeGreaterThan(20)
			.allSatisfy((message) -> assertThat(GAP.splitAsStream(message).map(DocumentationTests::bare))
				.allSatisfy((part) -> assertThat(texts).contains(part)));
	}

	@Test
	void everyProblemSaysWhyAndWhatToDo() {
		assertThat(Documentation.table("troubleshooting", "What you see", "Why", "What to do"))
			.allSatisfy((row) -> assertThat(row).doesNotContain(""));
	}

	/** Without what may stand in another part. */
	private static String bare(String part) {
		return part.replaceAll("^[' ]+|[' ]+$", "");
	}

	/** The literals of the code as the compiler joins them, and the build. */
	private static String texts() throws IOException {
		try (Stream<Path> sources = Files.walk(Path.of("src", "main", "java"))) {
			String code = sources.filter((path) -> path.toString().endsWith(".java"))
				.map(DocumentationTests::read)
				.collect(Collectors.joining())
				.replaceAll("\"\\s*\\+\\s*\"", "");
			return code + read(Path.of("pom.xml")).replace("${java22.release}", version("java22.release"));
		}
	}

	private static String read(Path path) {
		try {
			return Files.readString(path);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
