package dev.socketpair.autoconfigure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * The names that the configuration has below a property such as {@code socketpair.pairs}.
 * They equal the keys of the bound map, but are known before anything is bound, with
 * their origins.
 */
final class ConfiguredNames {

	private static final int MAX_LENGTH = 64;

	/**
	 * Safe as the name of a bean and of a logger, as the value of a tag and as a segment
	 * of a URL's path.
	 */
	private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?");

	private static final String LEGAL_ACTION = "Use a name of letters and digits of ASCII, and of '-', '_' and '.' in "
			+ "between, such as 'control'.";

	/** A name that needs no brackets in a property to be read unchanged. */
	private static final Pattern PLAIN = Pattern.compile("[a-z0-9-]+");

	/** The value of the tag {@code pair} of all pairs without a name. */
	private static final String ANONYMOUS = "anonymous";

	/** The property 'processes-in-child' as an environment variable has it. */
	private static final Set<ConfigurationPropertyName> NO_NAMES = Set
		.of(ConfigurationPropertyName.of("socketpair.processes.in.child"));

	private final String property;

	private final Map<String, List<ConfigurationProperty>> properties;

	/** The original form of names that lose characters when they are read. */
	private final Map<String, String> asWritten;

	private ConfiguredNames(String property, Map<String, List<ConfigurationProperty>> properties,
			Map<String, String> asWritten) {
		this.property = property;
		this.properties = properties;
		this.asWritten = asWritten;
	}

	/**
	 * Find the names that the configuration has.
	 * @param environment the configuration
	 * @param property the property below which the names are
	 * @return the names, legal or not
	 */
	static ConfiguredNames in(Environment environment, String property) {
		ConfigurationPropertyName parent = ConfigurationPropertyName.of(property);
		Map<String, List<ConfigurationProperty>> all = new LinkedHashMap<>();
		Map<String, List<ConfigurationProperty>> ofVariables = new LinkedHashMap<>();
		Map<String, String> asWritten = new HashMap<>();
		Pattern written = Pattern.compile(Pattern.quote(property) + "\\.([^.\\[]*[^.\\[A-Za-z0-9_-][^.\\[]*).*",
				Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				boolean variables = source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
				if (!variables && source.getUnderlyingSource() instanceof EnumerablePropertySource<?> names) {
					Stream.of(names.getPropertyNames())
						.map(written::matcher)
						.filter(Matcher::matches)
						.map((match) -> match.group(1))
						.forEach((name) -> asWritten.put(name.replaceAll("[^A-Za-z0-9_-]", ""), name));
				}
				iterable.filter(parent::isAncestorOf).filter((child) -> !NO_NAMES.contains(child)).forEach((child) -> {
					String name = child.getElement(parent.getNumberOfElements(), Form.ORIGINAL);
					ConfigurationProperty below = source.getConfigurationProperty(child);
					if (below != null) {
						(variables ? ofVariables : all).computeIfAbsent(name, (key) -> new ArrayList<>()).add(below);
					}
				});
			}
		}
		// SOCKETPAIR_PAIRS_MYPAIR_TYPE sets a property of my-pair
		Set<String> alike = all.keySet().stream().map(ConfiguredNames::uniform).collect(Collectors.toSet());
		ofVariables.keySet().removeIf((name) -> !all.containsKey(name) && alike.contains(uniform(name)));
		ofVariables.forEach(all::putIfAbsent);
		return new ConfiguredNames(property, all, asWritten);
	}

	/** Names are compared without regard to case and dashes. */
	private static String uniform(String name) {
		return name.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
	}

	/**
	 * Return the path of the property of a name.
	 * @param property the property below which the name is
	 * @param name the name
	 * @return the path, with brackets where the name needs them
	 */
	static String path(String property, String name) {
		return (PLAIN.matcher(name).matches() ? "%s.%s" : "%s[%s]").formatted(property, name);
	}

	String property() {
		return this.property;
	}

	/**
	 * Return the names.
	 * @return the names, legal or not
	 */
	Set<String> names() {
		return this.properties.keySet();
	}

	/**
	 * Return the path of the property of a name.
	 * @param name one of the names
	 * @return the path, with brackets where the name needs them
	 */
	String path(String name) {
		return path(this.property, name);
	}

	/**
	 * Return whether a name has one of some properties, with a value or without.
	 * @param name one of the names
	 * @param known the properties, in lower case and without dashes
	 * @return whether one of them is below the name, or nothing is
	 */
	boolean hasAny(String name, Set<String> known) {
		int element = ConfigurationPropertyName.of(this.property).getNumberOfElements() + 1;
		return this.properties.getOrDefault(name, List.of())
			.stream()
			.map(ConfigurationProperty::getName)
			.anyMatch((below) -> below.getNumberOfElements() == element
					|| known.contains(below.getElement(element, Form.UNIFORM)));
	}

	/**
	 * Check that a name is one that can be used wherever names are.
	 * @param name one of the names
	 * @throws ConfiguredNameException if it is not
	 */
	void checkLegal(String name) {
		ConfigurationProperty first = Objects.requireNonNull(this.properties.get(name)).get(0);
		int element = ConfigurationPropertyName.of(this.property).getNumberOfElements();
		if (isInAList(first.getName(), element)) {
			throw refused(name, "it is the index of a list",
					"Have a name in its place, which becomes that of the bean, as 'worker' in '%s.worker'."
						.formatted(this.property));
		}
		String written = this.asWritten.get(name);
		if (written != null) {
			throw new ConfiguredNameException(written, first,
					"it has a character that is dropped when a property is read", LEGAL_ACTION);
		}
		if (name.length() > MAX_LENGTH) {
			throw refused(name, "it has %s characters".formatted(name.length()),
					"Use a name of at most %s characters.".formatted(MAX_LENGTH));
		}
		if (!LEGAL.matcher(name).matches()) {
			throw refused(name, "it has a character that cannot be part of a name, or not where it is", LEGAL_ACTION);
		}
		if (name.equals(ANONYMOUS)) {
			throw refused(name, "the meters use it for the pairs that have no name", "Use another name.");
		}
		for (String other : names()) {
			if (!other.equals(name) && uniform(other).equals(uniform(name))) {
				throw refused(name, "it differs from '%s' in nothing that counts in a property".formatted(other),
						"Use names that differ in more than case, '-' and '_'.");
			}
		}
	}

	/**
	 * A list begins with 0; another number can be a name. A number with nothing below it
	 * is refused as having no value at all.
	 */
	private boolean isInAList(ConfigurationPropertyName name, int element) {
		List<ConfigurationProperty> first = this.properties.get("0");
		return first != null && name.isNumericIndex(element) && name.getNumberOfElements() > element + 1
				&& first.get(0).getName().isNumericIndex(element);
	}

	/**
	 * Check that all properties below a name are known, unless none is: then the name is
	 * in doubt, and the creation of its bean fails.
	 * @param name one of the names
	 * @param type the record that has the properties
	 * @throws UnknownPropertyException if one is not
	 */
	void checkProperties(String name, Class<?> type) {
		int element = ConfigurationPropertyName.of(this.property).getNumberOfElements() + 1;
		KnownProperties known = new KnownProperties().and(type);
		List<ConfigurationProperty> below = this.properties.getOrDefault(name, List.of())
			.stream()
			.filter((property) -> property.getName().getNumberOfElements() > element)
			.toList();
		List<UnknownProperty> unknown = below.stream()
			.map((property) -> known.unknown(property, element))
			.filter(Objects::nonNull)
			.toList();
		if (unknown.size() < below.size() || unknown.stream().anyMatch((property) -> property.meant() != null)) {
			if (!unknown.isEmpty()) {
				throw new UnknownPropertyException(unknown);
			}
		}
	}

	/**
	 * Return the failure that a name cannot be used.
	 * @param name one of the names
	 * @param reason why it cannot
	 * @param action what would help
	 * @return an exception, to be thrown by the caller
	 */
	RuntimeException refused(String name, String reason, String action) {
		return new ConfiguredNameException(name, Objects.requireNonNull(this.properties.get(name)).get(0), reason,
				action);
	}

}
