package dev.socketpair.descriptor;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.socketpair.Errno;
import dev.socketpair.NativeBindingException;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;

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

	private static final Path STATUS = Path.of("/proc/self/status");

	/**
	 * What is written to an eventfd. Made beforehand: a thread that closes must not need
	 * memory.
	 */
	private static final ByteBuffer ONE = ByteBuffer.allocateDirect(Long.BYTES)
		.order(ByteOrder.nativeOrder())
		.putLong(0, 1);

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
	 * Make the marker, so that closing needs no new descriptor.
	 * @param libc the C library
	 * @throws NativeBindingException if it cannot be made
	 */
	public static void prepare(Libc libc) {
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
		RawDescriptors.duplicateOver(libc, marker, number);
	}

	static void increment(Libc libc, int eventfd) {
		libc.write(eventfd, libc.addressOf(ONE), Long.BYTES);
	}

	static void signal(Libc libc, long thread) {
		libc.pthreadKill(thread, LinuxAbi.WAKE_UP_SIGNAL);
	}

	private static final class Handler {

		static final boolean INSTALLED = install();

		private static boolean install() {
			try {
				// The handler comes with the first channel.
				SocketChannel.open().close();
				for (String line : Files.readAllLines(STATUS)) {
					if (line.startsWith("SigCgt:")) {
						long caught = Long.parseUnsignedLong(line.substring(line.indexOf(':') + 1).strip(), 16);
						return (caught & (1L << (LinuxAbi.WAKE_UP_SIGNAL - 1))) != 0;
					}
				}
			}
			catch (IOException | RuntimeException ex) {
				System.getLogger(Wakeup.class.getName())
					.log(Level.DEBUG, "The JDK's wake-up signal cannot be used; blocked threads poll instead", ex);
			}
			return false;
		}

	}

}
