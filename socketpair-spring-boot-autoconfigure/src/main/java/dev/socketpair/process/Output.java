package dev.socketpair.process;

/**
 * What becomes of what a child process writes to its standard output or error.
 */
public enum Output {

	/**
	 * Goes line by line to the logger {@code socketpair.process.NAME}: standard output at
	 * the level {@code INFO}, standard error at {@code WARNING}. A line ends with a line
	 * feed, a carriage return or both; what has no end is logged after a second of
	 * silence, and what follows it is a line of its own. The child is never slowed down:
	 * of a line over 8 KiB the beginning and the end are logged, and of more than 1000
	 * lines in a second the rest is dropped and counted. Control characters are escaped,
	 * and what is not UTF-8 is replaced.
	 */
	LOG,

	/** Goes where this process's own goes. */
	INHERIT,

	/** Goes nowhere. */
	DISCARD

}
