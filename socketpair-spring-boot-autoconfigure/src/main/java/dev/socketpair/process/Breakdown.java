package dev.socketpair.process;

/**
 * Why nothing can be exchanged with a child any more, though it may run.
 *
 * @param reason what happened, as a sentence about the child
 * @param byChild whether the child has closed its end, as it does when it exits
 */
record Breakdown(String reason, boolean byChild) {

	static final Breakdown CLOSED_BY_CHILD = new Breakdown("it has closed its end of the pair", true);

	static final Breakdown CLOSED_HERE = new Breakdown(
			"this application has closed its own end, as happens when a caller that used it was interrupted", false);

}
