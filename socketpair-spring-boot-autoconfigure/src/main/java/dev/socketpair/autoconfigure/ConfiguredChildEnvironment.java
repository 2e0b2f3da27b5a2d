package dev.socketpair.autoconfigure;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * The environment of a child, where some of its variables are set by environment
 * variables of this application. Binding alone would give those names in lower case and
 * with a dot for each {@code _}, which no program looks for. Here
 * {@code SOCKETPAIR_PROCESSES_SHOW_ENVIRONMENT_API_TOKEN} sets the variable that the
 * configuration has with that name in any case, and otherwise {@code API_TOKEN}.
 */
final class ConfiguredChildEnvironment {

	private static final String MARK = "_ENVIRONMENT_";

	private final Environment environment;

	private final String prefix;

	private final ConfigurationPropertyName parent;

	private final String name;

	ConfiguredChildEnvironment(Environment environment, String property, String name) {
		this.environment = environment;
		this.prefix = property.toUpperCase(Locale.ROOT).replace('.', '_') + "_";
		this.parent = ConfigurationPropertyName.of(property);
		this.name = uniform(name);
	}

	/**
	 * Return the variables as they are meant.
	 * @param bound the variables as they were bound
	 * @return the variables of the child
	 */
	Map<String, String> of(Map<String, String> bound) {
		Set<String> before = new LinkedHashSet<>();
		Set<String> after = new LinkedHashSet<>();
		Map<String, String> variables = new LinkedHashMap<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource system) {
				collect(system, variables);
			}
			else if (source instanceof IterableConfigurationPropertySource iterable) {
				collect(iterable, variables.isEmpty() ? before : after);
			}
		}
		if (variables.isEmpty()) {
			return bound;
		}
		Map<String, String> meant = new LinkedHashMap<>(bound);
		meant.keySet().removeIf((key) -> !before.contains(key) && !after.contains(key));
		Map<String, String> known = new HashMap<>();
		meant.keySet().forEach((key) -> known.put(key.toUpperCase(Locale.ROOT), key));
		variables.forEach((variable, value) -> {
			String key = known.getOrDefault(variable.toUpperCase(Locale.ROOT), variable);
			if (!before.contains(key)) {
				meant.put(key, value);
			}
		});
		return meant;
	}

	/** Collects from this application's own environment. */
	private void collect(SystemEnvironmentPropertySource system, Map<String, String> variables) {
		for (String variable : system.getPropertyNames()) {
			String key = key(variable);
			Object value = system.getSource().get(variable);
			if (key != null && value != null) {
				variables.putIfAbsent(key, this.environment.resolvePlaceholders(value.toString()));
			}
		}
	}

	private @Nullable String key(String variable) {
		String upper = variable.toUpperCase(Locale.ROOT);
		int mark = upper.indexOf(MARK, this.prefix.length());
		return (upper.startsWith(this.prefix) && mark > 0 && mark + MARK.length() < variable.length()
				&& uniform(variable.substring(this.prefix.length(), mark)).equals(this.name))
						? variable.substring(mark + MARK.length()) : null;
	}

	private void collect(IterableConfigurationPropertySource source, Set<String> keys) {
		int element = this.parent.getNumberOfElements();
		for (ConfigurationPropertyName property : source.filter(this.parent::isAncestorOf)) {
			if (property.getNumberOfElements() > element + 2
					&& uniform(property.getElement(element, Form.ORIGINAL)).equals(this.name)
					&& property.getElement(element + 1, Form.UNIFORM).equals("environment")) {
				StringBuilder key = new StringBuilder(property.getElement(element + 2, Form.ORIGINAL));
				for (int i = element + 3; i < property.getNumberOfElements(); i++) {
					key.append('.').append(property.getElement(i, Form.ORIGINAL));
				}
				keys.add(key.toString());
			}
		}
	}

	/** Names are compared without regard to case and separators. */
	private static String uniform(String name) {
		return name.toLowerCase(Locale.ROOT).replaceAll("[-_.]", "");
	}

}
