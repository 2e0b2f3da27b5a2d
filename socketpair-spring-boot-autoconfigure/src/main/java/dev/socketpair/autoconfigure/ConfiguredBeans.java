package dev.socketpair.autoconfigure;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.stream.Collectors;

import dev.socketpair.text.Printable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.util.Assert;

/**
 * The beans that have a name below a property.
 *
 * @param <T> the type of the beans
 * @param names the names
 * @param type the type of the beans
 * @param beanFactory where the beans are
 */
record ConfiguredBeans<T>(ConfiguredNames names, Class<T> type, BeanFactory beanFactory) {

	T get(String name) {
		Assert.notNull(name, "'name' must not be null");
		if (!this.names.names().contains(name)) {
			throw new NoSuchElementException("There is no '%s' under '%s', which has %s"
				.formatted(Printable.message(name), this.names.property(), known()));
		}
		return this.beanFactory.getBean(name, this.type);
	}

	private String known() {
		Set<String> known = this.names.names();
		return known.isEmpty() ? "no names" : known.stream().sorted().collect(Collectors.joining("', '", "'", "'"));
	}

	Map<String, T> all() {
		Map<String, T> all = new LinkedHashMap<>();
		for (String name : this.names.names()) {
			// A factory that is a mock makes null
			if (this.type.isInstance(this.beanFactory.getBean(name))) {
				all.put(name, get(name));
			}
		}
		return Collections.unmodifiableMap(all);
	}

}
