package dev.socketpair.descriptor;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import dev.socketpair.Errno;
import dev.socketpair.SocketPairException;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.Platforms;
import org.jspecify.annotations.Nullable;

/**
 * Owns the life of one descriptor. Nothing else calls {@code close(2)} on a socket.
 * <p>
 * A caller that passes the number to the kernel calls {@link #enter()} before and
 * {@link #leave()} after that; {@link Half} does so for calls that may block. The number
 * goes back to the kernel when the descriptor is closed and the last caller has left, so
 * no caller ever meets a number that is in use for something else.
 * <p>
 * The state is one {@code int}: the sign bit says that the descriptor is closed, the
 * other bits count the callers that are inside. The thread that closes while callers are
 * inside enters too, so that the number stays valid until it has woken them.
 */
public final class Descriptor extends AbstractInterruptibleChannel implements Half.Host, Poller.Watched {

	private static final int CLOSED = Integer.MIN_VALUE;

	/**
	 * How long a call may take that does not block, where its thread has to wait for a
	 * processor.
	 */
	private static final long LONGEST_SHORT_USE = TimeUnit.SECONDS.toNanos(1);

	private static final VarHandle STATE;

	private static final VarHandle HAND_OVER;

	static {
		try {
			STATE = MethodHandles.lookup().findVarHandle(Descriptor.class, "state", int.class);
			HAND_OVER = MethodHandles.lookup().findVarHandle(Descriptor.class, "handOver", HandOver.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final Libc libc;

	private final int number;

	private final boolean wakesBySignal;

	private final Owner owner;

	private final Half reader = new Half(this, LinuxAbi.POLLIN);

	private final Half writer = new Half(this, LinuxAbi.POLLOUT);

	/**
	 * Held while blocked threads are woken, and passed through by a thread that was.
	 */
	private final Object waking = new Object();

	private volatile @Nullable HandOver handOver;

	/** The poller that knows it; guarded by waking. */
	private @Nullable Poller poller;

	/**
	 * Whether an end that belongs with this one is closed too, so that what the kernel
	 * tells of that one is no news.
	 */
	private volatile boolean closing;

	/** How many of the callers inside are holds. */
	private final AtomicInteger holds = new AtomicInteger();

	/** Wakes threads in poll(2) where the signal cannot; guarded by waking. */
	private volatile int wakeDescriptor = NONE;

	@SuppressWarnings("unused") // through STATE
	private volatile int state;

	/**
	 * Take a descriptor over.
	 * @param libc the C library
	 * @param number the number
	 * @param wakesBySignal whether blocked threads can be woken by a signal
	 * @param owner is told what happens to it
	 */
	public Descriptor(Libc libc, int number, boolean wakesBySignal, Owner owner) {
		this.libc = libc;
		this.number = number;
		this.wakesBySignal = wakesBySignal;
		this.owner = owner;
	}

	@Override
	public Libc libc() {
		return this.libc;
	}

	/**
	 * Return the number, not to be passed to the kernel without {@link #enter()}.
	 * @return the number
	 */
	@Override
	public int number() {
		return this.number;
	}

	/**
	 * Return the direction of reading.
	 * @return the direction
	 */
	public Half reader() {
		return this.reader;
	}

	/**
	 * Return the direction of writing.
	 * @return the direction
	 */
	public Half writer() {
		return this.writer;
	}

	@Override
	public boolean wakesBySignal() {
		return this.wakesBySignal;
	}

	/**
	 * Enter before the number is passed to the kernel.
	 * @return the number
	 * @throws ClosedChannelException if the descriptor is closed
	 */
	@Override
	public int enter() throws ClosedChannelException {
		int current;
		do {
			current = this.state;
			if (current < 0) {
				throw new ClosedChannelException();
			}
		}
		while (!STATE.weakCompareAndSet(this, current, current + 1));
		return this.number;
	}

	/**
	 * Leave after the call.
	 */
	@Override
	public void leave() {
		if ((int) STATE.getAndAdd(this, -1) - 1 == CLOSED) {
			int result = free();
			if (result < 0) {
				// Counted, and of no concern to the caller.
				failed("close", result, null);
			}
		}
	}

	/**
	 * Keep the number for something that uses it later: as if a caller were inside,
	 * without keeping the socket open.
	 * @return the number, which is this socket's until it is closed, and belongs to
	 * nothing else until {@link #endHold()}
	 * @throws ClosedChannelException if the descriptor is closed
	 */
	public int hold() throws ClosedChannelException {
		int entered = enter();
		this.holds.incrementAndGet();
		return entered;
	}

	/**
	 * Let go of the number again.
	 */
	public void endHold() {
		this.holds.decrementAndGet();
		leave();
	}

	/**
	 * Say that this descriptor is going to be closed together with others: from now on no
	 * caller is told of what happens only because another of them is closed first.
	 */
	public void announceClose() {
		this.closing = true;
	}

	/**
	 * Return whether this descriptor is closed or about to be.
	 */
	@Override
	public boolean isClosing() {
		return this.closing || !isOpen();
	}

	@Override
	public void beginBlocking() {
		begin();
	}

	@Override
	public void leaveBlocking() {
		if (this.state < 0) {
			awaitWaking();
		}
		leave();
	}

	@Override
	public void endBlocking(boolean completed) throws AsynchronousCloseException {
		end(completed);
		if (!completed && this.closing) {
			throw new AsynchronousCloseException();
		}
	}

	@Override
	public void awaitWaking() {
		synchronized (this.waking) {
			return;
		}
	}

	@Override
	public int wakeDescriptor() throws SocketPairException {
		synchronized (this.waking) {
			if (this.wakeDescriptor == NONE) {
				int result = Platforms.CURRENT.event(this.libc, this.state < 0);
				if (result < 0) {
					throw failed(Platforms.CURRENT.eventCall(), result, "to wait for " + this);
				}
				this.wakeDescriptor = result;
			}
			return this.wakeDescriptor;
		}
	}

	@Override
	public void watch(Half half, Thread thread) throws SocketPairException {
		synchronized (this.waking) {
			if (this.state < 0) {
				return;
			}
			boolean watching = false;
			half.parkedThread(thread);
			try {
				Poller known = this.poller;
				Poller poller = (known != null) ? known : findPoller();
				int result = poller.watch(this, awaited(), known == null);
				if (result < 0) {
					throw failed(poller.watchCall(), result, "to wait for " + this);
				}
				this.poller = poller;
				watching = true;
			}
			finally {
				if (!watching) {
					half.parkedThread(null);
				}
			}
		}
	}

	private Poller findPoller() throws SocketPairException {
		try {
			return Pollers.of(this.libc);
		}
		catch (SocketPairException ex) {
			throw this.owner.counted(ex);
		}
	}

	@Override
	public boolean unwatch(Half half) {
		synchronized (this.waking) {
			return takeParked(half) != null;
		}
	}

	@Override
	public void wake(Half half) {
		Thread parked;
		synchronized (this.waking) {
			if (this.wakesBySignal) {
				signal(half.blockedThread());
			}
			parked = takeParked(half);
		}
		LockSupport.unpark(parked);
	}

	@Override
	public void ready(Poller poller, int events) {
		Thread reading;
		Thread writing;
		synchronized (this.waking) {
			reading = ((events & Poller.READABLE) != 0) ? takeParked(this.reader) : null;
			writing = ((events & Poller.WRITABLE) != 0) ? takeParked(this.writer) : null;
			int awaited = awaited();
			// One event disarms both directions.
			if (awaited != 0 && this.state >= 0 && !watchAgain(poller, awaited)) {
				// A thread that tries itself is told what is wrong.
				reading = (reading != null) ? reading : takeParked(this.reader);
				writing = (writing != null) ? writing : takeParked(this.writer);
			}
		}
		unpark(reading, writing);
	}

	private boolean watchAgain(Poller poller, int awaited) {
		try {
			return poller.watchAgain(this.number, awaited) >= 0;
		}
		catch (RuntimeException | Error ex) {
			return false;
		}
	}

	/**
	 * Have a virtual thread that waits for room try again: epoll does not report a
	 * direction that was shut down as long as the queue is full.
	 */
	public void wakeWriter() {
		Thread writing;
		synchronized (this.waking) {
			writing = takeParked(this.writer);
		}
		unpark(null, writing);
	}

	private int awaited() {
		return ((this.reader.parkedThread() != null) ? Poller.READABLE : 0)
				| ((this.writer.parkedThread() != null) ? Poller.WRITABLE : 0);
	}

	/** With the lock. */
	private static @Nullable Thread takeParked(Half half) {
		Thread thread = half.parkedThread();
		half.parkedThread(null);
		return thread;
	}

	/**
	 * Without the lock: before Java 24 a thread that is interrupted is locked while it
	 * closes its channel, which takes the lock, and to unpark it takes the same two in
	 * the other order.
	 */
	private static void unpark(@Nullable Thread reading, @Nullable Thread writing) {
		LockSupport.unpark(reading);
		LockSupport.unpark(writing);
	}

	/**
	 * Close this descriptor and hand its number over instead of closing that.
	 * @return the number, or that of a duplicate if callers are blocked inside
	 * @throws IOException if it is closed, or cannot be duplicated
	 */
	public int release() throws IOException {
		int duplicate = NONE;
		if (this.state > 0 && isInLongUse()) {
			// Before anything is closed, for this may fail.
			duplicate = duplicate();
		}
		try {
			return handOver(new HandOver(duplicate));
		}
		catch (ClosedChannelException ex) {
			closeUnused(duplicate);
			throw ex;
		}
	}

	/**
	 * Close this descriptor, which goes on as another number, {@code dup3(2)}.
	 * @param target the number, which is open
	 * @throws IOException if this descriptor is closed or the kernel refuses: then it is
	 * left as it was
	 */
	public void release(int target) throws IOException {
		int result;
		int entered = enter();
		try {
			result = Platforms.CURRENT.duplicateOver(this.libc, entered, target);
			if (this.state < 0) {
				// It may be the marker that went there.
				throw new AsynchronousCloseException();
			}
		}
		finally {
			leave();
		}
		if (result < 0) {
			throw failed("dup3", result, "to put %s under a channel".formatted(this));
		}
		handOver(new HandOver(target));
	}

	private int handOver(HandOver request) throws IOException {
		if (!HAND_OVER.compareAndSet(this, null, request)) {
			throw new ClosedChannelException();
		}
		close();
		int result = request.result;
		if (result == HandOver.NOT_DONE) {
			// It was closed by another thread.
			request.result = -Errno.EBADF.number();
			throw new ClosedChannelException();
		}
		if (result < 0) {
			throw failed("fcntl", result, "to hand over " + this);
		}
		return result;
	}

	/** Whether those inside may stay for longer than a call takes that never blocks. */
	private boolean isInLongUse() {
		return this.reader.isLocked() || this.writer.isLocked() || this.holds.get() > 0;
	}

	/**
	 * Return whether the callers inside leave at once, so that only this thread stays.
	 */
	private boolean isLeftAtOnce() {
		long start = System.nanoTime();
		while (this.state != (CLOSED | 1)) {
			if (isInLongUse() || System.nanoTime() - start > LONGEST_SHORT_USE) {
				return false;
			}
			Thread.yield();
		}
		return true;
	}

	private SocketPairException failed(String operation, int result, @Nullable String detail) {
		return this.owner.counted(new SocketPairException(operation, -result, detail));
	}

	/**
	 * Return whether the number was handed over.
	 * @return whether it was
	 */
	public boolean isReleased() {
		HandOver request = this.handOver;
		return request != null && !isOpen() && (request.result >= 0 || request.result == HandOver.NOT_DONE);
	}

	private void closeUnused(int descriptor) {
		RawDescriptors.closeUnused(this.libc, descriptor);
	}

	/**
	 * Duplicate the descriptor, {@code dup(2)} with close-on-exec.
	 * @return the number of the duplicate
	 * @throws IOException if it is closed, or the kernel refuses
	 */
	public int duplicate() throws IOException {
		int result;
		boolean closedMeanwhile;
		int entered = enter();
		try {
			result = this.libc.fcntl(entered, LinuxAbi.F_DUPFD_CLOEXEC, 0);
			closedMeanwhile = this.state < 0;
		}
		finally {
			leave();
		}
		if (closedMeanwhile) {
			// It may be a duplicate of the marker.
			if (result >= 0) {
				this.libc.close(result);
			}
			throw new AsynchronousCloseException();
		}
		if (result < 0) {
			throw failed("fcntl", result, "to duplicate " + this);
		}
		return result;
	}

	@Override
	protected void implCloseChannel() throws IOException {
		try {
			this.owner.closed();
		}
		finally {
			closeNumber(this.handOver);
		}
	}

	private void closeNumber(@Nullable HandOver request) throws SocketPairException {
		int current;
		int closed;
		do {
			current = this.state;
			closed = (current == 0) ? CLOSED : (current + 1) | CLOSED;
		}
		while (!STATE.compareAndSet(this, current, closed));
		forget();
		boolean handsOver = request != null && request.duplicate == NONE;
		if (current != 0 && !(handsOver && isLeftAtOnce())) {
			closeUnderCallers(request);
		}
		else if (request != null && handsOver) {
			closeUnused(this.wakeDescriptor);
			request.result = this.number;
		}
		else {
			if (request != null) {
				request.result = request.duplicate;
			}
			int result = free();
			if (result < 0) {
				SocketPairException failure = failed("close", result, null);
				if (request == null) {
					throw failure;
				}
			}
		}
	}

	private void closeUnderCallers(@Nullable HandOver request) {
		if (request != null) {
			request.result = (request.duplicate != NONE) ? request.duplicate
					: this.libc.fcntl(this.number, LinuxAbi.F_DUPFD_CLOEXEC, 0);
		}
		Wakeup.putMarkerOver(this.libc, this.number);
		Thread reading;
		Thread writing;
		synchronized (this.waking) {
			if (this.wakesBySignal) {
				signal(this.reader.blockedThread());
				signal(this.writer.blockedThread());
			}
			else if (this.wakeDescriptor != NONE) {
				Platforms.CURRENT.signal(this.libc, this.wakeDescriptor);
			}
			reading = takeParked(this.reader);
			writing = takeParked(this.writer);
		}
		unpark(reading, writing);
		leave();
	}

	/** Before the number goes; a thread that would watch it from now on does not. */
	private void forget() {
		synchronized (this.waking) {
			if (this.poller != null) {
				this.poller.forget(this);
				this.poller = null;
			}
		}
	}

	private void signal(long thread) {
		if (thread != 0) {
			Wakeup.signal(this.libc, thread);
		}
	}

	/** The last one out gives the number back to the kernel. */
	private int free() {
		closeUnused(this.wakeDescriptor);
		return this.libc.close(this.number);
	}

	@Override
	public String toString() {
		return "descriptor " + this.number;
	}

	/** Is told what happens to a descriptor. */
	public interface Owner {

		/** The owner of a descriptor that leaves no trace. */
		Owner NONE = new Owner() {

			@Override
			public void closed() {
			}

			@Override
			public SocketPairException counted(SocketPairException failure) {
				return failure;
			}

		};

		/**
		 * Called once, when the descriptor is closed.
		 */
		void closed();

		/**
		 * Count a system call that failed.
		 * @param failure how it failed
		 * @return the same
		 */
		SocketPairException counted(SocketPairException failure);

	}

	/** A request to hand the number over instead of closing it. */
	private static final class HandOver {

		static final int NOT_DONE = Integer.MIN_VALUE;

		private final int duplicate;

		/** The number, or the negated errno. */
		private volatile int result = NOT_DONE;

		private HandOver(int duplicate) {
			this.duplicate = duplicate;
		}

	}

}
