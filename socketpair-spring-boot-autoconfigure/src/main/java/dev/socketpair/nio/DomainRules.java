package dev.socketpair.nio;

import java.nio.ByteBuffer;

import dev.socketpair.Errno;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.Sockopt;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a domain that all of its types share.
 */
enum DomainRules {

	/** The domain {@code unix}, and others of which nothing else is known. */
	UNIX {

		@Override
		void requireSendable(ByteBuffer message) {
		}

		@Override
		void requireUnix(String what) {
		}

		@Override
		int available(Libc libc, int number) {
			return Sockopt.amount(libc, number, LinuxAbi.FIONREAD);
		}

		@Override
		String availableCall() {
			return "ioctl";
		}

		@Override
		@Nullable String whyUnsentFails() {
			return null;
		}

		@Override
		@Nullable String whyShutdownFails() {
			return null;
		}

		@Override
		boolean isRepeated(long received) {
			return false;
		}

	},

	/** The domain {@code tipc}. */
	TIPC {

		@Override
		void requireSendable(ByteBuffer message) {
			if (!message.hasRemaining()) {
				throw new IllegalArgumentException(
						"'src' must have at least one byte: the domain tipc has no empty messages");
			}
		}

		@Override
		void requireUnix(String what) {
			throw new UnsupportedOperationException(what + " in the domain tipc, only in the domain unix");
		}

		@Override
		int available(Libc libc, int number) {
			return TipcTransfer.available(libc, number);
		}

		@Override
		String availableCall() {
			return "recv";
		}

		@Override
		String whyUnsentFails() {
			return "the domain tipc does not tell what is unsent";
		}

		@Override
		String whyShutdownFails() {
			return "the domain tipc cannot shut down one direction";
		}

		@Override
		boolean isRepeated(long received) {
			return received == -Errno.ECONNRESET.number();
		}

	};

	/**
	 * Refuse a message that the kernel would drop.
	 * @param message the message
	 * @throws IllegalArgumentException if it cannot be sent
	 */
	abstract void requireSendable(ByteBuffer message);

	/**
	 * Refuse a call that the kernel would accept and not carry out.
	 * @param what the reason, to go on with the name of the domain
	 * @throws UnsupportedOperationException if the domain does not have it
	 */
	abstract void requireUnix(String what);

	/**
	 * Return how much can be read.
	 * @param libc the C library
	 * @param number the descriptor
	 * @return a number of bytes, or the negated errno
	 */
	abstract int available(Libc libc, int number);

	/** The name of the system call that {@link #available} makes. */
	abstract String availableCall();

	/** Why the kernel does not tell what is unsent, if it never does. */
	abstract @Nullable String whyUnsentFails();

	/** Why the kernel does not shut down one direction, if it never does. */
	abstract @Nullable String whyShutdownFails();

	/**
	 * Return whether the kernel reports a failure of a read for ever, which is to be
	 * reported once.
	 * @param received the result of the read
	 */
	abstract boolean isRepeated(long received);

}
