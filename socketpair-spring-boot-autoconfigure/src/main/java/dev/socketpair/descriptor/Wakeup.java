package dev.socketpair.descriptor;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.SocketChannel;

import dev.socketpair.Errno;
import dev.socketpair.NativeBindingException;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.Platforms;

/**
 * How a thread that is blocked in the kernel is woken so that its descriptor can be
 * closed: {@code close(2)} does not wake it, and {@code shutdown(2)} would be felt by
 * other holders of the description.
 * <p>
 * A marker, one end of a pair whose other end is closed, is put over the number by
 * {@code dup3(2)}: a thread that has not reached the kernel yet finds the end of the
 * stream there. A thread that is in the kernel already gets the signal for which the JDK
 * has installed an empty handler for this very purpose ({@code sun.nio.ch.NativeThread}),
 * and its call returns {@code EINTR}.
 */
public final class Wakeup {

	private static volatile int marker = -1;

	private Wakeup() {
	}

	/**
	 * Return whether the JDK has a handler for the signal; without one the signal would
	 * end the process.
	 * @return whether it has
	 */
	public static boolean signalIsHandled() {
		return Handler.INSTALLED;
	}

	/**
	 * Make the marker, so that closing needs no new descriptor, and load what waiting
	 * needs.
	 * @param libc the C library
	 * @throws NativeBindingException if it cannot be made
	 */
	public static void prepare(Libc libc) {
		Pollers.prepare();
		if (marker != -1) {
			return;
		}
		synchronized (Wakeup.class) {
			if (marker != -1) {
				return;
			}
			int[] pair = new int[2];
			int result = RawDescriptors.pair(libc, SocketPairOptions.builder().build(), pair);
			if (result < 0) {
				throw new NativeBindingException(
						"The first socket pair cannot be made: socketpair failed with %s.".formatted(Errno.of(-result)),
						(result == -Errno.EMFILE.number()) ? "Give the process more descriptors ('ulimit -n')."
								: "Allow socketpair(2) in the security policy (seccomp, SELinux, AppArmor).",
						null);
			}
			libc.close(pair[1]);
			marker = pair[0];
		}
	}

	static void putMarkerOver(Libc libc, int number) {
		Platforms.CURRENT.duplicateOver(libc, marker, number);
	}

	static void signal(Libc libc, long thread) {
		libc.pthreadKill(thread, Platforms.CURRENT.wakeUpSignal());
	}

	private static final class Handler {

		static final boolean INSTALLED = install();

		private static boolean install() {
			try {
				// The handler comes with the first channel.
				SocketChannel.open().close();
				return Platforms.CURRENT.handlesWakeUpSignal();
			}
			catch (IOException | RuntimeException ex) {
				System.getLogger(Wakeup.class.getName())
					.log(Level.DEBUG, "The JDK's wake-up signal cannot be used; blocked threads poll instead", ex);
			}
			return false;
		}

	}

}
