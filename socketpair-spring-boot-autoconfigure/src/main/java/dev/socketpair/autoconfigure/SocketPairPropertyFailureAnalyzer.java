package dev.socketpair.autoconfigure;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.annotation.Order;
import org.springframework.util.unit.DataSize;

/**
 * A {@link AbstractFailureAnalyzer failure analyzer} for properties of general types,
 * whose conversion fails without naming a right value. The types of the API name one
 * themselves. Comes before Spring Boot's own analyzer of the exception.
 */
@Order(0)
class SocketPairPropertyFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("socketpair");

	private static final Map<Class<?>, String> EXPECTED = Map.of(int.class, "a whole number such as '0'", Integer.class,
			"a whole number such as '0'", Duration.class, "a duration such as '5s', '200ms' or '20us'", DataSize.class,
			"a size such as '65536', '256KB' or '1MB'", double.class, "a number such as '2'", boolean.class,
			"'true' or 'false'");

	private static final Map<String, String> EXPECTED_MAPS = Map.of("socketpair.pairs",
			"names with properties below them, such as 'socketpair.pairs.control.type'", "socketpair.processes",
			"names with properties below them, such as 'socketpair.processes.worker.command'");

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
		String expected = expected(cause.getTarget().getType().toClass(), cause.getName());
		ConfigurationProperty property = cause.getProperty();
		if (expected == null || property == null || !PREFIX.isAncestorOf(property.getName())) {
			return null;
		}
		String origin = (property.getOrigin() != null) ? " (originating from '%s')".formatted(property.getOrigin())
				: "";
		return new FailureAnalysis(
				"Invalid value '%s' for configuration property '%s'%s: it is not %s.".formatted(property.getValue(),
						property.getName(), origin, expected),
				"Set '%s' to %s.".formatted(property.getName(), expected), cause);
	}

	private static @Nullable String expected(Class<?> type, ConfigurationPropertyName name) {
		if (Map.class.isAssignableFrom(type)) {
			return EXPECTED_MAPS.getOrDefault(name.toString(), "names with values below them");
		}
		if (type.isEnum() && !SocketPairPropertyConverter.converts(type)) {
			return Stream.of(type.getEnumConstants())
				.map((constant) -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'))
				.collect(Collectors.joining("', '", "one of '", "'"));
		}
		return EXPECTED.get(type);
	}

}
