package dev.socketpair.autoconfigure;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;

/**
 * Registers a bean for each name that the configuration has below a property. It comes
 * after the configuration classes, so that it sees whether a name is taken, whatever
 * {@code spring.main.allow-bean-definition-overriding} says: a
 * {@link org.springframework.beans.factory.BeanRegistrar} would come before some of them,
 * and could not look. Conditions on beans do not see its definitions. They are left out
 * when an application is processed ahead of time; the registrar runs again when that
 * application starts, so that the configuration at run time decides.
 *
 * @param <T> the type of the beans
 */
class ConfiguredBeanRegistrar<T> implements BeanDefinitionRegistryPostProcessor {

	private final ConfiguredNames names;

	private final Class<T> type;

	private final Class<?> properties;

	private final Function<String, T> create;

	private final ConfigurableListableBeanFactory beanFactory;

	/**
	 * Create a registrar.
	 * @param names the names
	 * @param type the type of the beans
	 * @param properties the record that has the properties below a name
	 * @param create makes the bean of a name
	 * @param beanFactory where the beans go
	 */
	ConfiguredBeanRegistrar(ConfiguredNames names, Class<T> type, Class<?> properties, Function<String, T> create,
			ConfigurableListableBeanFactory beanFactory) {
		this.names = names;
		this.type = type;
		this.properties = properties;
		this.create = create;
		this.beanFactory = beanFactory;
	}

	@Override
	public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
		for (String name : this.names.names()) {
			this.names.checkLegal(name);
			this.names.checkProperties(name, this.properties);
			String owner = ownerOf(name, registry);
			if (owner != null) {
				throw this.names.refused(name, "it is taken by " + owner,
						"Use another name here, or for the other bean. Bean names are shared by all of an application.");
			}
			RootBeanDefinition definition = new RootBeanDefinition(this.type, () -> this.create.apply(name));
			definition.setResourceDescription("the configuration property '%s'".formatted(this.names.path(name)));
			// Said outright, so that spring.main.lazy-initialization leaves it alone
			definition.setLazyInit(false);
			definition.setAttribute(BeanRegistrationAotProcessor.IGNORE_REGISTRATION_ATTRIBUTE, true);
			registry.registerBeanDefinition(name, definition);
		}
	}

	private @Nullable String ownerOf(String name, BeanDefinitionRegistry registry) {
		if (registry.containsBeanDefinition(name)) {
			return "the bean that is defined in " + place(registry.getBeanDefinition(name));
		}
		if (registry.isAlias(name)) {
			return "an alias of the bean '%s'".formatted(this.beanFactory.getAliases(name)[0]);
		}
		return this.beanFactory.containsLocalBean(name) ? "a bean of the framework or one that was registered in code"
				: null;
	}

	private static String place(BeanDefinition definition) {
		String resource = definition.getResourceDescription();
		return (resource != null) ? resource : "code, of the class '%s'".formatted(definition.getBeanClassName());
	}

}
