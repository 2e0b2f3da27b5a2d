package dev.socketpair;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The counts of a {@link SocketPairFactory} since it was created. Totals only grow, and
 * include pairs that are closed. All methods may be called by any thread; numbers that
 * other threads are changing are read without a lock and may lag a little.
 */
public interface SocketPairStatistics {

	/**
	 * Return the totals, one for each pair name and type seen so far.
	 * @return an unmodifiable snapshot of live objects
	 */
	List<Totals> totals();

	/**
	 * Return the failures, one for each pair name, type, operation and errno seen so far.
	 * @return an unmodifiable snapshot of live objects
	 */
	List<Failures> failures();

	/**
	 * Return the pairs of which at least one end is open and owned here.
	 * @return an unmodifiable snapshot, oldest first
	 */
	List<OpenPair> openPairs();

	/**
	 * Return those of the {@link #openPairs()} that have a name. The queues of other
	 * pairs are not examined.
	 * @param name the name that they were made with
	 * @return an unmodifiable snapshot, oldest first
	 */
	default List<OpenPair> openPairs(String name) {
		return openPairs().stream().filter((pair) -> name.equals(pair.name())).toList();
	}

	/**
	 * Return how many descriptors this process has open, by any part of it, and how many
	 * it may have.
	 * @return a snapshot, which may be some seconds old on Linux before 6.2
	 */
	DescriptorUse descriptors();

	/**
	 * Add a listener, and tell it at once of all {@link #totals()} and
	 * {@link #failures()} that are there. It may be told twice of one that appears
	 * meanwhile.
	 * @param listener the listener
	 */
	void addListener(Listener listener);

	/** One of the two ends of a pair. */
	enum End {

		/** The end in {@code sv[0]}. */
		FIRST,

		/** The end in {@code sv[1]}. */
		SECOND

	}

	/** The direction in which bytes go, as the end sees it that moves them. */
	enum Direction {

		/** From the application into the socket. */
		SENT,

		/** From the socket into the application. */
		RECEIVED

	}

	/** The counts of all pairs with the same name and type. */
	interface Totals {

		/**
		 * Return the name that the pairs are counted under.
		 * @return the configured name, or {@code anonymous}
		 */
		String pair();

		/**
		 * Return the type of the pairs.
		 * @return {@code stream}, {@code dgram}, {@code seqpacket}, {@code raw},
		 * {@code rdm} or {@code other}
		 */
		String type();

		/**
		 * Return how many pairs were made.
		 * @return a number of pairs
		 */
		long created();

		/**
		 * Return how many pairs have an end that is open and owned here.
		 * @return a number of pairs
		 */
		long open();

		/**
		 * Return how many sockets were lost without being closed.
		 * @return a number of sockets
		 */
		long leaked();

		/**
		 * Return how many bytes were moved.
		 * @param end the end that moved them
		 * @param direction the direction in which it did
		 * @return a number of bytes
		 */
		long bytes(End end, Direction direction);

		/**
		 * Return how many calls moved bytes or messages.
		 * @param end the end that moved them
		 * @param direction the direction in which it did
		 * @return a number of system calls
		 */
		long operations(End end, Direction direction);

		/**
		 * Return how much data waits in the queues of the open pairs. Examining them
		 * takes two system calls a pair; the answer is up to half a second old.
		 * @param end the end that has sent it
		 * @return a number of bytes, of {@code DGRAM} those of the first message; for
		 * pairs whose other end is not held here it is the memory that the kernel charges
		 * instead ({@code SIOCOUTQ}), which is more
		 */
		long queued(End end);

		/**
		 * Return for how long nothing has been received from a queue with something in
		 * it, of the open pair that has waited longest. The time begins with the first
		 * call that finds the queue like this, so it is known only to a caller that asks
		 * repeatedly.
		 * @param end the end that has sent the waiting data
		 * @return a time, zero if all queues are empty or move, or if bytes are not
		 * counted
		 */
		Duration stalled(End end);

	}

	/** The count of one way to fail. */
	interface Failures {

		/**
		 * Return the name that the pair is counted under.
		 * @return the configured name, or {@code anonymous}
		 */
		String pair();

		/**
		 * Return the type of the pair.
		 * @return one of the values of {@link Totals#type()}
		 */
		String type();

		/**
		 * Return the system call that failed.
		 * @return its name, such as {@code socketpair}
		 */
		String operation();

		/**
		 * Return the error.
		 * @return the errno
		 */
		Errno errno();

		/**
		 * Return how often it happened.
		 * @return a number of failures
		 */
		long count();

	}

	/**
	 * A pair of which at least one end is open.
	 *
	 * @param name the name it was made with, or {@code null}
	 * @param options the options it was made with
	 * @param created when it was made
	 * @param first the state of the first end
	 * @param second the state of the second end; never open for a descriptor that was
	 * adopted
	 */
	record OpenPair(@Nullable String name, SocketPairOptions options, Instant created, OpenEnd first, OpenEnd second) {
	}

	/**
	 * One end of an {@link OpenPair}.
	 *
	 * @param open whether the end is open and owned here
	 * @param descriptor the number of its descriptor, or -1 if it is not open
	 * @param bytesSent the bytes that it sent
	 * @param bytesReceived the bytes that it received
	 * @param available the bytes that wait to be received by it, of {@code DGRAM} those
	 * of the first message; -1 if it is not open or the kernel does not tell
	 * @param charged where the other end is not owned here, but by a child process for
	 * example, the memory that the kernel charges for what this end has sent and the
	 * other has not received, which is more than the bytes; -1 if the other end is owned
	 * here, if this one is not open, or if the kernel does not tell
	 */
	record OpenEnd(boolean open, int descriptor, long bytesSent, long bytesReceived, int available, int charged) {
	}

	/**
	 * The use that this process makes of descriptors.
	 *
	 * @param open the number of open descriptors, or -1 if the system does not tell
	 * @param limit the soft limit {@code RLIMIT_NOFILE}, or -1 if there is none
	 * @see <a href=
	 * "https://man7.org/linux/man-pages/man2/getrlimit.2.html">getrlimit(2)</a>
	 */
	record DescriptorUse(long open, long limit) {
	}

	/**
	 * Is told of combinations that are counted for the first time. Called by the thread
	 * that brought it about; must return soon and must not throw.
	 */
	interface Listener {

		/**
		 * A pair name and type are counted for the first time.
		 * @param totals the counts
		 */
		void totalsAdded(Totals totals);

		/**
		 * A failure is counted for the first time.
		 * @param failures the count
		 */
		void failuresAdded(Failures failures);

	}

}
