package dev.socketpair.autoconfigure;

import java.lang.reflect.Parameter;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/**
 * The properties that can stand below another one: the components of the records that
 * they are bound to.
 */
final class KnownProperties {

	/** By their names without dashes, as names are compared. */
	private final Map<String, Property> properties = new LinkedHashMap<>();

	/**
	 * Add the components of a record.
	 * @param type the record
	 * @return these properties
	 */
	KnownProperties and(Class<?> type) {
		for (Parameter component : type.getDeclaredConstructors()[0].getParameters()) {
			and(component.getName().replaceAll("(?=[A-Z])", "-").toLowerCase(Locale.ROOT), component.getType());
		}
		return this;
	}

	/**
	 * Add a property.
	 * @param name its name
	 * @param type its type
	 * @return these properties
	 */
	KnownProperties and(String name, Class<?> type) {
		this.properties.put(name.replace("-", ""), new Property(name, type));
		return this;
	}

	/**
	 * Find the unknown part of a property.
	 * @param property the property
	 * @param from the element at which these properties stand
	 * @return the unknown part, or {@code null} if all is known
	 */
	@Nullable UnknownProperty unknown(ConfigurationProperty property, int from) {
		ConfigurationPropertyName name = property.getName();
		String element = name.getElement(from, Form.UNIFORM);
		Property known = this.properties.get(element);
		if (known == null) {
			return new UnknownProperty(property, name.chop(from), nearest(element), names());
		}
		boolean last = name.getNumberOfElements() == from + 1;
		if (last || Map.class.isAssignableFrom(known.type())) {
			return null;
		}
		if (known.type().isRecord()) {
			return new KnownProperties().and(known.type()).unknown(property, from + 1);
		}
		return (Collection.class.isAssignableFrom(known.type()) && name.isNumericIndex(from + 1)) ? null
				: new UnknownProperty(property, name.chop(from), known.name(), names());
	}

	private Collection<String> names() {
		return this.properties.values().stream().map(Property::name).toList();
	}

	private @Nullable String nearest(String element) {
		String nearest = null;
		int least = Math.max(2, element.length() / 3) + 1;
		for (Map.Entry<String, Property> property : this.properties.entrySet()) {
			int distance = distance(element, property.getKey());
			if (distance < least) {
				least = distance;
				nearest = property.getValue().name();
			}
		}
		return nearest;
	}

	/** Levenshtein's. */
	private static int distance(String from, String to) {
		int[] distances = new int[to.length() + 1];
		for (int j = 0; j <= to.length(); j++) {
			distances[j] = j;
		}
		for (int i = 1; i <= from.length(); i++) {
			int diagonal = distances[0];
			distances[0] = i;
			for (int j = 1; j <= to.length(); j++) {
				int replaced = diagonal + ((from.charAt(i - 1) == to.charAt(j - 1)) ? 0 : 1);
				diagonal = distances[j];
				distances[j] = Math.min(replaced, Math.min(diagonal, distances[j - 1]) + 1);
			}
		}
		return distances[to.length()];
	}

	private record Property(String name, Class<?> type) {
	}

}
