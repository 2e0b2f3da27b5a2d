package dev.socketpair.autoconfigure;

import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * A property that the library does not know.
 *
 * @param property the property
 * @param parent the property below which it stands
 * @param meant the most similar known property, or {@code null}
 * @param known all properties that can stand there
 */
record UnknownProperty(ConfigurationProperty property, ConfigurationPropertyName parent, @Nullable String meant,
		Collection<String> known) {

	/**
	 * Return the failure that there are such properties.
	 * @param properties the properties, one at least
	 * @return an exception, to be thrown by the caller
	 */
	static RuntimeException refused(List<UnknownProperty> properties) {
		return new UnknownPropertyException(properties);
	}

	@Override
	public String toString() {
		String origin = (this.property.getOrigin() != null)
				? " (originating from '%s')".formatted(this.property.getOrigin()) : "";
		String meant = (this.meant != null) ? ", did you mean '%s.%s'?".formatted(this.parent, this.meant) : ".";
		return "Unknown property '%s'%s%s".formatted(this.property.getName(), origin, meant);
	}

	String action() {
		return "Below '%s' there can be '%s'.".formatted(this.parent, String.join("', '", this.known));
	}

}
