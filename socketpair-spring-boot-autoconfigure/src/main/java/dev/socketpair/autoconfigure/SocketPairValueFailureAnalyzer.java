package dev.socketpair.autoconfigure;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.origin.Origin;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * A {@link AbstractFailureAnalyzer failure analyzer} for values that stand in several
 * properties (the elements of a list), or in none (a default that another value
 * contradicts). Spring Boot's own analyzer of the exception, which comes after it, tells
 * of no others than those that stand in one.
 */
@Order(0)
class SocketPairValueFailureAnalyzer extends AbstractFailureAnalyzer<InvalidConfigurationPropertyValueException> {

	private static final String PREFIX = SocketPairProperties.PREFIX + ".";

	private final Environment environment;

	SocketPairValueFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure,
			InvalidConfigurationPropertyValueException cause) {
		if (!cause.getName().startsWith(PREFIX) || this.environment.containsProperty(cause.getName())) {
			return null;
		}
		Origin origin = origin(ConfigurationPropertyName.adapt(cause.getName(), '.'));
		return new FailureAnalysis(
				"Invalid value '%s' for configuration property '%s'%s: %s".formatted(cause.getValue(), cause.getName(),
						(origin != null) ? " (originating from '%s')".formatted(origin) : "",
						Objects.requireNonNullElse(cause.getReason(), "it cannot be used.")),
				"Change the value of '%s'.".formatted(cause.getName()), cause);
	}

	/** That of its first element. */
	private @Nullable Origin origin(ConfigurationPropertyName name) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				Origin origin = iterable.filter(name::isAncestorOf)
					.stream()
					.map((element) -> Origin.from(source.getConfigurationProperty(element)))
					.filter(Objects::nonNull)
					.findFirst()
					.orElse(null);
				if (origin != null) {
					return origin;
				}
			}
		}
		return null;
	}

}
