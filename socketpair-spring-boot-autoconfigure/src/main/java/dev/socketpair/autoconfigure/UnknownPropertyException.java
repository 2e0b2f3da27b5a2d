package dev.socketpair.autoconfigure;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Thrown when the configuration has properties that the library does not know. Most are
 * typing errors, and would have no effect.
 */
@SuppressWarnings("serial")
class UnknownPropertyException extends RuntimeException {

	private final transient List<UnknownProperty> properties;

	UnknownPropertyException(List<UnknownProperty> properties) {
		super(properties.stream()
			.map(UnknownProperty::toString)
			.distinct()
			.collect(Collectors.joining(System.lineSeparator())));
		this.properties = List.copyOf(properties);
	}

	String action() {
		return this.properties.stream()
			.map(UnknownProperty::action)
			.distinct()
			.collect(Collectors.joining(System.lineSeparator()));
	}

}
