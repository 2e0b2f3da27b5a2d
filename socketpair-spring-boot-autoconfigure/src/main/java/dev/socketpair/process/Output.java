package dev.socketpair.process;

/**
 * What becomes of what a child process writes to its standard output or error.
 */
public enum Output {

	/**
	 * Goes line by line to the logger {@code socketpair.process.NAME}: standard output at
	 * the level {@code INFO}, standard error at {@code WARNING}. The child is never
	 * slowed down: a line is cut at 8 KiB, and of more than 1000 lines in a second the
	 * rest is dropped and counted. Control characters are escaped.
	 */
	LOG,

	/** Goes where this process's own goes. */
	INHERIT,

	/** Goes nowhere. */
	DISCARD

}
