package dev.socketpair.autoconfigure;

import java.util.Map;

import dev.socketpair.SocketPair;

/**
 * A {@link SocketPairRegistry} that looks beans up, so that it also finds one that a test
 * has put in place of a pair.
 */
class BeanFactorySocketPairRegistry implements SocketPairRegistry {

	private final ConfiguredBeans<SocketPair> pairs;

	BeanFactorySocketPairRegistry(ConfiguredBeans<SocketPair> pairs) {
		this.pairs = pairs;
	}

	@Override
	public SocketPair pair(String name) {
		return this.pairs.get(name);
	}

	@Override
	public Map<String, SocketPair> pairs() {
		return this.pairs.all();
	}

	@Override
	public String toString() {
		return "SocketPairRegistry[pairs=%s]".formatted(this.pairs.names().names());
	}

}
