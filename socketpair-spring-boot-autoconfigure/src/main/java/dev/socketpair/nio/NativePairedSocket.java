package dev.socketpair.nio;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ref.Reference;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Objects;
import java.util.Set;

import dev.socketpair.Errno;
import dev.socketpair.MessageTruncatedException;
import dev.socketpair.PairedSocket;
import dev.socketpair.PassedDescriptor;
import dev.socketpair.PeerCredentials;
import dev.socketpair.SocketFlag;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairStatistics.End;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import org.jspecify.annotations.Nullable;

/**
 * A socket over a {@link Descriptor}.
 */
final class NativePairedSocket implements PairedSocket {

	private static final int EAGAIN = -Errno.EAGAIN.number();

	private final EndState state;

	private final Descriptor descriptor;

	private final Libc libc;

	private final Half reader;

	private final Half writer;

	private final Kind kind;

	/** Made when it is asked for; guarded by this. */
	private @Nullable InputStream inputStream;

	/** Made when it is asked for; guarded by this. */
	private @Nullable OutputStream outputStream;

	/** Made when it is asked for. */
	private volatile @Nullable Redirects redirects;

	private volatile boolean blocking;

	private volatile boolean inputShutdown;

	private volatile boolean outputShutdown;

	/** Nanoseconds, 0 for none. */
	private volatile long readTimeout;

	private volatile long writeTimeout;

	/**
	 * Whether a write was told that the peer has closed without reading all, which a read
	 * is to tell.
	 */
	private volatile boolean resetPending;

	/**
	 * Whether a read has told that the peer was closed without reading all, which
	 * {@code tipc} reports for ever; guarded by the reader's lock.
	 */
	private boolean resetTold;

	/** Whether messages carry a control message; guarded by the reader's lock. */
	private boolean timestamped;

	NativePairedSocket(EndState state) {
		this.state = state;
		this.descriptor = state.descriptor();
		this.libc = this.descriptor.libc();
		this.reader = this.descriptor.reader();
		this.writer = this.descriptor.writer();
		SocketPairOptions options = state.options();
		this.kind = Kind.of(options);
		this.blocking = !options.flags().contains(SocketFlag.NONBLOCK);
		this.readTimeout = nanoseconds("readTimeout", options.readTimeout());
		this.writeTimeout = nanoseconds("writeTimeout", options.writeTimeout());
		this.reader.busyPoll(nanoseconds("busyPoll", options.busyPoll()));
		state.watchOver(this);
	}

	@Override
	public int read(ByteBuffer dst) throws IOException {
		requireWritable(dst);
		this.reader.lock();
		try {
			ensureOpen();
			if (!dst.hasRemaining()) {
				return 0;
			}
			int received = receive(this.kind.read, dst);
			return (received != WOULD_BLOCK) ? received : 0;
		}
		finally {
			this.reader.unlock();
			Reference.reachabilityFence(this);
		}
	}

	@Override
	public int receive(ByteBuffer dst) throws IOException {
		requireMessages("receive");
		requireWritable(dst);
		this.reader.lock();
		try {
			ensureOpen();
			return receive(this.kind.read, dst);
		}
		finally {
			this.reader.unlock();
			Reference.reachabilityFence(this);
		}
	}

	private int receive(Half.Operation<ByteBuffer> call, ByteBuffer dst) throws IOException {
		int room = dst.remaining();
		return (int) received(this.kind.receiveName, perform(call, dst), room);
	}

	@Override
	public long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
		Objects.checkFromIndexSize(offset, length, dsts.length);
		for (int i = offset; i < offset + length; i++) {
			requireWritable(dsts[i]);
		}
		Transfer.Vector vector = vector("recvmsg", dsts, offset, length);
		this.reader.lock();
		try {
			ensureOpen();
			long room = vector.remaining();
			if (room == 0) {
				return 0;
			}
			long received = received("recvmsg", perform(this.kind.scatter, vector), room);
			return (received != WOULD_BLOCK) ? received : 0;
		}
		finally {
			this.reader.unlock();
			Reference.reachabilityFence(this);
		}
	}

	@Override
	public int peek(ByteBuffer dst) throws IOException {
		requireWritable(dst);
		this.reader.lock();
		try {
			ensureOpen();
			if (this.kind.isStream() && !dst.hasRemaining()) {
				return 0;
			}
			return (int) meaning(this.kind.receiveName, perform(this.kind.peek, dst));
		}
		finally {
			this.reader.unlock();
			Reference.reachabilityFence(this);
		}
	}

	/** Receive something. The caller holds the reader's lock. */
	private <B> long perform(Half.Operation<B> call, B dst) throws IOException {
		prepareToReceive();
		long received = this.reader.perform(call, dst, this.blocking, Half.deadline(this.readTimeout));
		if (received == -Errno.ECONNRESET.number() && this.kind.isTipc()) {
			if (this.resetTold) {
				return Half.END;
			}
			this.resetTold = true;
		}
		return received;
	}

	/**
	 * From here on a message of the type {@code SEQPACKET} carries a control message, its
	 * time, and the end of the stream carries none.
	 */
	private void prepareToReceive() throws IOException {
		if (this.kind == Kind.SEQUENCED && !this.timestamped) {
			this.timestamped = true;
			this.state.timestamped(true);
			call("setsockopt", (number) -> SocketOptions.setTimestamp(this.libc, number, true));
		}
	}

	/**
	 * An end that is given away is as it was made, unless somebody still waits in it or
	 * reads from a duplicate.
	 */
	private void unprepareIfIdle() throws IOException {
		if (this.state.hasDuplicates() || !this.reader.tryLock()) {
			return;
		}
		try {
			// Set by a duplicate too, which may be closed by now.
			if (this.state.isTimestamped()) {
				this.timestamped = false;
				this.state.timestamped(false);
				call("setsockopt", (number) -> SocketOptions.setTimestamp(this.libc, number, false));
			}
		}
		finally {
			this.reader.unlock();
		}
	}

	/** Count what was received, and refuse what did not fit. */
	private long received(String operation, long received, long room) throws IOException {
		if (received >= 0) {
			if (received == 0 && this.resetPending) {
				this.resetPending = false;
				throw this.state.failed(operation, -Errno.ECONNRESET.number(), null);
			}
			if (received == 0 && (this.kind.endsWithNothing || this.inputShutdown)) {
				return END_OF_STREAM;
			}
			this.state.received().count((received > room) ? 0 : received);
			if (received > room) {
				throw new MessageTruncatedException((int) received, (int) room);
			}
			return received;
		}
		return meaning(operation, received);
	}

	/** What a result means that moved nothing. */
	private long meaning(String operation, long result) throws IOException {
		if (result > 0) {
			return result;
		}
		if (result == 0) {
			return (this.kind.endsWithNothing || this.inputShutdown) ? END_OF_STREAM : 0;
		}
		if (result == Half.END) {
			return END_OF_STREAM;
		}
		if (result == EAGAIN) {
			return WOULD_BLOCK;
		}
		throw this.state.failed(operation, result, null);
	}

	@Override
	public int write(ByteBuffer src) throws IOException {
		this.writer.lock();
		try {
			ensureOpen();
			if (!src.hasRemaining()) {
				return 0;
			}
			return (int) writeFully("send", this.kind.write, src, 0, src.remaining(), deadline());
		}
		finally {
			this.writer.unlock();
			Reference.reachabilityFence(this);
		}
	}

	@Override
	public int send(ByteBuffer src) throws IOException {
		requireMessages("send");
		if (this.kind.isTipc() && !src.hasRemaining()) {
			throw new IllegalArgumentException(
					"'src' must have at least one byte: the domain tipc has no empty messages");
		}
		this.writer.lock();
		try {
			ensureOpen();
			return (int) writeOnce("send", this.kind.write, src, deadline());
		}
		finally {
			this.writer.unlock();
			Reference.reachabilityFence(this);
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
			return (remaining != 0) ? writeFully("sendmsg", this.kind.gather, vector, 0, remaining, deadline()) : 0;
		}
		finally {
			this.writer.unlock();
			Reference.reachabilityFence(this);
		}
	}

	private long deadline() {
		return Half.deadline(this.writeTimeout);
	}

	/** Write all of it in blocking mode, as much as goes at once in non-blocking mode. */
	private <B> long writeFully(String operation, Half.Operation<B> call, B buffer, long before, long all,
			long deadline) throws IOException {
		long written = before;
		while (written < all) {
			long sent;
			try {
				sent = writeOnce(operation, call, buffer, deadline);
			}
			catch (SocketTimeoutException ex) {
				ex.bytesTransferred = (int) Math.min(written, Integer.MAX_VALUE);
				throw ex;
			}
			if (sent == WOULD_BLOCK) {
				break;
			}
			written += sent;
		}
		return written;
	}

	private <B> long writeOnce(String operation, Half.Operation<B> call, B buffer, long deadline) throws IOException {
		long sent = this.writer.perform(call, buffer, this.blocking, deadline);
		if (sent == -Errno.ECONNRESET.number() && this.kind == Kind.STREAM) {
			// Told to a thread that waited in the kernel, and only once.
			this.resetPending = true;
			sent = this.writer.perform(call, buffer, this.blocking, deadline);
		}
		if (sent >= 0) {
			this.state.sent().count(sent);
			return sent;
		}
		if (sent == EAGAIN) {
			return WOULD_BLOCK;
		}
		throw this.state.failed(operation, sent, null);
	}

	@Override
	public int sendDescriptors(ByteBuffer data, PassedDescriptor... descriptors) throws IOException {
		requireNotTipc("Descriptors cannot be passed");
		if (descriptors.length > LinuxAbi.SCM_MAX_FD) {
			throw new IllegalArgumentException("At most %s descriptors can be sent at once, not %s"
				.formatted(LinuxAbi.SCM_MAX_FD, descriptors.length));
		}
		if (this.kind.isStream() && !data.hasRemaining()) {
			throw new IllegalArgumentException("'data' must have at least one byte for a stream to carry descriptors");
		}
		int[] numbers = Arrays.stream(descriptors).mapToInt(PassedDescriptor::number).toArray();
		PassDescriptors parcel = new PassDescriptors(data, this.kind.isStream(), false, numbers);
		this.writer.lock();
		try {
			ensureOpen();
			long deadline = deadline();
			long sent = writeOnce("sendmsg", PassDescriptors.SEND, parcel, deadline);
			if (sent != WOULD_BLOCK && data.hasRemaining()) {
				sent = writeFully("send", this.kind.write, data, sent, sent + data.remaining(), deadline);
			}
			return (int) sent;
		}
		finally {
			this.writer.unlock();
			Reference.reachabilityFence(descriptors);
			Reference.reachabilityFence(this);
		}
	}

	@Override
	public int receiveDescriptors(ByteBuffer data, Collection<? super PassedDescriptor> into) throws IOException {
		requireNotTipc("Descriptors cannot be passed");
		requireWritable(data);
		Objects.requireNonNull(into, "'into' must not be null");
		if (this.kind.endsWithNothing && !data.hasRemaining()) {
			throw new IllegalArgumentException("'data' must have room for at least one byte");
		}
		PassDescriptors parcel = new PassDescriptors(data, this.kind.isStream(), this.kind == Kind.SEQUENCED);
		this.reader.lock();
		try {
			ensureOpen();
			prepareToReceive();
			int room = data.remaining();
			long result = this.reader.perform(PassDescriptors.RECEIVE, parcel, this.blocking,
					Half.deadline(this.readTimeout));
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
			this.reader.unlock();
			Reference.reachabilityFence(this);
		}
	}

	private Transfer.Vector vector(String operation, ByteBuffer[] buffers, int offset, int length) throws IOException {
		if (length > LinuxAbi.IOV_MAX && !this.kind.isStream()) {
			throw this.state.failed(operation, -Errno.EMSGSIZE.number(),
					"%s buffers, of which one message can have %s".formatted(length, LinuxAbi.IOV_MAX));
		}
		return new Transfer.Vector(this.libc, buffers, offset, Math.min(length, LinuxAbi.IOV_MAX));
	}

	private void requireMessages(String method) {
		if (this.kind.isStream()) {
			throw new UnsupportedOperationException(
					"%s is for messages, and this is a stream: use read and write".formatted(method));
		}
	}

	/** What the kernel would accept there, and not do. */
	private void requireNotTipc(String what) {
		if (this.kind.isTipc()) {
			throw new UnsupportedOperationException(what + " in the domain tipc, only in the domain unix");
		}
	}

	private static void requireWritable(ByteBuffer dst) {
		if (dst.isReadOnly()) {
			throw new ReadOnlyBufferException();
		}
	}

	@Override
	public synchronized InputStream inputStream() {
		InputStream stream = this.inputStream;
		if (stream == null) {
			stream = new SocketInputStream(this, this.kind.isStream());
			this.inputStream = stream;
		}
		return stream;
	}

	@Override
	public synchronized OutputStream outputStream() {
		OutputStream stream = this.outputStream;
		if (stream == null) {
			stream = new SocketOutputStream(this);
			this.outputStream = stream;
		}
		return stream;
	}

	@Override
	public int available() throws IOException {
		if (this.kind.isTipc()) {
			return call("recv", (number) -> TipcTransfer.available(this.libc, number));
		}
		return call("ioctl", (number) -> SocketOptions.amount(this.libc, number, LinuxAbi.FIONREAD));
	}

	@Override
	public int unsent() throws IOException {
		String detail = this.kind.isTipc() ? "the domain tipc does not tell what is unsent" : null;
		return call("ioctl", detail, (number) -> SocketOptions.amount(this.libc, number, LinuxAbi.SIOCOUTQ));
	}

	@Override
	public PeerCredentials peerCredentials() throws IOException {
		requireNotTipc("The peer's process is not known");
		int[] ids = new int[3];
		call("getsockopt", (number) -> SocketOptions.peerCredentials(this.libc, number, ids));
		return new PeerCredentials(ids[0], ids[1], ids[2]);
	}

	@Override
	public PairedSocket duplicate() throws IOException {
		try {
			NativePairedSocket duplicate = new NativePairedSocket(this.state.duplicate());
			duplicate.blocking = this.blocking;
			duplicate.inputShutdown = this.inputShutdown;
			duplicate.reader.shutDown(this.inputShutdown);
			duplicate.outputShutdown = this.outputShutdown;
			duplicate.readTimeout = this.readTimeout;
			duplicate.writeTimeout = this.writeTimeout;
			return duplicate;
		}
		finally {
			Reference.reachabilityFence(this);
		}
	}

	@Override
	public int release() throws IOException {
		try {
			endRedirects();
			unprepareIfIdle();
			return this.descriptor.release();
		}
		finally {
			Reference.reachabilityFence(this);
		}
	}

	/** Close this socket, which goes on as another number. */
	private void release(int target) throws IOException {
		try {
			endRedirects();
			unprepareIfIdle();
			this.descriptor.release(target);
		}
		finally {
			Reference.reachabilityFence(this);
		}
	}

	@Override
	public SocketChannel toSocketChannel() throws IOException {
		if (!this.kind.isConnected()) {
			throw new UnsupportedOperationException(
					"A channel of the JDK can be made of STREAM and SEQPACKET, not of " + this.state.options().type());
		}
		ensureOpen();
		return SocketChannels.open(this.libc, this.blocking, this::release);
	}

	@Override
	public ProcessBuilder.Redirect toRedirect() throws IOException {
		int flags = call("fcntl", (number) -> this.libc.fcntl(number, LinuxAbi.F_GETFL, 0));
		if ((flags & LinuxAbi.O_NONBLOCK) != 0) {
			throw new IllegalBlockingModeException();
		}
		unprepareIfIdle();
		return redirects().make(this);
	}

	private synchronized Redirects redirects() {
		Redirects redirects = this.redirects;
		if (redirects == null) {
			redirects = new Redirects(this.descriptor);
			this.redirects = redirects;
		}
		return redirects;
	}

	/** What this thread was to start with them has been started. */
	private void endRedirects() {
		Redirects redirects = this.redirects;
		if (redirects != null) {
			redirects.end(Thread.currentThread());
		}
	}

	@Override
	public PairedSocket shutdownInput() throws IOException {
		// First, because the call wakes a reader of datagrams, which has to know.
		this.inputShutdown = true;
		this.reader.shutDown(true);
		try {
			shutdown(LinuxAbi.SHUT_RD);
			this.state.pair().wakeWriters((this.state.end() == End.FIRST) ? End.SECOND : End.FIRST);
			return this;
		}
		catch (IOException ex) {
			this.inputShutdown = false;
			this.reader.shutDown(false);
			throw ex;
		}
	}

	@Override
	public PairedSocket shutdownOutput() throws IOException {
		shutdown(LinuxAbi.SHUT_WR);
		this.state.pair().wakeWriters(this.state.end());
		this.outputShutdown = true;
		return this;
	}

	private void shutdown(int how) throws IOException {
		String detail = this.kind.isTipc() ? "the domain tipc cannot shut down one direction" : null;
		call("shutdown", detail, (number) -> this.libc.shutdown(number, how));
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
	public boolean isHungUp() throws IOException {
		try {
			return (call("poll", (number) -> Half.poll(this.libc, number)) & LinuxAbi.POLLHUP) != 0;
		}
		finally {
			Reference.reachabilityFence(this);
		}
	}

	@Override
	public boolean isReleased() {
		return this.descriptor.isReleased();
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
		call("setsockopt", (number) -> access.set(this.libc, number, value));
		return this;
	}

	@Override
	public <T> T getOption(SocketOption<T> name) throws IOException {
		SocketOptions.Access<T> access = SocketOptions.of(name);
		return access.fromNumber(call("getsockopt", (number) -> access.get(this.libc, number)));
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

	/** Say that this socket is going to be closed together with another. */
	void announceClose() {
		this.descriptor.announceClose();
	}

	@Override
	public void close() throws IOException {
		endRedirects();
		this.descriptor.close();
	}

	private void ensureOpen() throws ClosedChannelException {
		if (!isOpen()) {
			throw new ClosedChannelException();
		}
	}

	/** Make a call that does not block. */
	private int call(String operation, Call call) throws IOException {
		return call(operation, null, call);
	}

	private int call(String operation, @Nullable String detail, Call call) throws IOException {
		int result;
		int number = this.descriptor.enter();
		try {
			result = call.on(number);
		}
		finally {
			this.descriptor.leave();
			Reference.reachabilityFence(this);
		}
		if (result < 0) {
			throw this.state.failed(operation, result, detail);
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
