package dev.socketpair.nio;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;

import dev.socketpair.PairedSocket;
import dev.socketpair.descriptor.Descriptor;
import org.jspecify.annotations.Nullable;

/**
 * The redirects that were made of a socket. A redirect of the JDK is nothing but the
 * number, which is passed to the kernel when the process is started: until then it must
 * not become that of something else, also when the socket is closed meanwhile. So each
 * redirect holds the number until the thread that made it closes the socket, or until it
 * is garbage.
 */
final class Redirects {

	private final Descriptor descriptor;

	/** Guarded by this. */
	private final List<Hold> holds = new ArrayList<>();

	Redirects(Descriptor descriptor) {
		this.descriptor = descriptor;
	}

	/**
	 * Make a redirect.
	 * @param socket the socket, which is not lost while the redirect is reachable
	 * @return the redirect
	 * @throws IOException if the socket is or becomes closed, or junixsocket cannot be
	 * used
	 */
	Redirect make(PairedSocket socket) throws IOException {
		Hold hold = new Hold(socket);
		int number = begin(hold);
		boolean made = false;
		try {
			Redirect redirect = Junixsocket.redirect(number);
			if (!this.descriptor.isOpen()) {
				throw new AsynchronousCloseException();
			}
			EndState.CLEANER.register(redirect, hold);
			made = true;
			return redirect;
		}
		finally {
			if (!made) {
				end(hold);
			}
		}
	}

	private synchronized int begin(Hold hold) throws ClosedChannelException {
		// In this order, so that nothing is held if there is no memory.
		this.holds.add(hold);
		try {
			return this.descriptor.hold();
		}
		catch (ClosedChannelException ex) {
			this.holds.remove(hold);
			throw ex;
		}
	}

	private synchronized void end(Hold hold) {
		if (this.holds.remove(hold)) {
			hold.socket = null;
			this.descriptor.endHold();
		}
	}

	/**
	 * End the holds of a thread, which has started what it was to start.
	 * @param thread the thread
	 */
	synchronized void end(Thread thread) {
		for (Hold hold : List.copyOf(this.holds)) {
			if (hold.thread == thread) {
				end(hold);
			}
		}
	}

	/** Run when the redirect is garbage. */
	private final class Hold implements Runnable {

		private final Thread thread = Thread.currentThread();

		/** What must not be lost; guarded by the redirects. */
		@SuppressWarnings("unused")
		private @Nullable PairedSocket socket;

		private Hold(PairedSocket socket) {
			this.socket = socket;
		}

		@Override
		public void run() {
			end(this);
		}

	}

}
