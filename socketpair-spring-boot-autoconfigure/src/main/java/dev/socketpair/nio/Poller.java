package dev.socketpair.nio;

import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import dev.socketpair.Errno;
import dev.socketpair.SocketPairException;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.LinuxAbi.EpollEvent;
import org.jspecify.annotations.Nullable;

/**
 * Tells parked virtual threads that their descriptor is ready. One {@code epoll(7)}
 * instance serves all of them, so that its cost does not grow with their number.
 * <p>
 * The thread that looks is itself a virtual thread: while there is work it looks without
 * waiting and yields, and waking another virtual thread then costs no switch between
 * platform threads. When all is quiet it parks, and a platform thread waits in the kernel
 * for the epoll descriptor itself to become ready.
 * <p>
 * Both threads live as long as the process, and every virtual thread that waits depends
 * on them. They allocate nothing in order to wake, go on after any failure, and inherit
 * nothing from the thread that happened to be the first to wait.
 */
final class Poller {

	private static final Map<String, AtomicReference<@Nullable Poller>> INSTANCES = new ConcurrentHashMap<>();

	private static final int MOST_EVENTS = 256;

	/** How often to look again, with nothing found, before parking. */
	private static final int LOOKS = 16;

	/** Between a failure and the next attempt, in nanoseconds. */
	private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

	/** Between two failures that are logged, in nanoseconds. */
	private static final long QUIET = TimeUnit.MINUTES.toNanos(1);

	private static final int NONE = Descriptor.NONE;

	private final Libc libc;

	/** Watches the sockets. */
	private final int epoll;

	/** Watches the other one. */
	private final int sentinel;

	private final ByteBuffer events = memory(MOST_EVENTS * EpollEvent.SIZE);

	private final long eventsAddress;

	/** A field, so that the memory lives as long as the thread that waits with it. */
	private final ByteBuffer sentinelEvent = memory(EpollEvent.SIZE);

	/** What the thread that looks has for itself, so that it never needs memory. */
	private final ByteBuffer ownEvent = memory(EpollEvent.SIZE);

	private final long ownEventAddress;

	private final WatchedDescriptors watched = new WatchedDescriptors();

	private volatile @Nullable Thread looking;

	private volatile long lastLogged = System.nanoTime() - QUIET;

	private Poller(Libc libc, int epoll, int sentinel) {
		this.libc = libc;
		this.epoll = epoll;
		this.sentinel = sentinel;
		this.eventsAddress = libc.addressOf(this.events);
		this.ownEventAddress = libc.addressOf(this.ownEvent);
	}

	private static ByteBuffer memory(int size) {
		return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
	}

	/**
	 * Return the poller of a binding, which is made when the first virtual thread has to
	 * wait and stays for the life of the process.
	 * @param libc the C library
	 * @throws SocketPairException if it cannot be made, which costs nothing; the next
	 * thread tries again
	 */
	static Poller of(Libc libc) throws SocketPairException {
		AtomicReference<@Nullable Poller> instance = INSTANCES.computeIfAbsent(libc.binding(),
				(binding) -> new AtomicReference<>());
		Poller existing = instance.get();
		if (existing != null) {
			return existing;
		}
		synchronized (instance) {
			existing = instance.get();
			if (existing == null) {
				existing = make(libc);
				instance.set(existing);
			}
			return existing;
		}
	}

	private static Poller make(Libc libc) throws SocketPairException {
		int epoll = NONE;
		int sentinel = NONE;
		boolean started = false;
		try {
			epoll = epoll(libc);
			// Threads that wait within a monitor could hold every carrier.
			sentinel = VirtualThreads.areNeverPinnedByMonitors() ? epoll(libc) : NONE;
			Poller poller = new Poller(libc, epoll, sentinel);
			poller.start();
			started = true;
			return poller;
		}
		finally {
			if (!started) {
				Descriptor.closeUnused(libc, epoll);
				Descriptor.closeUnused(libc, sentinel);
			}
		}
	}

	private static int epoll(Libc libc) throws SocketPairException {
		return check("epoll_create1", libc.epollCreate1(LinuxAbi.EPOLL_CLOEXEC));
	}

	/** One thread, so that a failure leaves none behind; it starts the other. */
	private void start() throws SocketPairException {
		Runnable loop = this::lookAndWait;
		if (this.sentinel != NONE) {
			check("epoll_ctl", controlByItself(this.sentinel, LinuxAbi.EPOLL_CTL_ADD, this.epoll, 0));
			loop = this::waitForTheKernel;
		}
		BackgroundThreads.platform("socketpair-poller", forEver(loop)).start();
	}

	private static int check(String operation, int result) throws SocketPairException {
		if (result < 0) {
			throw new SocketPairException(operation, -result, "so that virtual threads can wait for sockets");
		}
		return result;
	}

	/**
	 * Watch a descriptor for one event. The caller holds the descriptor's lock.
	 * @param descriptor the descriptor
	 * @param events what to watch for
	 * @param first whether it has not been watched before
	 * @return 0, or the negated errno
	 */
	int watch(Descriptor descriptor, int events, boolean first) {
		if (!first) {
			return control(LinuxAbi.EPOLL_CTL_MOD, descriptor.number(), events);
		}
		int result = NONE;
		this.watched.add(descriptor);
		try {
			result = control(LinuxAbi.EPOLL_CTL_ADD, descriptor.number(), events);
			return result;
		}
		finally {
			if (result < 0) {
				this.watched.remove(descriptor);
			}
		}
	}

	/** By any thread, in memory of that thread. */
	private int control(int operation, int number, int events) {
		Frame frame = Frame.acquire(this.libc);
		try {
			write(frame.structures(), number, events);
			return this.libc.epollCtl(this.epoll, operation, number, frame.structuresAddress());
		}
		finally {
			frame.release();
		}
	}

	/**
	 * Watch a descriptor again. Called within {@link Descriptor#ready}, by the thread
	 * that looks.
	 * @param number the number of the descriptor
	 * @param events what to watch for
	 * @return 0, or the negated errno
	 */
	int watchAgain(int number, int events) {
		return controlByItself(this.epoll, LinuxAbi.EPOLL_CTL_MOD, number, events);
	}

	/** By the thread that looks, or before it is started. */
	private int controlByItself(int instance, int operation, int number, int events) {
		write(this.ownEvent, number, events);
		return this.libc.epollCtl(instance, operation, number, this.ownEventAddress);
	}

	private static void write(ByteBuffer event, int number, int events) {
		event.putInt(EpollEvent.EVENTS, events | LinuxAbi.EPOLLONESHOT);
		event.putLong(EpollEvent.DATA, number);
	}

	/**
	 * Stop watching a descriptor, before its number goes: where a duplicate or a child
	 * holds the description, epoll would keep reporting it.
	 */
	void forget(Descriptor descriptor) {
		// Without an event: a thread that closes must not need memory.
		this.libc.epollCtl(this.epoll, LinuxAbi.EPOLL_CTL_DEL, descriptor.number(), 0);
		this.watched.remove(descriptor);
	}

	private void look() {
		int quiet = 0;
		while (true) {
			int count = count(this.libc.epollWait(this.epoll, this.eventsAddress, MOST_EVENTS, 0));
			if (count > 0) {
				deliver(count);
				quiet = 0;
			}
			if (quiet++ < LOOKS) {
				Thread.yield();
			}
			else {
				int result = controlByItself(this.sentinel, LinuxAbi.EPOLL_CTL_MOD, this.epoll, LinuxAbi.EPOLLIN);
				if (result < 0) {
					throw new IllegalStateException("epoll_ctl failed with " + Errno.of(-result));
				}
				LockSupport.park(this);
			}
		}
	}

	private void lookAndWait() {
		while (true) {
			deliver(count(this.libc.epollWait(this.epoll, this.eventsAddress, MOST_EVENTS, -1)));
		}
	}

	private void waitForTheKernel() {
		long address = this.libc.addressOf(this.sentinelEvent);
		Thread looking = this.looking;
		if (looking == null) {
			looking = VirtualThreads.start("socketpair-poller", forEver(this::look));
			this.looking = looking;
		}
		while (true) {
			if (count(this.libc.epollWait(this.sentinel, address, 1, -1)) > 0) {
				LockSupport.unpark(looking);
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
			Descriptor descriptor = this.watched.get((int) this.events.getLong(at + EpollEvent.DATA));
			try {
				if (descriptor != null) {
					descriptor.ready(this, this.events.getInt(at + EpollEvent.EVENTS));
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
				System.getLogger(Poller.class.getName())
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
