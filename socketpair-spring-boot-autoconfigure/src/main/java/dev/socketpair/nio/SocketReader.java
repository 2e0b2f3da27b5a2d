package dev.socketpair.nio;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Collection;
import java.util.Objects;

import dev.socketpair.Errno;
import dev.socketpair.MessageTruncatedException;
import dev.socketpair.PairedSocket;
import dev.socketpair.PassedDescriptor;
import dev.socketpair.descriptor.Deadline;
import dev.socketpair.descriptor.Half;
import dev.socketpair.descriptor.Wait;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.Platforms;
import org.jspecify.annotations.Nullable;

/**
 * The direction of a socket in which it reads.
 */
final class SocketReader {

	private static final int EAGAIN = -Errno.EAGAIN.number();

	/** Not lost while a thread is inside this object. */
	@SuppressWarnings("unused")
	private final PairedSocket socket;

	private final EndState state;

	private final Libc libc;

	private final Half half;

	private final Kind kind;

	private volatile boolean blocking;

	/** Nanoseconds, 0 for none. */
	private volatile long timeout;

	private volatile boolean shutDown;

	/**
	 * Whether a write was told that the peer has closed without reading all, which a read
	 * is to tell.
	 */
	private volatile boolean resetPending;

	/**
	 * Whether a read has told a failure that the kernel repeats; guarded by the lock.
	 */
	private boolean resetTold;

	/** Whether messages carry a control message; guarded by the lock. */
	private boolean marked;

	SocketReader(PairedSocket socket, EndState state, Kind kind) {
		this.socket = socket;
		this.state = state;
		this.libc = state.descriptor().libc();
		this.half = state.descriptor().reader();
		this.kind = kind;
	}

	int read(ByteBuffer dst, @Nullable Wait wait) throws IOException {
		requireWritable(dst);
		this.half.lock(wait);
		try {
			this.state.ensureOpen();
			if (!dst.hasRemaining()) {
				return 0;
			}
			int received = receive(dst, wait);
			return (received != PairedSocket.WOULD_BLOCK) ? received : 0;
		}
		finally {
			this.half.unlock();
			Reference.reachabilityFence(this);
		}
	}

	int receiveMessage(ByteBuffer dst, @Nullable Wait wait) throws IOException {
		this.kind.requireMessages("receive");
		requireWritable(dst);
		this.half.lock(wait);
		try {
			this.state.ensureOpen();
			return receive(dst, wait);
		}
		finally {
			this.half.unlock();
			Reference.reachabilityFence(this);
		}
	}

	private int receive(ByteBuffer dst, @Nullable Wait wait) throws IOException {
		int room = dst.remaining();
		return (int) received(this.kind.receiveName, perform(this.kind.read, dst, wait), room);
	}

	long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
		Objects.checkFromIndexSize(offset, length, dsts.length);
		for (int i = offset; i < offset + length; i++) {
			requireWritable(dsts[i]);
		}
		Transfer.Vector vector = this.state.vector(this.kind, "recvmsg", dsts, offset, length);
		this.half.lock();
		try {
			this.state.ensureOpen();
			long room = vector.remaining();
			if (room == 0) {
				return 0;
			}
			long received = received("recvmsg", perform(this.kind.scatter, vector, null), room);
			return (received != PairedSocket.WOULD_BLOCK) ? received : 0;
		}
		finally {
			this.half.unlock();
			Reference.reachabilityFence(this);
		}
	}

	int peek(ByteBuffer dst, @Nullable Wait wait) throws IOException {
		requireWritable(dst);
		this.half.lock(wait);
		try {
			this.state.ensureOpen();
			if (this.kind.isStream() && !dst.hasRemaining()) {
				return 0;
			}
			return (int) meaning(this.kind.receiveName, perform(this.kind.peek, dst, wait));
		}
		finally {
			this.half.unlock();
			Reference.reachabilityFence(this);
		}
	}

	int receiveDescriptors(ByteBuffer data, Collection<? super PassedDescriptor> into) throws IOException {
		this.kind.domain.requireUnix("Descriptors cannot be passed");
		requireWritable(data);
		Objects.requireNonNull(into, "'into' must not be null");
		if (this.kind.endsWithNothing && !data.hasRemaining()) {
			throw new IllegalArgumentException("'data' must have room for at least one byte");
		}
		PassDescriptors parcel = new PassDescriptors(data, this.kind.isStream(), this.kind.marksMessages());
		this.half.lock();
		try {
			this.state.ensureOpen();
			int room = data.remaining();
			long result = perform(PassDescriptors.RECEIVE, parcel, null);
			if (parcel.cut() || result > room) {
				parcel.close(this.libc);
			}
			if (parcel.cut()) {
				throw this.state.failed("recvmsg", -Errno.EMFILE.number(),
						"descriptors that came with a message had no room and were lost, and the message with them");
			}
			long received = received("recvmsg", result, room);
			parcel.handOver(into);
			return (int) received;
		}
		finally {
			// What was not handed over, whatever was thrown.
			parcel.close(this.libc);
			this.half.unlock();
			Reference.reachabilityFence(this);
		}
	}

	/** Receive something. The caller holds the lock. */
	private <B> long perform(Half.Operation<B> call, B dst, @Nullable Wait wait) throws IOException {
		markMessages();
		long received = (wait != null) ? this.half.perform(call, dst, this.blocking, wait)
				: this.half.perform(call, dst, this.blocking, Deadline.after(this.timeout));
		if (this.kind.domain.isRepeated(received)) {
			if (this.resetTold) {
				return Half.END;
			}
			this.resetTold = true;
		}
		return received;
	}

	/**
	 * From here on a message carries a control message, its time, and the end of the
	 * stream carries none.
	 */
	private void markMessages() throws IOException {
		if (this.kind.marksMessages() && !this.marked) {
			this.marked = true;
			this.state.timestamped(true);
			this.state.call("setsockopt", null, (number) -> Platforms.CURRENT.markMessages(this.libc, number, true));
		}
	}

	/**
	 * An end that is given away is as it was made, unless another thread still waits in
	 * it or reads from a duplicate.
	 */
	void unmarkMessagesIfIdle() throws IOException {
		if (this.state.hasDuplicates() || !this.half.tryLock()) {
			return;
		}
		try {
			// Set by a duplicate too, which may be closed by now.
			if (this.state.isTimestamped()) {
				this.marked = false;
				this.state.timestamped(false);
				this.state.call("setsockopt", null,
						(number) -> Platforms.CURRENT.markMessages(this.libc, number, false));
			}
		}
		finally {
			this.half.unlock();
		}
	}

	/** Count what was received, and refuse what did not fit. */
	private long received(String operation, long received, long room) throws IOException {
		if (received < 0) {
			return meaning(operation, received);
		}
		if (received == 0 && this.resetPending) {
			this.resetPending = false;
			throw this.state.failed(operation, -Errno.ECONNRESET.number(), null);
		}
		if (received == 0 && endsWithNothing()) {
			return PairedSocket.END_OF_STREAM;
		}
		this.state.received().count((received > room) ? 0 : received);
		if (received > room) {
			throw new MessageTruncatedException((int) received, (int) room);
		}
		return received;
	}

	/** Return what a result stands for that moved nothing. */
	private long meaning(String operation, long result) throws IOException {
		if (result > 0) {
			return result;
		}
		if (result == 0) {
			return endsWithNothing() ? PairedSocket.END_OF_STREAM : 0;
		}
		if (result == Half.END) {
			return PairedSocket.END_OF_STREAM;
		}
		if (result == EAGAIN) {
			return PairedSocket.WOULD_BLOCK;
		}
		throw this.state.failed(operation, result, null);
	}

	private boolean endsWithNothing() {
		return this.kind.endsWithNothing || this.shutDown;
	}

	private static void requireWritable(ByteBuffer dst) {
		if (dst.isReadOnly()) {
			throw new ReadOnlyBufferException();
		}
	}

	/** Have the next read that finds nothing tell that the peer did not read all. */
	void resetByPeer() {
		this.resetPending = true;
	}

	void shutDown() throws IOException {
		// First, because the call wakes a reader of datagrams, which has to know.
		markShutDown(true);
		try {
			this.state.shutDown(this.kind, LinuxAbi.SHUT_RD);
		}
		catch (IOException ex) {
			markShutDown(false);
			throw ex;
		}
	}

	void markShutDown(boolean shutDown) {
		this.shutDown = shutDown;
		this.half.shutDown(shutDown);
	}

	boolean isShutDown() {
		return this.shutDown;
	}

	void blocking(boolean blocking) {
		this.blocking = blocking;
	}

	boolean isBlocking() {
		return this.blocking;
	}

	void timeout(long nanoseconds) {
		this.timeout = nanoseconds;
	}

	long timeout() {
		return this.timeout;
	}

}
