package dev.socketpair.statistics;

/**
 * One end of a pair, as the statistics see it.
 */
public interface QueueEnd {

	/**
	 * Return whether the end is open here.
	 * @return whether it is
	 */
	boolean isOpen();

	/**
	 * Return what the end has received.
	 * @return the counters
	 */
	Counters received();

	/**
	 * Return what the end has sent.
	 * @return the counters
	 */
	Counters sent();

	/**
	 * Return how much waits to be received.
	 * @return a number of bytes, less than 0 where it is not known
	 */
	int available();

	/**
	 * Return how much memory is charged for what the peer has not received.
	 * @return a number of bytes, less than 0 where it is not known
	 */
	int unsent();

}
