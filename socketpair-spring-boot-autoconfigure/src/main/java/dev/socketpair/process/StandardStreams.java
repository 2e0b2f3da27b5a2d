package dev.socketpair.process;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;

import dev.socketpair.PairedSocket;
import dev.socketpair.PassedDescriptor;
import dev.socketpair.PeerCredentials;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.descriptor.Wait;
import dev.socketpair.nio.WaitingCalls;
import org.jspecify.annotations.Nullable;

/**
 * Our ends of a child's standard input and output, which are a pair each, as one socket.
 * With one pair they would be one open file description: {@code O_NONBLOCK}, set by the
 * child on its input, would apply to its output too, and a closed output would not be
 * seen while the input is open. libuv does the same.
 * <p>
 * The two are closed together, also where one of them is closed because a thread was
 * interrupted in it.
 */
final class StandardStreams implements PairedSocket, WaitingCalls {

	/** Our end of the child's standard input. */
	private final PairedSocket input;

	/** Our end of the child's standard output. */
	private final PairedSocket output;

	private final WaitingCalls writing;

	private final WaitingCalls reading;

	private final InputStream inputStream;

	private final OutputStream outputStream;

	StandardStreams(PairedSocket input, PairedSocket output) {
		this.input = input;
		this.output = output;
		this.writing = WaitingCalls.of(input);
		this.reading = WaitingCalls.of(output);
		this.inputStream = new Input(output.inputStream());
		this.outputStream = new Output(input.outputStream());
	}

	@Override
	public int read(ByteBuffer dst) throws IOException {
		try {
			return this.output.read(dst);
		}
		catch (ClosedChannelException ex) {
			throw closed(ex);
		}
	}

	@Override
	public long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
		try {
			return this.output.read(dsts, offset, length);
		}
		catch (ClosedChannelException ex) {
			throw closed(ex);
		}
	}

	@Override
	public int receive(ByteBuffer dst) throws IOException {
		try {
			return this.output.receive(dst);
		}
		catch (ClosedChannelException ex) {
			throw closed(ex);
		}
	}

	@Override
	public int peek(ByteBuffer dst) throws IOException {
		try {
			return this.output.peek(dst);
		}
		catch (ClosedChannelException ex) {
			throw closed(ex);
		}
	}

	@Override
	public int receiveDescriptors(ByteBuffer data, Collection<? super PassedDescriptor> into) throws IOException {
		try {
			return this.output.receiveDescriptors(data, into);
		}
		catch (ClosedChannelException ex) {
			throw closed(ex);
		}
	}

	@Override
	public int write(ByteBuffer src) throws IOException {
		try {
			return this.input.write(src);
		}
		catch (ClosedChannelException ex) {
			throw closed(ex);
		}
	}

	@Override
	public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
		try {
			return this.input.write(srcs, offset, length);
		}
		catch (ClosedChannelException ex) {
			throw closed(ex);
		}
	}

	@Override
	public int send(ByteBuffer src) throws IOException {
		try {
			return this.input.send(src);
		}
		catch (ClosedChannelException ex) {
			throw closed(ex);
		}
	}

	@Override
	public int sendDescriptors(ByteBuffer data, PassedDescriptor... descriptors) throws IOException {
		try {
			return this.input.sendDescriptors(data, descriptors);
		}
		catch (ClosedChannelException ex) {
			throw closed(ex);
		}
	}

	@Override
	public int read(ByteBuffer dst, @Nullable Wait wait) throws IOException {
		try {
			return this.reading.read(dst, wait);
		}
		catch (ClosedChannelException ex) {
			throw closed(ex);
		}
	}

	@Override
	public int receive(ByteBuffer dst, @Nullable Wait wait) throws IOException {
		try {
			return this.reading.receive(dst, wait);
		}
		catch (ClosedChannelException ex) {
			throw closed(ex);
		}
	}

	@Override
	public int peek(ByteBuffer dst, @Nullable Wait wait) throws IOException {
		try {
			return this.reading.peek(dst, wait);
		}
		catch (ClosedChannelException ex) {
			throw closed(ex);
		}
	}

	@Override
	public int write(ByteBuffer src, @Nullable Wait wait) throws IOException {
		try {
			return this.writing.write(src, wait);
		}
		catch (ClosedChannelException ex) {
			throw closed(ex);
		}
	}

	@Override
	public long write(ByteBuffer[] srcs, int offset, int length, @Nullable Wait wait) throws IOException {
		try {
			return this.writing.write(srcs, offset, length, wait);
		}
		catch (ClosedChannelException ex) {
			throw closed(ex);
		}
	}

	@Override
	public int send(ByteBuffer src, @Nullable Wait wait) throws IOException {
		try {
			return this.writing.send(src, wait);
		}
		catch (ClosedChannelException ex) {
			throw closed(ex);
		}
	}

	/** One of them was closed by an interrupt, or both were by the factory. */
	private ClosedChannelException closed(ClosedChannelException failure) {
		try {
			close();
		}
		catch (IOException ex) {
			failure.addSuppressed(ex);
		}
		return failure;
	}

	@Override
	public int available() throws IOException {
		return this.output.available();
	}

	@Override
	public int unsent() throws IOException {
		return this.input.unsent();
	}

	@Override
	public InputStream inputStream() {
		return this.inputStream;
	}

	@Override
	public OutputStream outputStream() {
		return this.outputStream;
	}

	@Override
	public PairedSocket shutdownInput() throws IOException {
		this.output.shutdownInput();
		return this;
	}

	@Override
	public PairedSocket shutdownOutput() throws IOException {
		this.input.shutdownOutput();
		return this;
	}

	@Override
	public boolean isInputShutdown() {
		return this.output.isInputShutdown();
	}

	@Override
	public boolean isOutputShutdown() {
		return this.input.isOutputShutdown();
	}

	/** A child that has closed one of them may still use the other. */
	@Override
	public boolean isHungUp() throws IOException {
		return this.output.isHungUp() && this.input.isHungUp();
	}

	@Override
	public PairedSocket configureBlocking(boolean block) throws IOException {
		this.input.configureBlocking(block);
		this.output.configureBlocking(block);
		return this;
	}

	@Override
	public boolean isBlocking() {
		return this.input.isBlocking();
	}

	@Override
	public PairedSocket readTimeout(@Nullable Duration timeout) {
		this.output.readTimeout(timeout);
		return this;
	}

	@Override
	public @Nullable Duration readTimeout() {
		return this.output.readTimeout();
	}

	@Override
	public PairedSocket writeTimeout(@Nullable Duration timeout) {
		this.input.writeTimeout(timeout);
		return this;
	}

	@Override
	public @Nullable Duration writeTimeout() {
		return this.input.writeTimeout();
	}

	@Override
	public <T> PairedSocket setOption(SocketOption<T> name, T value) throws IOException {
		sideOf(name).setOption(name, value);
		return this;
	}

	@Override
	public <T> T getOption(SocketOption<T> name) throws IOException {
		return sideOf(name).getOption(name);
	}

	/** An option that is not of one direction has the same value on both. */
	private PairedSocket sideOf(SocketOption<?> name) {
		return name.equals(StandardSocketOptions.SO_RCVBUF) ? this.output : this.input;
	}

	@Override
	public Set<SocketOption<?>> supportedOptions() {
		return this.input.supportedOptions();
	}

	@Override
	public SocketPairOptions options() {
		return this.input.options();
	}

	@Override
	public PeerCredentials peerCredentials() throws IOException {
		return this.input.peerCredentials();
	}

	@Override
	public PairedSocket duplicate() {
		throw withoutOneDescriptor("duplicate");
	}

	@Override
	public int release() {
		throw withoutOneDescriptor("release");
	}

	@Override
	public SocketChannel toSocketChannel() {
		throw withoutOneDescriptor("toSocketChannel");
	}

	@Override
	public ProcessBuilder.Redirect toRedirect() {
		throw withoutOneDescriptor("toRedirect");
	}

	@Override
	public int descriptor() {
		throw withoutOneDescriptor("descriptor");
	}

	private static UnsupportedOperationException withoutOneDescriptor(String method) {
		return new UnsupportedOperationException(("%s needs one descriptor, and this socket has two: one for the "
				+ "standard input of the child and one for its standard output. Attach the child at a descriptor "
				+ "('attach: descriptor') for a socket that has one")
			.formatted(method));
	}

	@Override
	public boolean isOpen() {
		return this.input.isOpen() && this.output.isOpen();
	}

	@Override
	public void close() throws IOException {
		try {
			this.output.close();
		}
		finally {
			this.input.close();
		}
	}

	@Override
	public String toString() {
		return "StandardStreams[input=%s, output=%s]".formatted(this.input, this.output);
	}

	private final class Input extends FilterInputStream {

		Input(InputStream delegate) {
			super(delegate);
		}

		@Override
		public int read() throws IOException {
			byte[] one = new byte[1];
			return (read(one, 0, 1) > 0) ? Byte.toUnsignedInt(one[0]) : END_OF_STREAM;
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			try {
				return this.in.read(bytes, offset, length);
			}
			catch (ClosedChannelException ex) {
				throw closed(ex);
			}
		}

		@Override
		public void close() throws IOException {
			StandardStreams.this.close();
		}

	}

	private final class Output extends FilterOutputStream {

		Output(OutputStream delegate) {
			super(delegate);
		}

		@Override
		public void write(int value) throws IOException {
			write(new byte[] { (byte) value }, 0, 1);
		}

		@Override
		public void write(byte[] bytes, int offset, int length) throws IOException {
			try {
				this.out.write(bytes, offset, length);
			}
			catch (ClosedChannelException ex) {
				throw closed(ex);
			}
		}

		@Override
		public void close() throws IOException {
			StandardStreams.this.close();
		}

	}

}
