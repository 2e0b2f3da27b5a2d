package dev.socketpair.autoconfigure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.socketpair.process.SocketPairProcess;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.HierarchicalBeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * The processes that are beans, whether the configuration names them or the code of an
 * application makes them. A lazy one does not count before something has asked for it.
 * Public for the auto-configurations of the actuator and of the meters only.
 */
public final class SocketPairProcessBeans {

	private final ConfigurableListableBeanFactory beanFactory;

	/**
	 * Create the view of a bean factory.
	 * @param beanFactory where the beans are
	 */
	public SocketPairProcessBeans(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Return all processes, those of the ancestors of the application context included.
	 * @return the processes, made if they were not
	 */
	public Collection<SocketPairProcess> all() {
		List<SocketPairProcess> all = new ArrayList<>();
		BeanFactory next = this.beanFactory;
		while (next instanceof ListableBeanFactory listable) {
			all.addAll(in(listable).values());
			next = (next instanceof HierarchicalBeanFactory child) ? child.getParentBeanFactory() : null;
		}
		return all;
	}

	/**
	 * Return the processes of the application context itself.
	 * @return the processes by the name of the bean, made if they were not
	 */
	Map<String, SocketPairProcess> own() {
		return in(this.beanFactory);
	}

	private static Map<String, SocketPairProcess> in(ListableBeanFactory beanFactory) {
		Map<String, SocketPairProcess> processes = new LinkedHashMap<>();
		for (String name : beanFactory.getBeanNamesForType(SocketPairProcess.class, false, false)) {
			if (!waitsToBeAskedFor(beanFactory, name)) {
				processes.put(name, beanFactory.getBean(name, SocketPairProcess.class));
			}
		}
		return processes;
	}

	private static boolean waitsToBeAskedFor(ListableBeanFactory listable, String name) {
		ConfigurableListableBeanFactory beanFactory = (listable instanceof ConfigurableListableBeanFactory found)
				? found : null;
		return beanFactory != null && !beanFactory.containsSingleton(name) && beanFactory.containsBeanDefinition(name)
				&& beanFactory.getMergedBeanDefinition(name).isLazyInit();
	}

}
