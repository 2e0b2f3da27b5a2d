package dev.socketpair.autoconfigure;

import dev.socketpair.SocketPairException;

/**
 * Thrown when a process that has a name in the configuration cannot be started.
 */
@SuppressWarnings("serial")
final class SocketPairProcessStartFailedException extends RuntimeException {

	private SocketPairProcessStartFailedException(String name, Throwable cause) {
		super("The process '%s' could not be started".formatted(name), cause);
	}

	static SocketPairProcessStartFailedException of(String name, Throwable cause) {
		if (cause instanceof SocketPairException exception) {
			String property = ConfiguredNames.path(SocketPairProperties.PROCESSES, name);
			return new SocketPairProcessStartFailedException(name,
					new ConfiguredSocketPairException("The socket pair of the process '%s'".formatted(name),
							(option) -> (option.equals("type") ? property : "socketpair") + "." + option, exception));
		}
		return new SocketPairProcessStartFailedException(name, cause);
	}

}
