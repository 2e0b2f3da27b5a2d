package dev.socketpair.descriptor;

import java.io.InterruptedIOException;

/**
 * Thrown by a call whose wait another thread has ended with {@link Wait#cancel()}. The
 * socket stays open; {@code bytesTransferred} tells what was written before.
 */
public final class WaitCancelledException extends InterruptedIOException {

	private static final long serialVersionUID = 1L;

	WaitCancelledException() {
		super("The wait was cancelled; the socket stays open");
	}

}
