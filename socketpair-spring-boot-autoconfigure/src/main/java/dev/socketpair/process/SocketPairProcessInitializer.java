package dev.socketpair.process;

import java.io.IOException;

import dev.socketpair.message.MessageConnection;

/**
 * Prepares each child before it serves: a handshake, a configuration that it is sent.
 * Until then no caller reaches the child, and the process is not running. Where there are
 * several they run in their order.
 */
@FunctionalInterface
public interface SocketPairProcessInitializer {

	/**
	 * Prepare a child that has just been started, for the first time or again. It is
	 * called in the thread that calls {@link SocketPairProcess#start()}, and for a
	 * restart in one of its own. If the child ends or is stopped meanwhile, sending and
	 * receiving fail. A child that may not answer wants
	 * {@link MessageConnection#receive(java.time.Duration)}.
	 * @param processName the name of the process
	 * @param messages the messages to and from this child only, which the other methods
	 * of the process do not give yet
	 * @throws IOException if the child cannot serve, as with any other exception: it is
	 * killed and counts as failed, so that a first start fails and a restart goes on with
	 * the restart policy
	 */
	void initialize(String processName, MessageConnection messages) throws IOException;

}
