package dev.socketpair.descriptor;

import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.spi.AbstractInterruptibleChannel;

/**
 * Ends the wait of one thread when the thread is interrupted. The JDK tells of an
 * interrupt by closing the channel in which the thread is blocked; this is a channel that
 * stands for the wait alone. Serves one wait after the other, until an interrupt has
 * come.
 */
final class Interruption extends AbstractInterruptibleChannel {

	private final Wait.Waiter waiter;

	/** Whether a wait is going on; written by its thread. */
	private volatile boolean waiting;

	Interruption(Wait.Waiter waiter) {
		this.waiter = waiter;
	}

	/** From here on an interrupt is noticed, and one that came before. */
	void enter() {
		begin();
		// Not before: a thread that is interrupted already has closed this by itself.
		this.waiting = true;
	}

	/** The thread has left the kernel. */
	void leave() {
		this.waiting = false;
	}

	/** From here on an interrupt is not noticed any more. */
	void finish() {
		try {
			end(true);
		}
		catch (AsynchronousCloseException ex) {
			// The thread that interrupts may close this later.
			closeQuietly();
		}
	}

	private void closeQuietly() {
		try {
			close();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Whether an interrupt has come, after which another one has to be made. */
	boolean hasCome() {
		return !isOpen();
	}

	@Override
	protected void implCloseChannel() {
		if (this.waiting) {
			this.waiter.wake(() -> this.waiting);
		}
	}

}
