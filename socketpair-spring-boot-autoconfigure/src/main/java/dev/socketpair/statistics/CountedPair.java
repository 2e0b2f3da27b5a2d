package dev.socketpair.statistics;

import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairStatistics.End;
import dev.socketpair.SocketPairStatistics.OpenPair;
import dev.socketpair.SocketPairStatistics.Totals;

/**
 * An open pair, as the statistics see it.
 */
public interface CountedPair {

	/**
	 * Return what the pair was made with.
	 * @return the options
	 */
	SocketPairOptions options();

	/**
	 * Return where the pair is counted.
	 * @return the totals
	 */
	Totals totals();

	/**
	 * Return whether bytes are counted, without which no queue can be said to stall.
	 * @return whether they are
	 */
	boolean countsBytes();

	/**
	 * Return what one end has sent and the other has not received.
	 * @param sender the end that has sent it
	 * @return a queue that only {@link Queues} may update
	 */
	Queue queue(End sender);

	/**
	 * Describe the pair.
	 * @return how it is now
	 */
	OpenPair snapshot();

	/**
	 * Return when the pair was made, as {@link System#nanoTime()} tells it.
	 * @return the time, by which pairs are listed
	 */
	long order();

}
