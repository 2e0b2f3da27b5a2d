package dev.socketpair.nio;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.spi.AbstractInterruptibleChannel;

import dev.socketpair.SocketPairException;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;

/**
 * Owns the life of one descriptor. Nothing else calls {@code close(2)} on a socket.
 * <p>
 * Whoever passes the number to the kernel calls {@link #enter()} before and
 * {@link #leave()} after that; {@link Half} does so for calls that may block. The number
 * goes back to the kernel when the descriptor is closed and the last caller has left, so
 * no caller ever meets a number that is in use for something else.
 * <p>
 * The state is one {@code int}: the sign bit says that the descriptor is closed, the
 * other bits count the callers that are inside. The thread that closes while callers are
 * inside enters too, so that the number stays valid until it has woken them.
 */
final class Descriptor extends AbstractInterruptibleChannel {

	private static final int CLOSED = Integer.MIN_VALUE;

	private static final VarHandle STATE;

	static {
		try {
			STATE = MethodHandles.lookup().findVarHandle(Descriptor.class, "state", int.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final Libc libc;

	private final int number;

	private final boolean wakesBySignal;

	private final Runnable onClose;

	private final Half reader = new Half(this, LinuxAbi.POLLIN);

	private final Half writer = new Half(this, LinuxAbi.POLLOUT);

	/**
	 * Held while blocked threads are woken, and passed through by a thread that was.
	 */
	private final Object waking = new Object();

	/** An eventfd that wakes pollers where the signal cannot; guarded by waking. */
	private volatile int wakeDescriptor = -1;

	@SuppressWarnings("unused") // through STATE
	private volatile int state;

	/**
	 * Take a descriptor over.
	 * @param libc the C library
	 * @param number the number
	 * @param wakesBySignal whether blocked threads can be woken by a signal
	 * @param onClose what to do when it is closed, once
	 */
	Descriptor(Libc libc, int number, boolean wakesBySignal, Runnable onClose) {
		this.libc = libc;
		this.number = number;
		this.wakesBySignal = wakesBySignal;
		this.onClose = onClose;
	}

	Libc libc() {
		return this.libc;
	}

	/**
	 * Return the number for somebody who only looks at it.
	 */
	int number() {
		return this.number;
	}

	Half reader() {
		return this.reader;
	}

	Half writer() {
		return this.writer;
	}

	boolean wakesBySignal() {
		return this.wakesBySignal;
	}

	/**
	 * Enter before the number is passed to the kernel.
	 * @return the number
	 * @throws ClosedChannelException if the descriptor is closed
	 */
	int enter() throws ClosedChannelException {
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
	void leave() {
		if ((int) STATE.getAndAdd(this, -1) - 1 == CLOSED) {
			free();
		}
	}

	/**
	 * From here on an interrupt closes the descriptor. Comes before {@link #enter()}.
	 */
	void beginBlocking() {
		begin();
	}

	/**
	 * Leave after a call that may have blocked.
	 */
	void leaveBlocking() {
		if (this.state < 0) {
			awaitWaking();
		}
		leave();
	}

	/**
	 * End what {@link #beginBlocking()} began.
	 * @param completed whether something was moved
	 * @throws AsynchronousCloseException if nothing was moved and the descriptor was
	 * closed meanwhile
	 */
	void endBlocking(boolean completed) throws AsynchronousCloseException {
		end(completed);
	}

	/** A thread that is being signalled must not end before that is over. */
	private void awaitWaking() {
		synchronized (this.waking) {
			return;
		}
	}

	/**
	 * Return a descriptor that becomes readable when this one is closed, for pollers that
	 * cannot be woken by a signal.
	 * @throws SocketPairException if it cannot be made
	 */
	int wakeDescriptor() throws SocketPairException {
		synchronized (this.waking) {
			if (this.wakeDescriptor == -1) {
				int result = this.libc.eventfd((this.state < 0) ? 1 : 0, LinuxAbi.EFD_CLOEXEC);
				if (result < 0) {
					throw new SocketPairException("eventfd", -result, "to wait for descriptor " + this.number);
				}
				this.wakeDescriptor = result;
			}
			return this.wakeDescriptor;
		}
	}

	@Override
	protected void implCloseChannel() throws IOException {
		this.onClose.run();
		int current;
		int closed;
		do {
			current = this.state;
			closed = (current == 0) ? CLOSED : (current + 1) | CLOSED;
		}
		while (!STATE.compareAndSet(this, current, closed));
		if (current == 0) {
			int result = free();
			if (result < 0) {
				throw new SocketPairException("close", -result, null);
			}
			return;
		}
		Wakeup.putMarkerOver(this.libc, this.number);
		synchronized (this.waking) {
			if (this.wakesBySignal) {
				signal(this.reader.blockedThread());
				signal(this.writer.blockedThread());
			}
			else if (this.wakeDescriptor != -1) {
				increment(this.wakeDescriptor);
			}
		}
		leave();
	}

	private void signal(long thread) {
		if (thread != 0) {
			Wakeup.signal(this.libc, thread);
		}
	}

	private void increment(int eventfd) {
		Frame frame = Frame.acquire(this.libc);
		try {
			frame.structures().putLong(0, 1);
			this.libc.write(eventfd, frame.structuresAddress(), Long.BYTES);
		}
		finally {
			frame.release();
		}
	}

	/** The last one out gives the number back to the kernel. */
	private int free() {
		if (this.wakeDescriptor != -1) {
			this.libc.close(this.wakeDescriptor);
		}
		return this.libc.close(this.number);
	}

	@Override
	public String toString() {
		return "descriptor " + this.number;
	}

}
