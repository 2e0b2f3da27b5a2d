package dev.socketpair.nio;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;

import dev.socketpair.Errno;
import dev.socketpair.MessageTruncatedException;
import dev.socketpair.PairedSocket;
import dev.socketpair.SocketFlag;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketType;
import dev.socketpair.libc.LinuxAbi;
import org.jspecify.annotations.Nullable;

/**
 * A socket over a {@link Descriptor}.
 */
final class NativePairedSocket implements PairedSocket {

	private static final int END_OF_STREAM = -1;

	private static final int EAGAIN = -Errno.EAGAIN.number();

	private final EndState state;

	private final Descriptor descriptor;

	private final Half reader;

	private final Half writer;

	private final boolean stream;

	private final boolean hasEndOfStream;

	private final InputStream inputStream;

	private final OutputStream outputStream;

	private volatile boolean blocking;

	private volatile boolean inputShutdown;

	private volatile boolean outputShutdown;

	/** Nanoseconds, 0 for none. */
	private volatile long readTimeout;

	private volatile long writeTimeout;

	NativePairedSocket(EndState state) {
		this.state = state;
		this.descriptor = state.descriptor();
		this.reader = this.descriptor.reader();
		this.writer = this.descriptor.writer();
		SocketPairOptions options = state.options();
		SocketType type = options.type().withoutFlags();
		this.stream = type.equals(SocketType.STREAM);
		this.hasEndOfStream = this.stream || type.equals(SocketType.SEQPACKET);
		this.blocking = !options.flags().contains(SocketFlag.NONBLOCK);
		this.readTimeout = nanoseconds("readTimeout", options.readTimeout());
		this.writeTimeout = nanoseconds("writeTimeout", options.writeTimeout());
		this.inputStream = new SocketInputStream(this, this.stream);
		this.outputStream = new SocketOutputStream(this);
	}

	EndState state() {
		return this.state;
	}

	@Override
	public int read(ByteBuffer dst) throws IOException {
		if (dst.isReadOnly()) {
			throw new ReadOnlyBufferException();
		}
		this.reader.lock();
		try {
			ensureOpen();
			if (!dst.hasRemaining()) {
				return 0;
			}
			int room = dst.remaining();
			long received = this.reader.perform(this.stream ? Transfer.READ_STREAM : Transfer.READ_MESSAGE, dst,
					this.blocking, Half.deadline(this.readTimeout));
			return (int) received("recv", received, room);
		}
		finally {
			this.reader.unlock();
		}
	}

	@Override
	public long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
		Objects.checkFromIndexSize(offset, length, dsts.length);
		for (int i = offset; i < offset + length; i++) {
			if (dsts[i].isReadOnly()) {
				throw new ReadOnlyBufferException();
			}
		}
		Transfer.Vector vector = vector("recvmsg", dsts, offset, length);
		this.reader.lock();
		try {
			ensureOpen();
			long room = vector.remaining();
			if (room == 0) {
				return 0;
			}
			long received = this.reader.perform(this.stream ? Transfer.SCATTER_STREAM : Transfer.SCATTER_MESSAGE,
					vector, this.blocking, Half.deadline(this.readTimeout));
			return received("recvmsg", received, room);
		}
		finally {
			this.reader.unlock();
		}
	}

	/** What a call that received something means to the caller. */
	private long received(String operation, long received, long room) throws IOException {
		if (received > room) {
			this.state.received().count(received);
			throw new MessageTruncatedException((int) received, (int) room);
		}
		if (received > 0) {
			this.state.received().count(received);
			return received;
		}
		if (received == 0) {
			if (this.hasEndOfStream || this.inputShutdown) {
				return END_OF_STREAM;
			}
			this.state.received().count(0);
			return 0;
		}
		if (received == EAGAIN) {
			return 0;
		}
		throw this.state.failed(operation, received, null);
	}

	@Override
	public int write(ByteBuffer src) throws IOException {
		this.writer.lock();
		try {
			ensureOpen();
			if (!src.hasRemaining()) {
				return 0;
			}
			return (int) write("send", this.stream ? Transfer.WRITE_STREAM : Transfer.WRITE_MESSAGE, src,
					src.remaining());
		}
		finally {
			this.writer.unlock();
		}
	}

	@Override
	public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
		Objects.checkFromIndexSize(offset, length, srcs.length);
		Transfer.Vector vector = vector("sendmsg", srcs, offset, length);
		this.writer.lock();
		try {
			ensureOpen();
			long remaining = vector.remaining();
			if (remaining == 0) {
				return 0;
			}
			return write("sendmsg", this.stream ? Transfer.GATHER_STREAM : Transfer.GATHER_MESSAGE, vector, remaining);
		}
		finally {
			this.writer.unlock();
		}
	}

	/** Write all of it in blocking mode, as much as goes at once in non-blocking mode. */
	private <B> long write(String operation, Half.Operation<B> call, B buffer, long remaining) throws IOException {
		boolean wait = this.blocking;
		long deadline = Half.deadline(this.writeTimeout);
		long written = 0;
		while (written < remaining) {
			long sent;
			try {
				sent = this.writer.perform(call, buffer, wait, deadline);
			}
			catch (SocketTimeoutException ex) {
				ex.bytesTransferred = (int) Math.min(written, Integer.MAX_VALUE);
				throw ex;
			}
			if (sent < 0) {
				if (sent == EAGAIN) {
					break;
				}
				throw this.state.failed(operation, sent, null);
			}
			this.state.sent().count(sent);
			written += sent;
		}
		return written;
	}

	private Transfer.Vector vector(String operation, ByteBuffer[] buffers, int offset, int length) throws IOException {
		if (length > LinuxAbi.IOV_MAX && !this.stream) {
			throw this.state.failed(operation, -Errno.EMSGSIZE.number(),
					"%d buffers, of which one message can have %d".formatted(length, LinuxAbi.IOV_MAX));
		}
		return new Transfer.Vector(buffers, offset, Math.min(length, LinuxAbi.IOV_MAX));
	}

	@Override
	public InputStream inputStream() {
		return this.inputStream;
	}

	@Override
	public OutputStream outputStream() {
		return this.outputStream;
	}

	int available() throws IOException {
		return call("ioctl", (number) -> SocketOptions.available(this.descriptor.libc(), number));
	}

	@Override
	public PairedSocket shutdownInput() throws IOException {
		// First, because the call wakes a reader of datagrams, which has to know.
		this.inputShutdown = true;
		try {
			call("shutdown", (number) -> this.descriptor.libc().shutdown(number, LinuxAbi.SHUT_RD));
			return this;
		}
		catch (IOException ex) {
			this.inputShutdown = false;
			throw ex;
		}
	}

	@Override
	public PairedSocket shutdownOutput() throws IOException {
		call("shutdown", (number) -> this.descriptor.libc().shutdown(number, LinuxAbi.SHUT_WR));
		this.outputShutdown = true;
		return this;
	}

	@Override
	public boolean isInputShutdown() {
		return this.inputShutdown;
	}

	@Override
	public boolean isOutputShutdown() {
		return this.outputShutdown;
	}

	@Override
	public PairedSocket configureBlocking(boolean block) throws IOException {
		ensureOpen();
		this.blocking = block;
		return this;
	}

	@Override
	public boolean isBlocking() {
		return this.blocking;
	}

	@Override
	public PairedSocket readTimeout(@Nullable Duration timeout) {
		this.readTimeout = nanoseconds("timeout", timeout);
		return this;
	}

	@Override
	public @Nullable Duration readTimeout() {
		return duration(this.readTimeout);
	}

	@Override
	public PairedSocket writeTimeout(@Nullable Duration timeout) {
		this.writeTimeout = nanoseconds("timeout", timeout);
		return this;
	}

	@Override
	public @Nullable Duration writeTimeout() {
		return duration(this.writeTimeout);
	}

	private static long nanoseconds(String name, @Nullable Duration timeout) {
		if (timeout == null) {
			return 0;
		}
		if (timeout.isNegative()) {
			throw new IllegalArgumentException("'%s' must not be negative, but is %s".formatted(name, timeout));
		}
		try {
			return timeout.toNanos();
		}
		catch (ArithmeticException ex) {
			// 292 years and more are for ever.
			return 0;
		}
	}

	private static @Nullable Duration duration(long nanoseconds) {
		return (nanoseconds != 0) ? Duration.ofNanos(nanoseconds) : null;
	}

	@Override
	public <T> PairedSocket setOption(SocketOption<T> name, T value) throws IOException {
		SocketOptions.Access<T> access = SocketOptions.of(name);
		call("setsockopt", (number) -> access.set(this.descriptor.libc(), number, value));
		return this;
	}

	@Override
	public <T> T getOption(SocketOption<T> name) throws IOException {
		SocketOptions.Access<T> access = SocketOptions.of(name);
		return access.fromNumber(call("getsockopt", (number) -> access.get(this.descriptor.libc(), number)));
	}

	@Override
	public Set<SocketOption<?>> supportedOptions() {
		return SocketOptions.SUPPORTED;
	}

	@Override
	public SocketPairOptions options() {
		return this.state.options();
	}

	@Override
	public int descriptor() {
		if (!isOpen()) {
			throw new IllegalStateException("The socket is closed");
		}
		return this.descriptor.number();
	}

	@Override
	public boolean isOpen() {
		return this.descriptor.isOpen();
	}

	@Override
	public void close() throws IOException {
		this.descriptor.close();
	}

	private void ensureOpen() throws ClosedChannelException {
		if (!isOpen()) {
			throw new ClosedChannelException();
		}
	}

	/** Make a call that does not block. */
	private int call(String operation, Call call) throws IOException {
		int result;
		int number = this.descriptor.enter();
		try {
			result = call.on(number);
		}
		finally {
			this.descriptor.leave();
		}
		if (result < 0) {
			throw this.state.failed(operation, result, null);
		}
		return result;
	}

	@Override
	public String toString() {
		return isOpen() ? "PairedSocket[%s, %s]".formatted(this.state.options().type(), this.descriptor)
				: "PairedSocket[%s, closed]".formatted(this.state.options().type());
	}

	/** A system call that does not block. */
	@FunctionalInterface
	private interface Call {

		int on(int number);

	}

}
