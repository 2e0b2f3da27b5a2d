package dev.socketpair.nio;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

import dev.socketpair.Errno;
import dev.socketpair.PairedSocket;
import dev.socketpair.PassedDescriptor;
import dev.socketpair.descriptor.Deadline;
import dev.socketpair.descriptor.Half;
import dev.socketpair.descriptor.Wait;
import dev.socketpair.libc.LinuxAbi;
import org.jspecify.annotations.Nullable;

/**
 * The direction of a socket in which it writes.
 */
final class SocketWriter {

	private static final int EAGAIN = -Errno.EAGAIN.number();

	private static final int ECONNRESET = -Errno.ECONNRESET.number();

	/** Not lost while a thread is inside this object. */
	@SuppressWarnings("unused")
	private final PairedSocket socket;

	private final EndState state;

	private final Half half;

	private final Kind kind;

	private final SocketReader reader;

	private volatile boolean blocking;

	/** Nanoseconds, 0 for none. */
	private volatile long timeout;

	private volatile boolean shutDown;

	SocketWriter(PairedSocket socket, EndState state, Kind kind, SocketReader reader) {
		this.socket = socket;
		this.state = state;
		this.half = state.descriptor().writer();
		this.kind = kind;
		this.reader = reader;
	}

	int write(ByteBuffer src, @Nullable Wait wait) throws IOException {
		this.half.lock(wait);
		try {
			this.state.ensureOpen();
			if (!src.hasRemaining()) {
				return 0;
			}
			return (int) writeFully("send", this.kind.write, src, 0, src.remaining(), deadline(wait), wait);
		}
		finally {
			this.half.unlock();
			Reference.reachabilityFence(this);
		}
	}

	int send(ByteBuffer src, @Nullable Wait wait) throws IOException {
		this.kind.requireMessages("send");
		this.kind.domain.requireSendable(src);
		this.half.lock(wait);
		try {
			this.state.ensureOpen();
			return (int) writeOnce("send", this.kind.write, src, deadline(wait), wait);
		}
		finally {
			this.half.unlock();
			Reference.reachabilityFence(this);
		}
	}

	long write(ByteBuffer[] srcs, int offset, int length, @Nullable Wait wait) throws IOException {
		Objects.checkFromIndexSize(offset, length, srcs.length);
		Transfer.Vector vector = this.state.vector(this.kind, "sendmsg", srcs, offset, length);
		this.half.lock(wait);
		try {
			this.state.ensureOpen();
			long remaining = vector.remaining();
			return (remaining != 0)
					? writeFully("sendmsg", this.kind.gather, vector, 0, remaining, deadline(wait), wait) : 0;
		}
		finally {
			this.half.unlock();
			Reference.reachabilityFence(this);
		}
	}

	int sendDescriptors(ByteBuffer data, PassedDescriptor... descriptors) throws IOException {
		this.kind.domain.requireUnix("Descriptors cannot be passed");
		if (descriptors.length > LinuxAbi.SCM_MAX_FD) {
			throw new IllegalArgumentException("At most %s descriptors can be sent at once, not %s"
				.formatted(LinuxAbi.SCM_MAX_FD, descriptors.length));
		}
		if (this.kind.isStream() && !data.hasRemaining()) {
			throw new IllegalArgumentException("'data' must have at least one byte for a stream to carry descriptors");
		}
		int[] numbers = Arrays.stream(descriptors).mapToInt(PassedDescriptor::number).toArray();
		PassDescriptors parcel = new PassDescriptors(data, this.kind.isStream(), false, numbers);
		this.half.lock();
		try {
			this.state.ensureOpen();
			long deadline = deadline(null);
			long sent = writeOnce("sendmsg", PassDescriptors.SEND, parcel, deadline, null);
			if (sent != PairedSocket.WOULD_BLOCK && data.hasRemaining()) {
				sent = writeFully("send", this.kind.write, data, sent, sent + data.remaining(), deadline, null);
			}
			return (int) sent;
		}
		finally {
			this.half.unlock();
			Reference.reachabilityFence(descriptors);
			Reference.reachabilityFence(this);
		}
	}

	private long deadline(@Nullable Wait wait) {
		return (wait != null) ? wait.deadline() : Deadline.after(this.timeout);
	}

	/** Write all of it in blocking mode, as much as goes at once in non-blocking mode. */
	private <B> long writeFully(String operation, Half.Operation<B> call, B buffer, long before, long all,
			long deadline, @Nullable Wait wait) throws IOException {
		long written = before;
		while (written < all) {
			long sent;
			try {
				sent = writeOnce(operation, call, buffer, deadline, wait);
			}
			catch (InterruptedIOException ex) {
				ex.bytesTransferred = (int) Math.min(written, Integer.MAX_VALUE);
				throw ex;
			}
			if (sent == PairedSocket.WOULD_BLOCK) {
				break;
			}
			written += sent;
		}
		return written;
	}

	private <B> long writeOnce(String operation, Half.Operation<B> call, B buffer, long deadline, @Nullable Wait wait)
			throws IOException {
		long sent = perform(call, buffer, deadline, wait);
		if (sent == ECONNRESET && this.kind.tellsWriterOfReset()) {
			this.reader.resetByPeer();
			sent = perform(call, buffer, deadline, wait);
		}
		if (sent >= 0) {
			this.state.sent().count(sent);
			return sent;
		}
		if (sent == EAGAIN) {
			return PairedSocket.WOULD_BLOCK;
		}
		throw this.state.failed(operation, sent, null);
	}

	private <B> long perform(Half.Operation<B> call, B buffer, long deadline, @Nullable Wait wait) throws IOException {
		return (wait != null) ? this.half.perform(call, buffer, this.blocking, wait)
				: this.half.perform(call, buffer, this.blocking, deadline);
	}

	void shutDown() throws IOException {
		this.state.shutDown(this.kind, LinuxAbi.SHUT_WR);
	}

	void markShutDown(boolean shutDown) {
		this.shutDown = shutDown;
	}

	boolean isShutDown() {
		return this.shutDown;
	}

	void blocking(boolean blocking) {
		this.blocking = blocking;
	}

	void timeout(long nanoseconds) {
		this.timeout = nanoseconds;
	}

	long timeout() {
		return this.timeout;
	}

}
