package dev.socketpair.libc;

import java.nio.ByteBuffer;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/**
 * The C library through JNA's direct mapping (JNI and libffi), for Java 17 to 21 and
 * where it is chosen. Only primitive numbers are passed: JNA would copy an array both
 * ways.
 */
final class JnaLibc implements Libc {

	static final String BINDING = "jna";

	JnaLibc() {
		// Links all functions now, so that a refusal is seen here and not at the first
		// pair.
		C.close(-1);
		// The same for what is found by its name.
		Arenas.canBeClosed(ByteBuffer.allocateDirect(1));
	}

	@Override
	public String binding() {
		return BINDING;
	}

	@Override
	public long addressOf(ByteBuffer buffer) {
		if (buffer.limit() > 0) {
			// Throws if the memory is that of an arena that is closed.
			buffer.get(0);
		}
		return Pointer.nativeValue(Native.getDirectBufferPointer(buffer));
	}

	@Override
	public boolean isOfClosableArena(ByteBuffer buffer) {
		return Arenas.canBeClosed(buffer);
	}

	@Override
	public int socketpair(int domain, int type, int protocol, long sv) {
		return result(C.socketpair(domain, type, protocol, sv));
	}

	@Override
	public int close(int fd) {
		return result(C.close(fd));
	}

	@Override
	public long send(int fd, long address, long length, int flags) {
		return result(C.send(fd, address, length, flags));
	}

	@Override
	public long send(int fd, ByteBuffer buffer, int flags) {
		return send(fd, addressOf(buffer) + buffer.position(), buffer.remaining(), flags);
	}

	@Override
	public long recv(int fd, long address, long length, int flags) {
		return result(C.recv(fd, address, length, flags));
	}

	@Override
	public long recv(int fd, ByteBuffer buffer, int flags) {
		return recv(fd, addressOf(buffer) + buffer.position(), buffer.remaining(), flags);
	}

	@Override
	public long sendmsg(int fd, long msg, int flags) {
		return result(C.sendmsg(fd, msg, flags));
	}

	@Override
	public long recvmsg(int fd, long msg, int flags) {
		return result(C.recvmsg(fd, msg, flags));
	}

	@Override
	public int shutdown(int fd, int how) {
		return result(C.shutdown(fd, how));
	}

	@Override
	public int poll(long fds, long count, int timeout) {
		return result(C.poll(fds, count, timeout));
	}

	@Override
	public int fcntl(int fd, int command, int argument) {
		return result(C.fcntl(fd, command, argument));
	}

	@Override
	public int getsockopt(int fd, int level, int name, long value, long length) {
		return result(C.getsockopt(fd, level, name, value, length));
	}

	@Override
	public int setsockopt(int fd, int level, int name, long value, int length) {
		return result(C.setsockopt(fd, level, name, value, length));
	}

	@Override
	public int dup3(int fd, int target, int flags) {
		return result(C.dup3(fd, target, flags));
	}

	@Override
	public int eventfd(int initial, int flags) {
		return result(C.eventfd(initial, flags));
	}

	@Override
	public long write(int fd, long address, long length) {
		return result(C.write(fd, address, length));
	}

	@Override
	public long pthreadSelf() {
		return C.pthread_self();
	}

	@Override
	public int pthreadKill(long thread, int signal) {
		return -C.pthread_kill(thread, signal);
	}

	@Override
	public int ioctl(int fd, long request, long argument) {
		return result(C.ioctl(fd, request, argument));
	}

	@Override
	public int getsockname(int fd, long name, long length) {
		return result(C.getsockname(fd, name, length));
	}

	@Override
	public int epollCreate1(int flags) {
		return result(C.epoll_create1(flags));
	}

	@Override
	public int epollCtl(int epoll, int operation, int fd, long event) {
		return result(C.epoll_ctl(epoll, operation, fd, event));
	}

	@Override
	public int epollWait(int epoll, long events, int count, int timeout) {
		return result(C.epoll_wait(epoll, events, count, timeout));
	}

	@Override
	public int getrlimit(int resource, long limit) {
		return result(C.getrlimit(resource, limit));
	}

	private static int result(int returned) {
		return (returned != -1) ? returned : -Native.getLastError();
	}

	private static long result(long returned) {
		return (returned != -1) ? returned : -Native.getLastError();
	}

	/**
	 * The functions themselves. A pointer and a {@code size_t} are {@code long}: 32-bit
	 * systems are refused by {@link LinuxAbi#check()}. The variadic {@code fcntl} takes
	 * its integer argument in the same register as a plain one does on every system that
	 * is not refused.
	 */
	@SuppressWarnings("checkstyle:MethodName")
	private static final class C {

		static {
			Native.register(C.class, NativeLibrary.getProcess());
		}

		private C() {
		}

		static native int socketpair(int domain, int type, int protocol, long sv);

		static native int close(int fd);

		static native long send(int fd, long address, long length, int flags);

		static native long recv(int fd, long address, long length, int flags);

		static native long sendmsg(int fd, long msg, int flags);

		static native long recvmsg(int fd, long msg, int flags);

		static native int shutdown(int fd, int how);

		static native int poll(long fds, long count, int timeout);

		static native int fcntl(int fd, int command, int argument);

		static native int getsockopt(int fd, int level, int name, long value, long length);

		static native int setsockopt(int fd, int level, int name, long value, int length);

		static native int dup3(int fd, int target, int flags);

		static native int eventfd(int initial, int flags);

		static native long write(int fd, long address, long length);

		static native long pthread_self();

		static native int pthread_kill(long thread, int signal);

		static native int ioctl(int fd, long request, long argument);

		static native int getsockname(int fd, long name, long length);

		static native int epoll_create1(int flags);

		static native int epoll_ctl(int epoll, int operation, int fd, long event);

		static native int epoll_wait(int epoll, long events, int count, int timeout);

		static native int getrlimit(int resource, long limit);

	}

}
