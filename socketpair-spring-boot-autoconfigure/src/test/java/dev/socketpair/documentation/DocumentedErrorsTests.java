package dev.socketpair.documentation;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketpair.Errno;
import dev.socketpair.process.ProcessStartException;
import dev.socketpair.process.SocketPairProcessState;
import dev.socketpair.testsupport.PackagedTypes;
import org.junit.jupiter.api.Test;

import org.springframework.context.ApplicationEvent;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the documentation has the exceptions, errnos, events and states of the code,
 * and no others.
 */
class DocumentedErrorsTests {

	private static final Path SOURCES = Path.of("src", "main", "java", "dev", "socketpair");

	private static final Pattern ERRNO = Pattern.compile("Errno#(E\\w+)");

	@Test
	void exceptionsAreThePublicOnes() throws IOException {
		List<List<String>> table = Documentation.table("exceptions", "Exception", "Is a", "Carries", "When",
				"What to do");
		List<List<String>> expected = PackagedTypes.publicOnes(Throwable.class)
			.stream()
			.filter((type) -> !isInternal(type.getPackageName()))
			.map((type) -> List.of(Documentation.code(type.getSimpleName()),
					Documentation.code(type.getSuperclass().getSimpleName()), carries(type)))
			.toList();
		assertThat(table.stream().map((row) -> row.subList(0, 3))).containsExactlyInAnyOrderElementsOf(expected);
		assertThat(table).allSatisfy((row) -> assertThat(row.subList(3, 5)).doesNotContain(""));
	}

	/** Whether the description of a package says that it is no part of the API. */
	private static boolean isInternal(String name) {
		Path description = SOURCES.resolve("../..").resolve(name.replace('.', '/')).resolve("package-info.java");
		return Page.read(description).text().contains("Internal");
	}

	@Test
	void eventsAreThePublicOnes() throws IOException {
		List<List<String>> table = Documentation.table("events", "Event", "Carries", "When");
		List<List<String>> expected = PackagedTypes.publicOnes(ApplicationEvent.class)
			.stream()
			.filter((type) -> !Modifier.isAbstract(type.getModifiers()))
			.map((type) -> List.of(Documentation.code(type.getSimpleName()), carries(type)))
			.toList();
		assertThat(table.stream().map((row) -> row.subList(0, 2))).containsExactlyInAnyOrderElementsOf(expected);
		assertThat(table).allSatisfy((row) -> assertThat(row.get(2)).endsWith("."));
	}

	/** What it has beyond its supertype, in the order of the alphabet. */
	private static String carries(Class<?> type) {
		return Stream.of(type.getDeclaredMethods())
			.filter((method) -> Modifier.isPublic(method.getModifiers()) && method.getParameterCount() == 0)
			.map((method) -> method.getName())
			.filter((name) -> !name.equals("getMessage") && !name.equals("toString"))
			.sorted()
			.map((name) -> Documentation.code(name + "()"))
			.collect(Collectors.joining(", "));
	}

	@Test
	void reasonsOfAFailedStartAreThoseOfTheException() {
		assertThat(names("reasons", "`ProcessStartException.reason()`", "What it means", "What to do"))
			.containsExactlyElementsOf(codes(ProcessStartException.Reason.values()));
	}

	@Test
	void statesOfAProcessAreThoseOfTheCode() {
		assertThat(names("states", "State", "What it means", "Health"))
			.containsExactlyElementsOf(codes(SocketPairProcessState.values()));
	}

	private static List<String> codes(Object[] constants) {
		return Stream.of(constants).map(Documentation::code).toList();
	}

	@Test
	void errnosOfCreationAreThoseOfItsDocumentationAndOfTheFailureAnalysis() throws IOException {
		Set<String> expected = documented("SocketPairFactory.java");
		Class<?> analyzer = ClassUtils.resolveClassName("dev.socketpair.autoconfigure.SocketPairFailureAnalyzer", null);
		String general = action(analyzer, Errno.UNKNOWN);
		Stream.of(Errno.values())
			.filter((errno) -> !action(analyzer, errno).equals(general))
			.forEach((errno) -> expected.add(Documentation.code(errno)));
		assertThat(names("errnos", "errno", "What it means", "What to do"))
			.containsExactlyInAnyOrderElementsOf(expected);
	}

	private static String action(Class<?> analyzer, Errno errno) {
		return ReflectionTestUtils.invokeMethod(analyzer, "action", errno);
	}

	@Test
	void errnosOfLaterCallsAreThoseOfTheirDocumentation() throws IOException {
		assertThat(names("later-errnos", "errno", "Call", "When", "What to do"))
			.containsExactlyInAnyOrderElementsOf(documented("PairedSocket.java"));
	}

	private static Set<String> documented(String source) throws IOException {
		return Documentation.matches(ERRNO, Files.readString(SOURCES.resolve(source)))
			.stream()
			.map(Documentation::code)
			.collect(Collectors.toCollection(TreeSet::new));
	}

	/** The first column of a table whose other cells all say something. */
	private static Set<String> names(String table, String... header) {
		List<List<String>> rows = Documentation.table(table, header);
		assertThat(rows).allSatisfy((row) -> assertThat(row).doesNotContain(""));
		Map<String, String> names = Documentation.columns(rows, 0, 1);
		return names.keySet();
	}

}
