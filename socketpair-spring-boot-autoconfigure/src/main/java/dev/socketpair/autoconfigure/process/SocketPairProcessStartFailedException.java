package dev.socketpair.autoconfigure.process;

/**
 * Thrown when a process that has a name in the configuration cannot be started.
 */
@SuppressWarnings("serial")
class SocketPairProcessStartFailedException extends RuntimeException {

	private final String name;

	SocketPairProcessStartFailedException(String name, Throwable cause) {
		super("The process '%s' could not be started".formatted(name), cause);
		this.name = name;
	}

	String name() {
		return this.name;
	}

}
