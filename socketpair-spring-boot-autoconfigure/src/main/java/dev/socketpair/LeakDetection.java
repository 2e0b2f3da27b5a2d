package dev.socketpair;

/**
 * The ways to treat sockets that are lost without being closed.
 */
public enum LeakDetection {

	/** Nothing: a lost socket stays open until its factory is closed. */
	DISABLED,

	/** A lost socket is closed and counted, and its pair is logged once by name. */
	SIMPLE,

	/** As {@link #SIMPLE}, and the log shows where the pair was made. */
	TRACKED

}
