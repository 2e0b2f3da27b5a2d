package dev.socketpair.nio;

import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

import dev.socketpair.Errno;
import dev.socketpair.NativeBindingException;
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
 */
final class Poller {

	private static final Map<String, Poller> INSTANCES = new ConcurrentHashMap<>();

	private static final int MOST_EVENTS = 256;

	/** How often to look again, with nothing found, before parking. */
	private static final int LOOKS = 16;

	private final Libc libc;

	/** Watches the sockets. */
	private final int epoll;

	/** Watches the other one. */
	private final int sentinel;

	private final ByteBuffer events = ByteBuffer.allocateDirect(MOST_EVENTS * EpollEvent.SIZE)
		.order(ByteOrder.nativeOrder());

	private final long eventsAddress;

	/** A field, so that the memory lives as long as the thread that waits with it. */
	private final ByteBuffer sentinelEvent = ByteBuffer.allocateDirect(EpollEvent.SIZE);

	private final Map<Integer, Descriptor> watched = new ConcurrentHashMap<>();

	private final @Nullable Thread looking;

	private Poller(Libc libc) {
		this.libc = libc;
		this.eventsAddress = libc.addressOf(this.events);
		this.epoll = epoll(libc);
		Thread waiting;
		if (VirtualThreads.areNeverPinnedByMonitors()) {
			this.sentinel = epoll(libc);
			control(this.sentinel, LinuxAbi.EPOLL_CTL_ADD, this.epoll, LinuxAbi.EPOLLONESHOT);
			this.looking = VirtualThreads.start("socketpair-poller", this::look);
			waiting = new Thread(this::waitForTheKernel, "socketpair-poller");
		}
		else {
			// Threads that wait within a monitor could hold every carrier.
			this.sentinel = -1;
			this.looking = null;
			waiting = new Thread(this::lookAndWait, "socketpair-poller");
		}
		waiting.setDaemon(true);
		waiting.start();
	}

	private static int epoll(Libc libc) {
		int result = libc.epollCreate1(LinuxAbi.EPOLL_CLOEXEC);
		if (result < 0) {
			throw new NativeBindingException("Virtual threads cannot wait for sockets: epoll_create1 failed with %s."
				.formatted(Errno.of(-result)), "Give the process more descriptors ('ulimit -n').", null);
		}
		return result;
	}

	/**
	 * Return the poller of a binding, which is made when the first virtual thread has to
	 * wait and stays for the life of the process.
	 */
	static Poller of(Libc libc) {
		Poller existing = INSTANCES.get(libc.binding());
		return (existing != null) ? existing : INSTANCES.computeIfAbsent(libc.binding(), (binding) -> new Poller(libc));
	}

	/**
	 * Watch a descriptor for one event. The caller holds the descriptor's lock.
	 * @param descriptor the descriptor
	 * @param events what to watch for
	 * @param first whether it has not been watched before
	 * @return 0, or the negated errno
	 */
	int watch(Descriptor descriptor, int events, boolean first) {
		if (first) {
			this.watched.put(descriptor.number(), descriptor);
		}
		int result = control(this.epoll, first ? LinuxAbi.EPOLL_CTL_ADD : LinuxAbi.EPOLL_CTL_MOD, descriptor.number(),
				events | LinuxAbi.EPOLLONESHOT);
		if (result < 0 && first) {
			this.watched.remove(descriptor.number(), descriptor);
		}
		return result;
	}

	/**
	 * Stop watching a descriptor, before its number goes: where a duplicate or a child
	 * holds the description, epoll would keep reporting it.
	 */
	void forget(Descriptor descriptor) {
		// Without an event: whoever closes must not need memory.
		this.libc.epollCtl(this.epoll, LinuxAbi.EPOLL_CTL_DEL, descriptor.number(), 0);
		this.watched.remove(descriptor.number(), descriptor);
	}

	private int control(int instance, int operation, int number, int events) {
		Frame frame = Frame.acquire(this.libc);
		try {
			ByteBuffer event = frame.structures();
			event.putInt(EpollEvent.EVENTS, events);
			event.putLong(EpollEvent.DATA, number);
			return this.libc.epollCtl(instance, operation, number, frame.structuresAddress());
		}
		finally {
			frame.release();
		}
	}

	private void look() {
		int quiet = 0;
		while (true) {
			int count = this.libc.epollWait(this.epoll, this.eventsAddress, MOST_EVENTS, 0);
			if (count > 0) {
				deliver(count);
				quiet = 0;
			}
			if (quiet++ < LOOKS) {
				Thread.yield();
			}
			else {
				control(this.sentinel, LinuxAbi.EPOLL_CTL_MOD, this.epoll, LinuxAbi.EPOLLIN | LinuxAbi.EPOLLONESHOT);
				LockSupport.park(this);
			}
		}
	}

	private void lookAndWait() {
		while (true) {
			deliver(this.libc.epollWait(this.epoll, this.eventsAddress, MOST_EVENTS, -1));
		}
	}

	private void deliver(int count) {
		for (int i = 0; i < count; i++) {
			int at = i * EpollEvent.SIZE;
			try {
				Descriptor descriptor = this.watched.get((int) this.events.getLong(at + EpollEvent.DATA));
				if (descriptor != null) {
					descriptor.ready(this.events.getInt(at + EpollEvent.EVENTS));
				}
			}
			catch (RuntimeException | Error ex) {
				// The others are to be woken all the same.
				System.getLogger(Poller.class.getName()).log(Level.ERROR, "A virtual thread could not be woken", ex);
			}
		}
	}

	private void waitForTheKernel() {
		long address = this.libc.addressOf(this.sentinelEvent);
		while (true) {
			int count = this.libc.epollWait(this.sentinel, address, 1, -1);
			if (count > 0) {
				LockSupport.unpark(this.looking);
			}
			else if (count < 0 && count != -Errno.EINTR.number()) {
				System.getLogger(Poller.class.getName())
					.log(Level.ERROR, "epoll_wait failed with %s; virtual threads that wait for sockets are not woken"
						.formatted(Errno.of(-count)));
				return;
			}
		}
	}

}
