package dev.socketpair.autoconfigure;

import dev.socketpair.SocketPairException;

/**
 * Thrown when a pair that has a name in the configuration cannot be made.
 */
@SuppressWarnings("serial")
class ConfiguredSocketPairException extends RuntimeException {

	private final String name;

	ConfiguredSocketPairException(String name, SocketPairException cause) {
		super("The socket pair '%s' could not be made".formatted(name), cause);
		this.name = name;
	}

	String property() {
		return ConfiguredNames.path(SocketPairProperties.PAIRS, this.name);
	}

}
