package dev.socketpair.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import dev.socketpair.autoconfigure.process.SocketPairProcessProperties;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Refuses a property right below {@code socketpair} that the library does not know.
 * Properties below a configured name are checked with that name. Environment variables
 * and system properties are ignored: they may be for other programs, or for other parts
 * of this one.
 */
class TopLevelPropertyCheck implements BeanFactoryPostProcessor {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("socketpair");

	private static final Set<String> NAMES_BELOW = Set.of("pairs", "processes");

	private final Environment environment;

	TopLevelPropertyCheck(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		KnownProperties known = new KnownProperties().and("enabled", boolean.class)
			.and(SocketPairProperties.class)
			.and(SocketPairProcessProperties.class);
		List<UnknownProperty> unknown = new ArrayList<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable && isOfTheApplication(source)) {
				for (ConfigurationPropertyName name : iterable.filter(PREFIX::isAncestorOf)) {
					ConfigurationProperty property = source.getConfigurationProperty(name);
					UnknownProperty found = (property == null || NAMES_BELOW.contains(name.getElement(1, Form.UNIFORM)))
							? null : known.unknown(property, 1);
					if (found != null) {
						unknown.add(found);
					}
				}
			}
		}
		if (!unknown.isEmpty()) {
			throw UnknownProperty.refused(unknown);
		}
	}

	private static boolean isOfTheApplication(ConfigurationPropertySource source) {
		return !(source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource)
				&& !(source.getUnderlyingSource() instanceof PropertySource<?> named
						&& named.getName().equals(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME));
	}

}
