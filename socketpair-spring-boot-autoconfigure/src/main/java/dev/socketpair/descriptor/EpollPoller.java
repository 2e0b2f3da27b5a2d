package dev.socketpair.descriptor;

import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.socketpair.Errno;
import dev.socketpair.SocketPairException;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.LinuxAbi.EpollEvent;
import dev.socketpair.libc.ScratchMemory;
import dev.socketpair.libc.VirtualThreads;
import org.jspecify.annotations.Nullable;

/**
 * A poller over {@code epoll(7)}.
 * <p>
 * The sub poller, a virtual thread, polls the instance that watches the sockets. While
 * there is work it polls without waiting and yields, and waking another virtual thread
 * then costs no switch between platform threads. When all is quiet it parks, and the
 * master poller, a platform thread, waits in the kernel until the instance itself becomes
 * ready.
 * <p>
 * Both threads live as long as the process, and every virtual thread that waits depends
 * on them. They allocate nothing in order to wake, go on after any failure, and inherit
 * nothing from the thread that happened to be the first to wait.
 */
final class EpollPoller extends Poller {

	private static final int READ_EVENTS = LinuxAbi.EPOLLIN | LinuxAbi.EPOLLRDHUP;

	private static final int END_EVENTS = LinuxAbi.EPOLLHUP | LinuxAbi.EPOLLERR;

	private static final int MOST_EVENTS = 256;

	/** How often to poll without an event before parking. */
	private static final int POLLS = 16;

	/** Between a failure and the next attempt, in nanoseconds. */
	private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

	/** Between two failures that are logged, in nanoseconds. */
	private static final long QUIET = TimeUnit.MINUTES.toNanos(1);

	private static final int NONE = RawDescriptors.NONE;

	private final Libc libc;

	/** Watches the sockets. */
	private final int epoll;

	/** Watches the other instance; none where a platform thread polls alone. */
	private final int master;

	private final ByteBuffer events = memory(MOST_EVENTS * EpollEvent.SIZE);

	private final long eventsAddress;

	/** A field, so that the memory lives as long as the thread that waits with it. */
	private final ByteBuffer masterEvent = memory(EpollEvent.SIZE);

	/** Memory of the sub poller alone, so that it never has to find any. */
	private final ByteBuffer ownEvent = memory(EpollEvent.SIZE);

	private final long ownEventAddress;

	private final WatchedDescriptors watched = new WatchedDescriptors();

	private volatile @Nullable Thread subPoller;

	private volatile long lastLogged = System.nanoTime() - QUIET;

	private EpollPoller(Libc libc, int epoll, int master) {
		this.libc = libc;
		this.epoll = epoll;
		this.master = master;
		this.eventsAddress = libc.addressOf(this.events);
		this.ownEventAddress = libc.addressOf(this.ownEvent);
	}

	private static ByteBuffer memory(int size) {
		return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
	}

	/**
	 * Make a poller, whose threads live as long as the process.
	 * @param libc the C library
	 * @return the poller
	 * @throws SocketPairException if it cannot be made, which costs nothing
	 */
	static EpollPoller start(Libc libc) throws SocketPairException {
		int epoll = NONE;
		int master = NONE;
		boolean started = false;
		try {
			epoll = epoll(libc);
			// Threads that wait within a monitor could hold every carrier.
			master = VirtualThreads.areNeverPinnedByMonitors() ? epoll(libc) : NONE;
			EpollPoller poller = new EpollPoller(libc, epoll, master);
			poller.start();
			started = true;
			return poller;
		}
		finally {
			if (!started) {
				RawDescriptors.closeUnused(libc, epoll);
				RawDescriptors.closeUnused(libc, master);
			}
		}
	}

	private static int epoll(Libc libc) throws SocketPairException {
		return check("epoll_create1", libc.epollCreate1(LinuxAbi.EPOLL_CLOEXEC));
	}

	/** One thread, so that a failure leaves none behind; it starts the other. */
	private void start() throws SocketPairException {
		Runnable loop = this::pollAndWait;
		if (this.master != NONE) {
			check("epoll_ctl", controlByItself(this.master, LinuxAbi.EPOLL_CTL_ADD, this.epoll, 0));
			loop = this::waitAsMaster;
		}
		BackgroundThreads.platform("socketpair-poller", forEver(loop)).start();
	}

	private static int check(String operation, int result) throws SocketPairException {
		if (result < 0) {
			throw new SocketPairException(operation, -result, "so that virtual threads can wait for sockets");
		}
		return result;
	}

	@Override
	String watchCall() {
		return "epoll_ctl";
	}

	@Override
	int watch(Watched descriptor, int events, boolean first) {
		if (!first) {
			return control(LinuxAbi.EPOLL_CTL_MOD, descriptor.number(), toEpoll(events));
		}
		int result = NONE;
		this.watched.add(descriptor);
		try {
			result = control(LinuxAbi.EPOLL_CTL_ADD, descriptor.number(), toEpoll(events));
			return result;
		}
		finally {
			if (result < 0) {
				this.watched.remove(descriptor);
			}
		}
	}

	private static int toEpoll(int events) {
		return (((events & READABLE) != 0) ? READ_EVENTS : 0) | (((events & WRITABLE) != 0) ? LinuxAbi.EPOLLOUT : 0);
	}

	private static int fromEpoll(int events) {
		return (((events & (READ_EVENTS | END_EVENTS)) != 0) ? READABLE : 0)
				| (((events & (LinuxAbi.EPOLLOUT | END_EVENTS)) != 0) ? WRITABLE : 0);
	}

	/** By any thread, in memory of that thread. */
	private int control(int operation, int number, int events) {
		ScratchMemory scratch = ScratchMemory.acquire(this.libc);
		try {
			write(scratch.structures(), number, events);
			return this.libc.epollCtl(this.epoll, operation, number, scratch.structuresAddress());
		}
		finally {
			scratch.release();
		}
	}

	@Override
	int watchAgain(int number, int events) {
		return controlByItself(this.epoll, LinuxAbi.EPOLL_CTL_MOD, number, toEpoll(events));
	}

	/** By the sub poller, or before it is started. */
	private int controlByItself(int instance, int operation, int number, int events) {
		write(this.ownEvent, number, events);
		return this.libc.epollCtl(instance, operation, number, this.ownEventAddress);
	}

	private static void write(ByteBuffer event, int number, int events) {
		event.putInt(EpollEvent.EVENTS, events | LinuxAbi.EPOLLONESHOT);
		event.putLong(EpollEvent.DATA, number);
	}

	/**
	 * Where a duplicate or a child holds the description, epoll would keep reporting it.
	 */
	@Override
	void forget(Watched descriptor) {
		// Without an event, which would need memory.
		this.libc.epollCtl(this.epoll, LinuxAbi.EPOLL_CTL_DEL, descriptor.number(), 0);
		this.watched.remove(descriptor);
	}

	private void pollSockets() {
		int quiet = 0;
		while (true) {
			int count = count(this.libc.epollWait(this.epoll, this.eventsAddress, MOST_EVENTS, 0));
			if (count > 0) {
				deliver(count);
				quiet = 0;
			}
			if (quiet++ < POLLS) {
				Thread.yield();
			}
			else {
				int result = controlByItself(this.master, LinuxAbi.EPOLL_CTL_MOD, this.epoll, LinuxAbi.EPOLLIN);
				if (result < 0) {
					throw new IllegalStateException("epoll_ctl failed with " + Errno.of(-result));
				}
				LockSupport.park(this);
			}
		}
	}

	private void pollAndWait() {
		while (true) {
			deliver(count(this.libc.epollWait(this.epoll, this.eventsAddress, MOST_EVENTS, -1)));
		}
	}

	private void waitAsMaster() {
		long address = this.libc.addressOf(this.masterEvent);
		Thread subPoller = this.subPoller;
		if (subPoller == null) {
			subPoller = VirtualThreads.start("socketpair-poller", forEver(this::pollSockets));
			this.subPoller = subPoller;
		}
		while (true) {
			if (count(this.libc.epollWait(this.master, address, 1, -1)) > 0) {
				LockSupport.unpark(subPoller);
			}
		}
	}

	private static int count(int result) {
		if (result < 0 && result != -Errno.EINTR.number()) {
			throw new IllegalStateException("epoll_wait failed with " + Errno.of(-result));
		}
		return result;
	}

	private void deliver(int count) {
		for (int i = 0; i < count; i++) {
			int at = i * EpollEvent.SIZE;
			Watched descriptor = this.watched.get((int) this.events.getLong(at + EpollEvent.DATA));
			try {
				if (descriptor != null) {
					descriptor.ready(this, fromEpoll(this.events.getInt(at + EpollEvent.EVENTS)));
				}
			}
			catch (RuntimeException | Error ex) {
				// The others are to be woken all the same.
				survive(ex);
			}
		}
	}

	/** Make a loop start again whenever it has failed. */
	private Runnable forEver(Runnable loop) {
		return () -> {
			while (true) {
				try {
					loop.run();
				}
				catch (Throwable ex) {
					survive(ex);
				}
			}
		};
	}

	/** Not even a logger that fails ends the loop. */
	private void survive(Throwable failure) {
		try {
			long now = System.nanoTime();
			if (now - this.lastLogged >= QUIET) {
				this.lastLogged = now;
				System.getLogger(EpollPoller.class.getName())
					.log(Level.ERROR, "Virtual threads that wait for sockets may be woken late", failure);
			}
			LockSupport.parkNanos(this, PAUSE);
		}
		catch (Throwable ex) {
			// There is nothing left to do but to try again.
			return;
		}
	}

}
