package dev.socketpair.descriptor;

/**
 * Wakes parked virtual threads whose descriptor has become ready. One poller serves all
 * of them, so that its cost does not grow with their number. Each system has its own
 * implementation.
 */
abstract class Poller {

	/** Event: there is something to read, or reading is over. */
	static final int READABLE = 1;

	/** Event: there is room to write, or writing is over. */
	static final int WRITABLE = 2;

	/**
	 * Return the name of the system call that {@link #watch} makes.
	 */
	abstract String watchCall();

	/**
	 * Watch a descriptor for one event. The caller holds the descriptor's lock.
	 * @param descriptor the descriptor
	 * @param events the events to watch for
	 * @param first whether it has not been watched before
	 * @return 0, or the negated errno
	 */
	abstract int watch(Watched descriptor, int events, boolean first);

	/**
	 * Watch a descriptor again. Called within {@link Watched#ready} by the thread that
	 * polls. Allocates nothing.
	 * @param number the number of the descriptor
	 * @param events the events to watch for
	 * @return 0, or the negated errno
	 */
	abstract int watchAgain(int number, int events);

	/**
	 * Stop watching a descriptor, before its number goes. A thread that closes must not
	 * need memory, so this allocates nothing.
	 * @param descriptor the descriptor
	 */
	abstract void forget(Watched descriptor);

	/** A descriptor as a poller sees it. */
	interface Watched {

		/**
		 * Return the number of the descriptor.
		 */
		int number();

		/**
		 * Wake the virtual threads that an event is for. Allocates nothing and does not
		 * fail.
		 * @param poller the poller that reports it, in its own thread
		 * @param events the events that came
		 */
		void ready(Poller poller, int events);

	}

}
