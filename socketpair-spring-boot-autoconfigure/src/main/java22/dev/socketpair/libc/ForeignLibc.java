package dev.socketpair.libc;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.foreign.ValueLayout.OfInt;
import java.lang.foreign.ValueLayout.OfLong;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

/**
 * The C library through {@code java.lang.foreign}. The linker saves {@code errno} within
 * the call; it is read only after a failure, for a success leaves the old value there.
 * <p>
 * To link a function whose shape no other has takes milliseconds. So only what makes and
 * closes a pair is linked at once; the others are in classes of their own, which link
 * them when the first of them is called.
 *
 * @see <a href="https://openjdk.org/jeps/454">JEP 454</a>
 */
@SuppressWarnings("restricted")
final class ForeignLibc implements Libc {

	private static final OfInt INT = ValueLayout.JAVA_INT;

	private static final OfLong LONG = ValueLayout.JAVA_LONG;

	private static final AddressLayout ADDRESS = ValueLayout.ADDRESS;

	private static final Linker LINKER = Linker.nativeLinker();

	private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();

	private static final long ERRNO_OFFSET = CAPTURED.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

	private static final MethodHandle SOCKETPAIR = function("socketpair", INT, INT, INT, INT, LONG);

	private static final MethodHandle CLOSE = function("close", INT, INT);

	/** Each kind of arena has a scope of its own class: that of plain direct buffers. */
	private static final Class<?> GLOBAL = Arena.global().scope().getClass();

	/** That of the arenas which the garbage collector frees. */
	private static final Class<?> COLLECTED = Arena.ofAuto().scope().getClass();

	static {
		EarlyLoading.load(ErrnoCells.class, Transfers.class, Arrays.class, Messages.class, Options.class, Waking.class,
				Epoll.class);
	}

	@Override
	public String binding() {
		return "foreign";
	}

	@Override
	public long addressOf(ByteBuffer buffer) {
		if (buffer.limit() > 0) {
			// Throws if the memory is that of an arena that is closed.
			buffer.get(0);
		}
		return MemorySegment.ofBuffer(buffer).address() - buffer.position();
	}

	@Override
	public boolean isOfClosableArena(ByteBuffer buffer) {
		Class<?> scope = MemorySegment.ofBuffer(buffer).scope().getClass();
		return scope != GLOBAL && scope != COLLECTED;
	}

	/** By the linker, for a segment that is passed as such. */
	@Override
	public boolean holdsArenas() {
		return true;
	}

	@Override
	public int socketpair(int domain, int type, int protocol, long sv) {
		MemorySegment cell = ErrnoCells.acquire();
		try {
			return result((int) SOCKETPAIR.invokeExact(cell, domain, type, protocol, sv), cell);
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
		finally {
			ErrnoCells.release(cell);
		}
	}

	@Override
	public int close(int fd) {
		MemorySegment cell = ErrnoCells.acquire();
		try {
			return result((int) CLOSE.invokeExact(cell, fd), cell);
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
		finally {
			ErrnoCells.release(cell);
		}
	}

	@Override
	public long send(int fd, long address, long length, int flags) {
		MemorySegment cell = ErrnoCells.acquire();
		try {
			return result((long) Transfers.SEND.invokeExact(cell, fd, address, length, flags), cell);
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
		finally {
			ErrnoCells.release(cell);
		}
	}

	@Override
	public long send(int fd, ByteBuffer buffer, int flags) {
		MemorySegment cell = ErrnoCells.acquire();
		try {
			return result((long) Transfers.SEND_SEGMENT.invokeExact(cell, fd, MemorySegment.ofBuffer(buffer),
					(long) buffer.remaining(), flags), cell);
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
		finally {
			ErrnoCells.release(cell);
		}
	}

	@Override
	public long recv(int fd, long address, long length, int flags) {
		MemorySegment cell = ErrnoCells.acquire();
		try {
			return result((long) Transfers.RECV.invokeExact(cell, fd, address, length, flags), cell);
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
		finally {
			ErrnoCells.release(cell);
		}
	}

	@Override
	public long recv(int fd, ByteBuffer buffer, int flags) {
		MemorySegment cell = ErrnoCells.acquire();
		try {
			return result((long) Transfers.RECV_SEGMENT.invokeExact(cell, fd, MemorySegment.ofBuffer(buffer),
					(long) buffer.remaining(), flags), cell);
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
		finally {
			ErrnoCells.release(cell);
		}
	}

	@Override
	public boolean passesArrays() {
		return true;
	}

	@Override
	public long send(int fd, byte[] array, int offset, int length) {
		MemorySegment cell = ErrnoCells.acquire();
		try {
			int flags = LinuxAbi.MSG_DONTWAIT | LinuxAbi.MSG_NOSIGNAL;
			// Two calls: an object that comes from two places is not removed.
			return (offset == 0)
					? result((long) Arrays.SEND_ARRAY.invokeExact(cell, fd, MemorySegment.ofArray(array), (long) length,
							flags), cell)
					: result((long) Arrays.SEND_ARRAY.invokeExact(cell, fd,
							MemorySegment.ofArray(array).asSlice(offset), (long) length, flags), cell);
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
		finally {
			ErrnoCells.release(cell);
		}
	}

	@Override
	public long recv(int fd, byte[] array, int offset, int length) {
		MemorySegment cell = ErrnoCells.acquire();
		try {
			int flags = LinuxAbi.MSG_DONTWAIT;
			return (offset == 0)
					? result((long) Arrays.RECV_ARRAY.invokeExact(cell, fd, MemorySegment.ofArray(array), (long) length,
							flags), cell)
					: result((long) Arrays.RECV_ARRAY.invokeExact(cell, fd,
							MemorySegment.ofArray(array).asSlice(offset), (long) length, flags), cell);
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
		finally {
			ErrnoCells.release(cell);
		}
	}

	@Override
	public long sendmsg(int fd, long msg, int flags) {
		MemorySegment cell = ErrnoCells.acquire();
		try {
			return result((long) Messages.SENDMSG.invokeExact(cell, fd, msg, flags), cell);
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
		finally {
			ErrnoCells.release(cell);
		}
	}

	@Override
	public long recvmsg(int fd, long msg, int flags) {
		MemorySegment cell = ErrnoCells.acquire();
		try {
			return result((long) Messages.RECVMSG.invokeExact(cell, fd, msg, flags), cell);
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
		finally {
			ErrnoCells.release(cell);
		}
	}

	@Override
	public int shutdown(int fd, int how) {
		MemorySegment cell = ErrnoCells.acquire();
		try {
			return result((int) Options.SHUTDOWN.invokeExact(cell, fd, how), cell);
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
		finally {
			ErrnoCells.release(cell);
		}
	}

	@Override
	public int poll(long fds, long count, int timeout) {
		MemorySegment cell = ErrnoCells.acquire();
		try {
			return result((int) Waking.POLL.invokeExact(cell, fds, count, timeout), cell);
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
		finally {
			ErrnoCells.release(cell);
		}
	}

	@Override
	public int fcntl(int fd, int command, int argument) {
		MemorySegment cell = ErrnoCells.acquire();
		try {
			return result((int) Options.FCNTL.invokeExact(cell, fd, command, argument), cell);
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
		finally {
			ErrnoCells.release(cell);
		}
	}

	@Override
	public int getsockopt(int fd, int level, int name, long value, long length) {
		MemorySegment cell = ErrnoCells.acquire();
		try {
			return result((int) Options.GETSOCKOPT.invokeExact(cell, fd, level, name, value, length), cell);
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
		finally {
			ErrnoCells.release(cell);
		}
	}

	@Override
	public int setsockopt(int fd, int level, int name, long value, int length) {
		MemorySegment cell = ErrnoCells.acquire();
		try {
			return result((int) Options.SETSOCKOPT.invokeExact(cell, fd, level, name, value, length), cell);
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
		finally {
			ErrnoCells.release(cell);
		}
	}

	@Override
	public int dup3(int fd, int target, int flags) {
		MemorySegment cell = ErrnoCells.acquire();
		try {
			return result((int) Waking.DUP3.invokeExact(cell, fd, target, flags), cell);
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
		finally {
			ErrnoCells.release(cell);
		}
	}

	@Override
	public int eventfd(int initial, int flags) {
		MemorySegment cell = ErrnoCells.acquire();
		try {
			return result((int) Waking.EVENTFD.invokeExact(cell, initial, flags), cell);
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
		finally {
			ErrnoCells.release(cell);
		}
	}

	@Override
	public long write(int fd, long address, long length) {
		MemorySegment cell = ErrnoCells.acquire();
		try {
			return result((long) Waking.WRITE.invokeExact(cell, fd, address, length), cell);
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
		finally {
			ErrnoCells.release(cell);
		}
	}

	@Override
	public long pthreadSelf() {
		try {
			return (long) Waking.PTHREAD_SELF.invokeExact();
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
	}

	@Override
	public int pthreadKill(long thread, int signal) {
		try {
			return -(int) Waking.PTHREAD_KILL.invokeExact(thread, signal);
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
	}

	@Override
	public int ioctl(int fd, long request, long argument) {
		MemorySegment cell = ErrnoCells.acquire();
		try {
			return result((int) Options.IOCTL.invokeExact(cell, fd, request, argument), cell);
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
		finally {
			ErrnoCells.release(cell);
		}
	}

	@Override
	public int getsockname(int fd, long name, long length) {
		MemorySegment cell = ErrnoCells.acquire();
		try {
			return result((int) Options.GETSOCKNAME.invokeExact(cell, fd, name, length), cell);
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
		finally {
			ErrnoCells.release(cell);
		}
	}

	@Override
	public int epollCreate1(int flags) {
		MemorySegment cell = ErrnoCells.acquire();
		try {
			return result((int) Epoll.EPOLL_CREATE1.invokeExact(cell, flags), cell);
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
		finally {
			ErrnoCells.release(cell);
		}
	}

	@Override
	public int epollCtl(int epoll, int operation, int fd, long event) {
		MemorySegment cell = ErrnoCells.acquire();
		try {
			return result((int) Epoll.EPOLL_CTL.invokeExact(cell, epoll, operation, fd, event), cell);
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
		finally {
			ErrnoCells.release(cell);
		}
	}

	@Override
	public int epollWait(int epoll, long events, int count, int timeout) {
		MemorySegment cell = ErrnoCells.acquire();
		try {
			return result((int) Epoll.EPOLL_WAIT.invokeExact(cell, epoll, events, count, timeout), cell);
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
		finally {
			ErrnoCells.release(cell);
		}
	}

	@Override
	public int getrlimit(int resource, long limit) {
		MemorySegment cell = ErrnoCells.acquire();
		try {
			return result((int) Options.GETRLIMIT.invokeExact(cell, resource, limit), cell);
		}
		catch (Throwable ex) {
			throw unexpected(ex);
		}
		finally {
			ErrnoCells.release(cell);
		}
	}

	private static int result(int returned, MemorySegment cell) {
		return (returned != -1) ? returned : -cell.get(INT, ERRNO_OFFSET);
	}

	private static long result(long returned, MemorySegment cell) {
		return (returned != -1) ? returned : -cell.get(INT, ERRNO_OFFSET);
	}

	/** Nothing is thrown by C: what comes here is an error of the virtual machine. */
	private static RuntimeException unexpected(Throwable ex) {
		if (ex instanceof RuntimeException unchecked) {
			return unchecked;
		}
		if (ex instanceof Error error) {
			throw error;
		}
		return new IllegalStateException(ex);
	}

	/** Where glibc before 2.34 has what is in the C library itself since. */
	private static SymbolLookup threads() {
		return SymbolLookup.libraryLookup("libpthread.so.0", Arena.global());
	}

	private static MethodHandle function(String name, MemoryLayout returned, MemoryLayout... arguments) {
		return link(name, FunctionDescriptor.of(returned, arguments), Linker.Option.captureCallState("errno"));
	}

	/** Passes heap arrays; only for calls that cannot block. */
	private static MethodHandle critical(String name, MemoryLayout returned, MemoryLayout... arguments) {
		return link(name, FunctionDescriptor.of(returned, arguments), Linker.Option.captureCallState("errno"),
				Linker.Option.critical(true));
	}

	/** Without lambdas, of which the first few cost as much as a function. */
	private static MethodHandle link(String name, FunctionDescriptor descriptor, Linker.Option... options) {
		Optional<MemorySegment> function = LINKER.defaultLookup().find(name);
		if (function.isEmpty()) {
			function = threads().find(name);
		}
		if (function.isEmpty()) {
			throw new NoSuchElementException("The C library has no function '%s'".formatted(name));
		}
		return LINKER.downcallHandle(function.get(), descriptor, options);
	}

	/** Move bytes. */
	private static final class Transfers {

		static final MethodHandle SEND = function("send", LONG, INT, LONG, LONG, INT);

		static final MethodHandle SEND_SEGMENT = function("send", LONG, INT, ADDRESS, LONG, INT);

		static final MethodHandle RECV = function("recv", LONG, INT, LONG, LONG, INT);

		static final MethodHandle RECV_SEGMENT = function("recv", LONG, INT, ADDRESS, LONG, INT);

		private Transfers() {
		}

	}

	/** Move the bytes of heap arrays. */
	private static final class Arrays {

		static final MethodHandle SEND_ARRAY = critical("send", LONG, INT, ADDRESS, LONG, INT);

		static final MethodHandle RECV_ARRAY = critical("recv", LONG, INT, ADDRESS, LONG, INT);

		private Arrays() {
		}

	}

	/** Move messages with a header. */
	private static final class Messages {

		static final MethodHandle SENDMSG = function("sendmsg", LONG, INT, LONG, INT);

		static final MethodHandle RECVMSG = function("recvmsg", LONG, INT, LONG, INT);

		private Messages() {
		}

	}

	/** Ask a descriptor or the process, and change a descriptor. */
	private static final class Options {

		static final MethodHandle SHUTDOWN = function("shutdown", INT, INT, INT);

		static final MethodHandle FCNTL = link("fcntl", FunctionDescriptor.of(INT, INT, INT, INT),
				Linker.Option.captureCallState("errno"), Linker.Option.firstVariadicArg(2));

		static final MethodHandle GETSOCKOPT = function("getsockopt", INT, INT, INT, INT, LONG, LONG);

		static final MethodHandle SETSOCKOPT = function("setsockopt", INT, INT, INT, INT, LONG, INT);

		static final MethodHandle IOCTL = link("ioctl", FunctionDescriptor.of(INT, INT, LONG, LONG),
				Linker.Option.captureCallState("errno"), Linker.Option.firstVariadicArg(2));

		static final MethodHandle GETSOCKNAME = function("getsockname", INT, INT, LONG, LONG);

		static final MethodHandle GETRLIMIT = function("getrlimit", INT, INT, LONG);

		private Options() {
		}

	}

	/**
	 * Waiting and waking. A thread that waits links both, so that a thread that closes
	 * then needs no memory.
	 */
	private static final class Waking {

		static final MethodHandle POLL = function("poll", INT, LONG, LONG, INT);

		static final MethodHandle DUP3 = function("dup3", INT, INT, INT, INT);

		static final MethodHandle EVENTFD = function("eventfd", INT, INT, INT);

		static final MethodHandle WRITE = function("write", LONG, INT, LONG, LONG);

		static final MethodHandle PTHREAD_SELF = link("pthread_self", FunctionDescriptor.of(LONG));

		static final MethodHandle PTHREAD_KILL = link("pthread_kill", FunctionDescriptor.of(INT, LONG, INT));

		private Waking() {
		}

	}

	/** Wait for many descriptors. */
	private static final class Epoll {

		static final MethodHandle EPOLL_CREATE1 = function("epoll_create1", INT, INT);

		static final MethodHandle EPOLL_CTL = function("epoll_ctl", INT, INT, INT, INT, LONG);

		static final MethodHandle EPOLL_WAIT = function("epoll_wait", INT, INT, LONG, INT, INT);

		private Epoll() {
		}

	}

	/**
	 * The places that the linker saves {@code errno} to. A platform thread keeps one; a
	 * virtual thread borrows one for the call, during which it cannot leave its carrier,
	 * so that a million of them need no more than there are carriers.
	 */
	private static final class ErrnoCells {

		private static final int POOL_SIZE = 64;

		private static final ThreadLocal<@Nullable MemorySegment> OWN = new ThreadLocal<>();

		/**
		 * Shared by threads that find no memory for one of their own: closing must not
		 * fail then, and at worst a thread sees the errno of another.
		 */
		private static final MemorySegment LAST_RESORT = Arena.global().allocate(CAPTURED);

		private static final AtomicReferenceArray<@Nullable MemorySegment> POOL = new AtomicReferenceArray<>(POOL_SIZE);

		private ErrnoCells() {
		}

		static MemorySegment acquire() {
			Thread thread = Thread.currentThread();
			if (!thread.isVirtual()) {
				MemorySegment own = OWN.get();
				return (own != null) ? own : allocate(true);
			}
			MemorySegment cell = POOL.getAndSet(slot(thread), null);
			return (cell != null) ? cell : allocate(false);
		}

		static void release(MemorySegment cell) {
			Thread thread = Thread.currentThread();
			if (thread.isVirtual() && cell != LAST_RESORT) {
				POOL.setRelease(slot(thread), cell);
			}
		}

		private static int slot(Thread thread) {
			return (int) thread.threadId() & (POOL_SIZE - 1);
		}

		private static MemorySegment allocate(boolean own) {
			try {
				MemorySegment cell = Arena.ofAuto().allocate(CAPTURED);
				if (own) {
					OWN.set(cell);
				}
				return cell;
			}
			catch (OutOfMemoryError ex) {
				return LAST_RESORT;
			}
		}

	}

}
