package dev.socketpair.libc;

import java.nio.ByteBuffer;

/**
 * The C library: one method a system call, numbers in and out, and no policy.
 * <p>
 * A call that fails returns the negated {@code errno}, as the kernel itself does;
 * {@code EINTR} is not retried. Addresses are those of native memory that the caller
 * keeps alive during the call; that of an arena which another thread may close is not. A
 * {@link ByteBuffer} must be direct, and stands for the memory from its position to its
 * limit; its position is not changed. One whose arena is closed before the call is
 * refused with an {@link IllegalStateException}. Any thread may call any method; one that
 * blocks in the kernel blocks its carrier thread too.
 */
public interface Libc {

	/**
	 * Return how the library is called.
	 * @return {@code foreign} or {@code jna}
	 */
	String binding();

	/**
	 * Return the address of a direct buffer's first byte, whatever its position.
	 * @param buffer a direct buffer
	 * @return the address
	 * @throws IllegalStateException if the memory is that of an arena that is closed
	 */
	long addressOf(ByteBuffer buffer);

	/**
	 * Return whether the memory of a direct buffer can be freed while the buffer is still
	 * in use, since it is that of an arena which a thread may close. Its address must not
	 * be passed then: the kernel would write to memory that belongs to something else.
	 * @param buffer a direct buffer
	 * @return whether it can be freed
	 */
	boolean isOfClosableArena(ByteBuffer buffer);

	/**
	 * Return whether the arena of a buffer cannot be closed during
	 * {@link #send(int, ByteBuffer, int)} and {@link #recv(int, ByteBuffer, int)}.
	 * Otherwise no buffer of an arena that can be closed may be passed to them.
	 * @return whether the arena is held
	 */
	default boolean holdsArenas() {
		return false;
	}

	/**
	 * {@code socketpair(2)}.
	 * @param domain the domain
	 * @param type the type and its flags
	 * @param protocol the protocol
	 * @param sv the address of two {@code int}s. They may be overwritten even if the call
	 * fails, and are then no descriptors.
	 * @return 0, or the negated errno
	 */
	int socketpair(int domain, int type, int protocol, long sv);

	/**
	 * {@code close(2)}. The number is free afterwards, whatever is returned.
	 * @param fd the descriptor
	 * @return 0, or the negated errno
	 */
	int close(int fd);

	/**
	 * {@code send(2)}.
	 * @param fd the descriptor
	 * @param address the address of the first byte
	 * @param length the number of bytes
	 * @param flags a combination of {@code MSG_*}
	 * @return the number of bytes sent, or the negated errno
	 */
	long send(int fd, long address, long length, int flags);

	/**
	 * {@code send(2)} from a direct buffer.
	 * @param fd the descriptor
	 * @param buffer a direct buffer, of which position to limit are sent
	 * @param flags a combination of {@code MSG_*}
	 * @return the number of bytes sent, or the negated errno
	 */
	long send(int fd, ByteBuffer buffer, int flags);

	/**
	 * {@code recv(2)}.
	 * @param fd the descriptor
	 * @param address the address of the first byte to fill
	 * @param length the number of bytes that there is room for
	 * @param flags a combination of {@code MSG_*}
	 * @return the number of bytes received, or the negated errno
	 */
	long recv(int fd, long address, long length, int flags);

	/**
	 * {@code recv(2)} into a direct buffer.
	 * @param fd the descriptor
	 * @param buffer a direct buffer, which is filled from position to limit
	 * @param flags a combination of {@code MSG_*}
	 * @return the number of bytes received, or the negated errno
	 */
	long recv(int fd, ByteBuffer buffer, int flags);

	/**
	 * Return whether arrays can be passed as they are, by
	 * {@link #send(int, byte[], int, int)} and {@link #recv(int, byte[], int, int)}.
	 * @return whether they can
	 */
	default boolean passesArrays() {
		return false;
	}

	/**
	 * {@code send(2)} from an array with {@code MSG_DONTWAIT} and {@code MSG_NOSIGNAL}.
	 * The garbage collector waits for the call, which therefore must not wait; and it is
	 * no safepoint, so a loop must have another call in it.
	 * @param fd the descriptor
	 * @param array the array
	 * @param offset the index of the first byte
	 * @param length the number of bytes
	 * @return the number of bytes sent, or the negated errno
	 * @throws UnsupportedOperationException if arrays cannot be passed
	 */
	default long send(int fd, byte[] array, int offset, int length) {
		throw new UnsupportedOperationException();
	}

	/**
	 * {@code recv(2)} into an array with {@code MSG_DONTWAIT}. The same holds as for
	 * {@link #send(int, byte[], int, int)}.
	 * @param fd the descriptor
	 * @param array the array
	 * @param offset the index of the first byte to fill
	 * @param length the number of bytes that there is room for
	 * @return the number of bytes received, or the negated errno
	 * @throws UnsupportedOperationException if arrays cannot be passed
	 */
	default long recv(int fd, byte[] array, int offset, int length) {
		throw new UnsupportedOperationException();
	}

	/**
	 * {@code sendmsg(2)}.
	 * @param fd the descriptor
	 * @param msg the address of a {@code struct msghdr}
	 * @param flags a combination of {@code MSG_*}
	 * @return the number of bytes sent, or the negated errno
	 */
	long sendmsg(int fd, long msg, int flags);

	/**
	 * {@code recvmsg(2)}.
	 * @param fd the descriptor
	 * @param msg the address of a {@code struct msghdr}
	 * @param flags a combination of {@code MSG_*}
	 * @return the number of bytes received, or the negated errno
	 */
	long recvmsg(int fd, long msg, int flags);

	/**
	 * {@code shutdown(2)}.
	 * @param fd the descriptor
	 * @param how one of {@code SHUT_*}
	 * @return 0, or the negated errno
	 */
	int shutdown(int fd, int how);

	/**
	 * {@code poll(2)}.
	 * @param fds the address of an array of {@code struct pollfd}
	 * @param count the number of its elements
	 * @param timeout the time-out in milliseconds, or -1 to wait for ever
	 * @return the number of elements with events, or the negated errno
	 */
	int poll(long fds, long count, int timeout);

	/**
	 * {@code fcntl(2)} with an integer argument.
	 * @param fd the descriptor
	 * @param command one of {@code F_*}
	 * @param argument the argument
	 * @return what the command returns, or the negated errno
	 */
	int fcntl(int fd, int command, int argument);

	/**
	 * {@code getsockopt(2)}.
	 * @param fd the descriptor
	 * @param level the protocol level
	 * @param name the option
	 * @param value the address of the memory for the value
	 * @param length the address of an {@code int} with the size of that memory
	 * @return 0, or the negated errno
	 */
	int getsockopt(int fd, int level, int name, long value, long length);

	/**
	 * {@code setsockopt(2)}.
	 * @param fd the descriptor
	 * @param level the protocol level
	 * @param name the option
	 * @param value the address of the value
	 * @param length the size of the value
	 * @return 0, or the negated errno
	 */
	int setsockopt(int fd, int level, int name, long value, int length);

	/**
	 * {@code dup3(2)}.
	 * @param fd the descriptor to duplicate
	 * @param target the number of the duplicate, which is closed first if it is open
	 * @param flags 0 or {@code O_CLOEXEC}
	 * @return the number of the duplicate, or the negated errno
	 */
	int dup3(int fd, int target, int flags);

	/**
	 * {@code eventfd(2)}.
	 * @param initial the initial value of the counter
	 * @param flags a combination of {@code EFD_*}
	 * @return a new descriptor, or the negated errno
	 */
	int eventfd(int initial, int flags);

	/**
	 * {@code write(2)}.
	 * @param fd the descriptor
	 * @param address the address of the first byte
	 * @param length the number of bytes
	 * @return the number of bytes written, or the negated errno
	 */
	long write(int fd, long address, long length);

	/**
	 * {@code pthread_self(3)}.
	 * @return the calling thread, as the C library names it
	 */
	long pthreadSelf();

	/**
	 * {@code pthread_kill(3)}.
	 * @param thread a thread that is known to be alive
	 * @param signal the number of a signal
	 * @return 0, or the negated error number
	 */
	int pthreadKill(long thread, int signal);

	/**
	 * {@code ioctl(2)} with an address as its argument.
	 * @param fd the descriptor
	 * @param request the request
	 * @param argument the address of what the request works on
	 * @return what the request returns, or the negated errno
	 */
	int ioctl(int fd, long request, long argument);

	/**
	 * {@code getsockname(2)}.
	 * @param fd the descriptor
	 * @param name the address of the memory for the name
	 * @param length the address of an {@code int} with the size of that memory
	 * @return 0, or the negated errno
	 */
	int getsockname(int fd, long name, long length);

	/**
	 * {@code epoll_create1(2)}.
	 * @param flags 0 or {@code EPOLL_CLOEXEC}
	 * @return a new descriptor, or the negated errno
	 */
	int epollCreate1(int flags);

	/**
	 * {@code epoll_ctl(2)}.
	 * @param epoll the descriptor of the epoll instance
	 * @param operation one of {@code EPOLL_CTL_*}
	 * @param fd the descriptor that is watched
	 * @param event the address of a {@code struct epoll_event}
	 * @return 0, or the negated errno
	 */
	int epollCtl(int epoll, int operation, int fd, long event);

	/**
	 * {@code epoll_wait(2)}.
	 * @param epoll the descriptor of the epoll instance
	 * @param events the address of an array of {@code struct epoll_event}
	 * @param count the number of its elements
	 * @param timeout the time-out in milliseconds, or -1 to wait for ever
	 * @return the number of events, or the negated errno
	 */
	int epollWait(int epoll, long events, int count, int timeout);

	/**
	 * {@code getrlimit(2)}.
	 * @param resource one of {@code RLIMIT_*}
	 * @param limit the address of a {@code struct rlimit}
	 * @return 0, or the negated errno
	 */
	int getrlimit(int resource, long limit);

}
