package dev.socketpair.nio;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ref.Reference;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;

import dev.socketpair.PairedSocket;
import dev.socketpair.PassedDescriptor;
import dev.socketpair.PeerCredentials;
import dev.socketpair.SocketFlag;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairStatistics.End;
import dev.socketpair.descriptor.Descriptor;
import dev.socketpair.descriptor.Wait;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.Platforms;
import dev.socketpair.libc.Pollfds;
import org.jspecify.annotations.Nullable;

/**
 * A socket over a {@link Descriptor}.
 */
final class NativePairedSocket implements PairedSocket, WaitingCalls {

	private final EndState state;

	private final Descriptor descriptor;

	private final Libc libc;

	private final Kind kind;

	private final SocketReader reader;

	private final SocketWriter writer;

	/** Made when it is asked for; guarded by this. */
	private @Nullable InputStream inputStream;

	/** Made when it is asked for; guarded by this. */
	private @Nullable OutputStream outputStream;

	/** Made when it is asked for. */
	private volatile @Nullable Redirects redirects;

	NativePairedSocket(EndState state) {
		this.state = state;
		this.descriptor = state.descriptor();
		this.libc = this.descriptor.libc();
		SocketPairOptions options = state.options();
		this.kind = Kind.of(options);
		this.reader = new SocketReader(this, state, this.kind);
		this.writer = new SocketWriter(this, state, this.kind, this.reader);
		blocking(!options.flags().contains(SocketFlag.NONBLOCK));
		this.reader.timeout(nanoseconds("readTimeout", options.readTimeout()));
		this.writer.timeout(nanoseconds("writeTimeout", options.writeTimeout()));
		this.descriptor.reader().busyPoll(nanoseconds("busyPoll", options.busyPoll()));
		state.watchOver(this);
	}

	@Override
	public int read(ByteBuffer dst) throws IOException {
		return this.reader.read(dst, null);
	}

	@Override
	public int read(ByteBuffer dst, @Nullable Wait wait) throws IOException {
		return this.reader.read(dst, wait);
	}

	@Override
	public int receive(ByteBuffer dst) throws IOException {
		return this.reader.receiveMessage(dst, null);
	}

	@Override
	public int receive(ByteBuffer dst, @Nullable Wait wait) throws IOException {
		return this.reader.receiveMessage(dst, wait);
	}

	@Override
	public long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
		return this.reader.read(dsts, offset, length);
	}

	@Override
	public int peek(ByteBuffer dst) throws IOException {
		return this.reader.peek(dst, null);
	}

	@Override
	public int peek(ByteBuffer dst, @Nullable Wait wait) throws IOException {
		return this.reader.peek(dst, wait);
	}

	@Override
	public int receiveDescriptors(ByteBuffer data, Collection<? super PassedDescriptor> into) throws IOException {
		return this.reader.receiveDescriptors(data, into);
	}

	@Override
	public int write(ByteBuffer src) throws IOException {
		return this.writer.write(src, null);
	}

	@Override
	public int write(ByteBuffer src, @Nullable Wait wait) throws IOException {
		return this.writer.write(src, wait);
	}

	@Override
	public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
		return this.writer.write(srcs, offset, length, null);
	}

	@Override
	public long write(ByteBuffer[] srcs, int offset, int length, @Nullable Wait wait) throws IOException {
		return this.writer.write(srcs, offset, length, wait);
	}

	@Override
	public int send(ByteBuffer src) throws IOException {
		return this.writer.send(src, null);
	}

	@Override
	public int send(ByteBuffer src, @Nullable Wait wait) throws IOException {
		return this.writer.send(src, wait);
	}

	@Override
	public int sendDescriptors(ByteBuffer data, PassedDescriptor... descriptors) throws IOException {
		return this.writer.sendDescriptors(data, descriptors);
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
		return call(this.kind.domain.availableCall(), (number) -> this.kind.domain.available(this.libc, number));
	}

	@Override
	public int unsent() throws IOException {
		return call("ioctl", this.kind.domain.whyUnsentFails(),
				(number) -> Platforms.CURRENT.unsentBytes(this.libc, number));
	}

	@Override
	public PeerCredentials peerCredentials() throws IOException {
		this.kind.domain.requireUnix("The peer's process is not known");
		int[] ids = new int[3];
		call("getsockopt", (number) -> Platforms.CURRENT.peerCredentials(this.libc, number, ids));
		return new PeerCredentials(ids[0], ids[1], ids[2]);
	}

	@Override
	public PairedSocket duplicate() throws IOException {
		try {
			NativePairedSocket duplicate = new NativePairedSocket(this.state.duplicate());
			duplicate.blocking(isBlocking());
			duplicate.reader.markShutDown(isInputShutdown());
			duplicate.writer.markShutDown(isOutputShutdown());
			duplicate.reader.timeout(this.reader.timeout());
			duplicate.writer.timeout(this.writer.timeout());
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
			this.reader.unmarkMessagesIfIdle();
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
			this.reader.unmarkMessagesIfIdle();
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
		this.state.ensureOpen();
		return SocketChannels.open(this.libc, isBlocking(), this::release);
	}

	@Override
	public ProcessBuilder.Redirect toRedirect() throws IOException {
		int flags = call("fcntl", (number) -> this.libc.fcntl(number, LinuxAbi.F_GETFL, 0));
		if ((flags & LinuxAbi.O_NONBLOCK) != 0) {
			throw new IllegalBlockingModeException();
		}
		this.reader.unmarkMessagesIfIdle();
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
		this.reader.shutDown();
		this.state.pair().wakeWriters((this.state.end() == End.FIRST) ? End.SECOND : End.FIRST);
		return this;
	}

	@Override
	public PairedSocket shutdownOutput() throws IOException {
		this.writer.shutDown();
		this.state.pair().wakeWriters(this.state.end());
		this.writer.markShutDown(true);
		return this;
	}

	@Override
	public boolean isInputShutdown() {
		return this.reader.isShutDown();
	}

	@Override
	public boolean isOutputShutdown() {
		return this.writer.isShutDown();
	}

	@Override
	public boolean isHungUp() throws IOException {
		try {
			return (call("poll", (number) -> Pollfds.poll(this.libc, number)) & LinuxAbi.POLLHUP) != 0;
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
		this.state.ensureOpen();
		blocking(block);
		return this;
	}

	private void blocking(boolean block) {
		this.reader.blocking(block);
		this.writer.blocking(block);
	}

	@Override
	public boolean isBlocking() {
		return this.reader.isBlocking();
	}

	@Override
	public PairedSocket readTimeout(@Nullable Duration timeout) {
		this.reader.timeout(nanoseconds("timeout", timeout));
		return this;
	}

	@Override
	public @Nullable Duration readTimeout() {
		return duration(this.reader.timeout());
	}

	@Override
	public PairedSocket writeTimeout(@Nullable Duration timeout) {
		this.writer.timeout(nanoseconds("timeout", timeout));
		return this;
	}

	@Override
	public @Nullable Duration writeTimeout() {
		return duration(this.writer.timeout());
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

	/** Make a call that does not block. */
	private int call(String operation, EndState.Call call) throws IOException {
		return call(operation, null, call);
	}

	private int call(String operation, @Nullable String detail, EndState.Call call) throws IOException {
		try {
			return this.state.call(operation, detail, call);
		}
		finally {
			Reference.reachabilityFence(this);
		}
	}

	@Override
	public String toString() {
		return isOpen() ? "PairedSocket[%s, %s]".formatted(this.state.options().type(), this.descriptor)
				: "PairedSocket[%s, closed]".formatted(this.state.options().type());
	}

}
