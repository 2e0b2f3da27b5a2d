package dev.socketpair;

import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;

import dev.socketpair.libc.NativeBinding;
import org.newsclub.net.unix.FileDescriptorCast;

/**
 * A descriptor that is sent or was received over a socket.
 * <p>
 * A received descriptor is owned by this object: {@link #close()} closes it, and nothing
 * else does. A descriptor that was wrapped to be sent stays with its owner unless this
 * object is closed. Safe for use by any thread.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7),
 * SCM_RIGHTS</a>
 */
public final class PassedDescriptor implements Closeable {

	private static final int NONE = -1;

	/** Guarded by this: while something uses the number, it is not closed. */
	private int number;

	private PassedDescriptor(int number) {
		this.number = number;
	}

	/**
	 * Wrap the descriptor of a stream, channel or file.
	 * @param descriptor an open descriptor
	 * @return the wrapped descriptor
	 * @throws IOException if the descriptor is not open
	 */
	public static PassedDescriptor of(FileDescriptor descriptor) throws IOException {
		if (!descriptor.valid()) {
			throw new IOException("The descriptor is not open");
		}
		try {
			return of(FileDescriptorCast.using(descriptor).as(Integer.class));
		}
		catch (LinkageError ex) {
			throw withoutJunixsocket(ex);
		}
	}

	/**
	 * Wrap a descriptor.
	 * @param number the number, 0 or more
	 * @return the wrapped descriptor
	 * @throws IllegalArgumentException if the number is negative
	 */
	public static PassedDescriptor of(int number) {
		if (number < 0) {
			throw new IllegalArgumentException("'number' must not be negative, but is %s".formatted(number));
		}
		return new PassedDescriptor(number);
	}

	/**
	 * Return the number.
	 * @return the number, which stays owned here
	 * @throws IllegalStateException if it was closed or released
	 */
	public synchronized int number() {
		if (this.number == NONE) {
			throw new IllegalStateException("The descriptor was closed or released");
		}
		return this.number;
	}

	/**
	 * Return an object that streams and channels can be made of, such as
	 * {@link FileInputStream}. Closing such a stream closes the descriptor, which must
	 * then not be closed here again: {@link #release()} it.
	 * @return a new object for the same number, which stays owned here
	 * @throws IOException if it cannot be made
	 * @throws IllegalStateException if it was closed or released
	 */
	public synchronized FileDescriptor fileDescriptor() throws IOException {
		try {
			// Which closes a number that it finds closed.
			return FileDescriptorCast.unsafeUsing(number()).getFileDescriptor();
		}
		catch (LinkageError | IOException ex) {
			throw withoutJunixsocket(ex);
		}
	}

	private static IOException withoutJunixsocket(Throwable ex) {
		return new IOException("A java.io.FileDescriptor needs junixsocket-core on the class path, and a directory for "
				+ "its native library that can be written to and executed from "
				+ "('-Dorg.newsclub.net.unix.library.tmpdir=DIRECTORY')", ex);
	}

	/**
	 * Give the descriptor away.
	 * @return the number, from now on the caller's to close
	 * @throws IllegalStateException if it was closed or released
	 */
	public synchronized int release() {
		int released = number();
		this.number = NONE;
		return released;
	}

	/**
	 * Close the descriptor, {@code close(2)}. Does nothing if it was closed or released.
	 * @throws SocketPairException if {@code close(2)} reports an error; the number is
	 * closed all the same, unless it was not open ({@link Errno#EBADF})
	 */
	@Override
	public synchronized void close() throws SocketPairException {
		if (this.number == NONE) {
			return;
		}
		int result = NativeBinding.loaded().close(this.number);
		this.number = NONE;
		if (result < 0) {
			throw new SocketPairException("close", -result, null);
		}
	}

	@Override
	public synchronized String toString() {
		return "PassedDescriptor[%s]".formatted((this.number != NONE) ? this.number : "closed");
	}

}
