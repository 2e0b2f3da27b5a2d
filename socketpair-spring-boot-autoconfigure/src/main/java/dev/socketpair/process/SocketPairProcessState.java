package dev.socketpair.process;

/**
 * What a {@link SocketPairProcess} is doing.
 */
public enum SocketPairProcessState {

	/**
	 * No child runs and none will: not started yet, stopped, or the child ended and the
	 * restart policy does not ask for another.
	 */
	STOPPED,

	/** The child is being started, or has been and is watched for its settle time. */
	STARTING,

	/** A child runs. */
	RUNNING,

	/** The child ended, and another will be started after a delay. */
	WAITING_TO_RESTART,

	/** The child has been asked to end. */
	STOPPING,

	/**
	 * No child runs and none will, after too many consecutive restarts. It can be started
	 * again.
	 */
	GAVE_UP;

	boolean isFinal() {
		return this == STOPPED || this == GAVE_UP;
	}

}
