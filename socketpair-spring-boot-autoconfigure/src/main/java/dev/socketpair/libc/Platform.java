package dev.socketpair.libc;

import java.nio.file.Path;
import java.util.Map;

import dev.socketpair.NativeBindingException;

/**
 * The system below the C library: each mechanism that not every POSIX system has, or has
 * in the same way. There is one implementation for each system, and one of them in a
 * process, {@link Platforms#CURRENT}.
 * <p>
 * Results are those of the C library: a number, or the negated errno. Methods that are
 * used for each operation return constants, or make one call and allocate nothing.
 */
public interface Platform {

	/**
	 * Check that this process runs where the numbers of this platform are right.
	 * @throws NativeBindingException if it does not
	 */
	void check();

	/**
	 * Return the number of an error.
	 * @param name its name, as {@code EAGAIN}
	 * @param onLinux its number on Linux
	 * @return its number here
	 */
	int errno(String name, int onLinux);

	/**
	 * Return the domains that have a name.
	 * @return their numbers by name, in lower case and without a prefix
	 */
	Map<String, Integer> domains();

	/**
	 * Return the bit of {@code SOCK_NONBLOCK} in the type of a socket.
	 * @return the bit
	 */
	int nonBlockFlag();

	/**
	 * Return the bit of {@code SOCK_CLOEXEC} in the type of a socket.
	 * @return the bit
	 */
	int closeOnExecFlag();

	/**
	 * Make two connected sockets, with the flags that the type has.
	 * @param libc the C library
	 * @param domain the domain
	 * @param type the type and its flags
	 * @param protocol the protocol
	 * @param sv the address of two {@code int}s
	 * @return 0, or the negated errno
	 */
	int pair(Libc libc, int domain, int type, int protocol, long sv);

	/**
	 * Duplicate a descriptor over a number that is open, with close-on-exec.
	 * @param libc the C library
	 * @param number the descriptor
	 * @param target the number
	 * @return the number, or the negated errno
	 */
	int duplicateOver(Libc libc, int number, int target);

	/**
	 * Make a descriptor that becomes readable by {@link #signal}.
	 * @param libc the C library
	 * @param signalled whether it is readable from the start
	 * @return the descriptor, or the negated errno
	 */
	int event(Libc libc, boolean signalled);

	/**
	 * Return the name of the system call that {@link #event} makes.
	 * @return the name
	 */
	String eventCall();

	/**
	 * Make an {@link #event} readable. Allocates nothing.
	 * @param libc the C library
	 * @param event the descriptor
	 */
	void signal(Libc libc, int event);

	/**
	 * Return the signal for which the JDK installs a handler so as to wake threads that
	 * are blocked in a system call.
	 * @return its number
	 */
	int wakeUpSignal();

	/**
	 * Return whether this process has a handler for {@link #wakeUpSignal}.
	 * @return whether it has; {@code false} if that cannot be told
	 */
	boolean handlesWakeUpSignal();

	/**
	 * Return the flag of a message that is sent without {@code SIGPIPE}.
	 * @return the flag
	 */
	int noSignalFlag();

	/**
	 * Return the flag of a message with which received descriptors are closed when
	 * another program is executed.
	 * @return the flag
	 */
	int closeReceivedOnExecFlag();

	/**
	 * Have the messages that a {@code SEQPACKET} socket receives carry a control message,
	 * which the end of the stream does not.
	 * @param libc the C library
	 * @param number the socket
	 * @param on whether they do
	 * @return 0, or the negated errno
	 */
	int markMessages(Libc libc, int number, boolean on);

	/**
	 * Return how much memory is charged for what the peer has not read.
	 * @param libc the C library
	 * @param number the socket
	 * @return a number of bytes, or the negated errno
	 */
	int unsentBytes(Libc libc, int number);

	/**
	 * Read the process, user and group of the peer.
	 * @param libc the C library
	 * @param number the socket
	 * @param ids three elements, which get them
	 * @return 0, or the negated errno
	 */
	int peerCredentials(Libc libc, int number, int[] ids);

	/**
	 * Return the domain of a socket.
	 * @param libc the C library
	 * @param number the socket
	 * @return the domain, or the negated errno
	 */
	int domain(Libc libc, int number);

	/**
	 * Return the protocol of a socket.
	 * @param libc the C library
	 * @param number the socket
	 * @return the protocol, or the negated errno
	 */
	int protocol(Libc libc, int number);

	/**
	 * Return the directory that lists the open descriptors of this process by number.
	 * @return the directory
	 */
	Path openDescriptors();

}
