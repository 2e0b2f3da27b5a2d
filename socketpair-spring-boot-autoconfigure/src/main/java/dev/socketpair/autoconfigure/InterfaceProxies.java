package dev.socketpair.autoconfigure;

import java.lang.reflect.Modifier;
import java.util.List;

import dev.socketpair.PairedSocket;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.process.SocketPairProcess;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Has aspects proxy the interfaces of the API. Their classes are final, and Spring Boot's
 * default is a subclass. The attribute of a bean definition takes precedence over the
 * default, and the choice of an application, such as
 * {@link org.springframework.context.annotation.Proxyable @Proxyable}, over the
 * attribute.
 */
class InterfaceProxies implements BeanFactoryPostProcessor {

	private static final List<Class<?>> INTERFACES = List.of(SocketPairFactory.class, SocketPair.class,
			PairedSocket.class, SocketPairProcess.class);

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		for (Class<?> type : INTERFACES) {
			for (String name : beanFactory.getBeanNamesForType(type, true, false)) {
				if (beanFactory.containsBeanDefinition(name) && !hasSubclasses(beanFactory.getType(name, false))) {
					preferInterfaces(beanFactory.getBeanDefinition(name));
				}
			}
		}
	}

	/** A class that an application has made so that it can be injected by itself. */
	private static boolean hasSubclasses(@Nullable Class<?> type) {
		return type != null && !type.isInterface() && !Modifier.isFinal(type.getModifiers());
	}

	private static void preferInterfaces(BeanDefinition definition) {
		if (!definition.hasAttribute(AutoProxyUtils.EXPOSED_INTERFACES_ATTRIBUTE)
				&& !definition.hasAttribute(AutoProxyUtils.PRESERVE_TARGET_CLASS_ATTRIBUTE)) {
			definition.setAttribute(AutoProxyUtils.EXPOSED_INTERFACES_ATTRIBUTE,
					AutoProxyUtils.ALL_INTERFACES_ATTRIBUTE_VALUE);
		}
	}

}
