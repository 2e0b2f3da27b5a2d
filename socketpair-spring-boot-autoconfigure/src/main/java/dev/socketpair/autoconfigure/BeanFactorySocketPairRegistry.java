package dev.socketpair.autoconfigure;

import java.util.Map;

import dev.socketpair.SocketPair;
import dev.socketpair.process.SocketPairProcess;

/**
 * A {@link SocketPairRegistry} that looks beans up, so that it also finds one that a test
 * has put in place of a pair.
 */
class BeanFactorySocketPairRegistry implements SocketPairRegistry {

	private final ConfiguredBeans<SocketPair> pairs;

	private final ConfiguredBeans<SocketPairProcess> processes;

	BeanFactorySocketPairRegistry(ConfiguredBeans<SocketPair> pairs, ConfiguredBeans<SocketPairProcess> processes) {
		this.pairs = pairs;
		this.processes = processes;
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
	public SocketPairProcess process(String name) {
		return this.processes.get(name);
	}

	@Override
	public Map<String, SocketPairProcess> processes() {
		return this.processes.all();
	}

	@Override
	public String toString() {
		return "SocketPairRegistry[pairs=%s, processes=%s]".formatted(this.pairs.names().names(),
				this.processes.names().names());
	}

}
