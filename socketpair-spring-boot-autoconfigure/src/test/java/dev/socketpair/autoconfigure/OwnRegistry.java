package dev.socketpair.autoconfigure;

import java.util.Map;
import java.util.NoSuchElementException;

import dev.socketpair.SocketPair;
import dev.socketpair.process.SocketPairProcess;

/**
 * A registry of an application's own, which has nothing.
 */
class OwnRegistry implements SocketPairRegistry {

	@Override
	public SocketPair pair(String name) {
		throw new NoSuchElementException(name);
	}

	@Override
	public Map<String, SocketPair> pairs() {
		return Map.of();
	}

	@Override
	public SocketPairProcess process(String name) {
		throw new NoSuchElementException(name);
	}

	@Override
	public Map<String, SocketPairProcess> processes() {
		return Map.of();
	}

}
