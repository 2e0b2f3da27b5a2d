package dev.socketpair.documentation;

import java.lang.reflect.Parameter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketpair.PackagedMetadata;
import dev.socketpair.SocketDomain;
import dev.socketpair.SocketType;
import dev.socketpair.autoconfigure.SocketPairProperties;
import dev.socketpair.autoconfigure.process.SocketPairProcessProperties;
import dev.socketpair.message.Framing;
import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the documentation has the properties of the code, with their types and
 * defaults, and no others.
 */
class DocumentedPropertiesTests {

	private static final String[] HEADER = { "Property", "Type", "Default", "What it does" };

	private static final Map<Class<?>, String> TYPES = Map.of(boolean.class, "boolean", Boolean.class, "boolean",
			int.class, "whole number", Integer.class, "whole number", double.class, "number", Duration.class,
			"duration", DataSize.class, "size", String.class, "text", SocketDomain.class, "name or number",
			SocketType.class, "name or number");

	/** The raw type, and the last of its arguments. */
	private static final Pattern TYPE = Pattern.compile("([^<]+)(?:<(?:.*, ?|.*,)?([^<,]+)>)?");

	@Test
	void propertiesAreThoseOfTheMetadata() {
		Map<String, List<String>> expected = new LinkedHashMap<>();
		PackagedMetadata.read()
			.properties()
			.forEach((name, property) -> expected.put(Documentation.code(name),
					row(property.get("type").toString(), property.get("defaultValue"))));
		assertThat(rows("properties")).containsExactlyInAnyOrderEntriesOf(expected);
	}

	@Test
	void propertiesOfPairsAreThoseOfTheRecord() {
		assertThat(rows("pair-properties"))
			.containsExactlyInAnyOrderEntriesOf(properties("", SocketPairProperties.Pair.class));
	}

	@Test
	void propertiesOfProcessesAreThoseOfTheRecord() {
		assertThat(rows("process-properties"))
			.containsExactlyInAnyOrderEntriesOf(properties("", SocketPairProcessProperties.Child.class));
	}

	@Test
	void framingsAreThoseOfTheCode() {
		List<List<String>> table = Documentation.table("framings", "`framing`", "On the wire", "Spoken by");
		assertThat(table.stream().map((row) -> row.get(0))).containsExactlyInAnyOrderElementsOf(
				Stream.of(Framing.values()).map(Framing::text).map(Documentation::code).toList());
		assertThat(table).allSatisfy((row) -> assertThat(row).doesNotContain(""));
	}

	@Test
	void everyPropertyIsExplained() {
		for (String table : List.of("properties", "pair-properties", "process-properties")) {
			assertThat(Documentation.table(table, HEADER))
				.allSatisfy((row) -> assertThat(row.get(3)).as(row.get(0)).matches("[A-Z`].*\\."));
		}
	}

	private static Map<String, List<String>> rows(String table) {
		Map<String, List<String>> rows = new LinkedHashMap<>();
		for (List<String> row : Documentation.table(table, HEADER)) {
			assertThat(rows.put(row.get(0), row.subList(1, 3))).as("twice in the table").isNull();
		}
		return rows;
	}

	private static Map<String, List<String>> properties(String prefix, Class<?> type) {
		Map<String, List<String>> properties = new LinkedHashMap<>();
		for (Parameter parameter : type.getDeclaredConstructors()[0].getParameters()) {
			String name = prefix + parameter.getName().replaceAll("(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
			if (parameter.getType().isRecord()) {
				properties.putAll(properties(name + ".", parameter.getType()));
			}
			else {
				DefaultValue value = parameter.getAnnotation(DefaultValue.class);
				boolean absent = value == null || value.value().length == 0;
				properties.put(Documentation.code(name),
						row(parameter.getParameterizedType().getTypeName(), absent ? null : value.value()[0]));
			}
		}
		return properties;
	}

	private static List<String> row(String type, Object defaultValue) {
		Class<?> raw = load(type.replaceFirst("<.*", ""));
		String shown = (raw.isEnum() && defaultValue != null) ? defaultValue.toString().replace('_', '-')
				: (defaultValue != null) ? defaultValue.toString() : null;
		return List.of(describe(type), Documentation.code(shown));
	}

	private static String describe(String type) {
		Matcher parts = TYPE.matcher(type);
		assertThat(parts.matches()).as(type).isTrue();
		Class<?> raw = load(parts.group(1));
		if (parts.group(2) == null) {
			return raw.isEnum() ? values(raw) : TYPES.get(raw);
		}
		Class<?> element = load(parts.group(2));
		if (Map.class.isAssignableFrom(raw)) {
			return element.isRecord() ? "names" : "names and values";
		}
		return element.isEnum() ? "list of " + values(element) : "list";
	}

	private static String values(Class<?> type) {
		return Stream.of(type.getEnumConstants())
			.map((constant) -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'))
			.map(Documentation::code)
			.collect(Collectors.joining(", "));
	}

	private static Class<?> load(String name) {
		return ClassUtils.resolveClassName(name.strip(), null);
	}

}
