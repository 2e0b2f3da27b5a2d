package dev.socketpair.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.socketpair.Errno;
import dev.socketpair.PairedSocket;
import dev.socketpair.SocketPairException;
import dev.socketpair.message.IncompleteMessageException;
import dev.socketpair.message.MessageConnection;
import dev.socketpair.message.MessageTooLargeException;
import org.jspecify.annotations.Nullable;

/**
 * One child: its process, our end towards it, and what it wrote to its standard error.
 * Whoever is told of its end learns how it ended.
 */
final class Child {

	/**
	 * Between the end of the stream and the exit; also for a child that only closes it.
	 */
	private static final long EXIT_FOLLOWS_END = TimeUnit.SECONDS.toNanos(1);

	/** A grandchild may hold standard error open, and callers are not to wait for it. */
	private static final long LAST_WORDS = TimeUnit.MILLISECONDS.toNanos(50);

	private final ChildSpecification specification;

	private final Process process;

	private final String token;

	private final ProcessTree tree;

	private final PairedSocket socket;

	private final MessageConnection connection;

	private final ChildFailures failures;

	private final Instant startedAt = Instant.now();

	private final long started = System.nanoTime();

	private final StandardErrorTail tail = new StandardErrorTail();

	private final List<OutputDrain> drains = new ArrayList<>();

	private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();

	/** Set before the exit is made known. */
	private volatile @Nullable Ending ending;

	/** Whether it has closed its end and still runs. */
	private volatile boolean hungUp;

	private volatile boolean stopRequested;

	private volatile boolean stopped;

	/** Whether somebody who received was told of the end. */
	private volatile boolean endTold;

	Child(ChildSpecification specification, Process process, String token, PairedSocket socket) {
		this.specification = specification;
		this.process = process;
		this.token = token;
		this.tree = new ProcessTree(process.toHandle());
		this.socket = socket;
		this.failures = new ChildFailures(specification, process.pid());
		this.connection = (specification.maxMessageSize() != null)
				? MessageConnection.over(socket, specification.framing(), specification.maxMessageSize())
				: MessageConnection.over(socket, specification.framing());
	}

	/**
	 * Start to read its standard output and error where they are logged.
	 */
	void drain() {
		if (this.specification.stdout() == Output.LOG && this.specification.attachment() != Attachment.STDIO) {
			this.drains.add(OutputDrain.start(this.specification.name(), "stdout", this.process.getInputStream(),
					Level.INFO, (line) -> {
					}));
		}
		if (this.specification.stderr() == Output.LOG) {
			this.drains.add(OutputDrain.start(this.specification.name(), "stderr", this.process.getErrorStream(),
					Level.WARNING, this.tail::add));
		}
	}

	long pid() {
		return this.process.pid();
	}

	/**
	 * Return what the variable {@code SOCKETPAIR_PROCESS} has in this child and in its
	 * descendants, and in no other process.
	 */
	String token() {
		return this.token;
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	PairedSocket socket() {
		return this.socket;
	}

	MessageConnection connection() {
		return this.connection;
	}

	ProcessTree tree() {
		return this.tree;
	}

	Instant startedAt() {
		return this.startedAt;
	}

	Duration age() {
		return Duration.ofNanos(System.nanoTime() - this.started);
	}

	List<String> standardErrorTail() {
		return this.tail.lines();
	}

	/**
	 * Wait for the process to end, and a little for its last words.
	 * @return how it ended
	 */
	ExitStatus awaitExit() throws InterruptedException {
		ExitStatus status = new ExitStatus(this.process.waitFor());
		long deadline = System.nanoTime() + LAST_WORDS;
		for (OutputDrain drain : this.drains) {
			drain.await(deadline - System.nanoTime());
		}
		return status;
	}

	/**
	 * Tell everybody who waits for this child that it has ended. What it wrote can still
	 * be received.
	 * @param ending how it ended
	 */
	void ended(Ending ending) {
		this.ending = ending;
		this.exit.complete(ending.status());
		try {
			// A grandchild may hold the other end, and then nobody else would.
			this.socket.shutdownOutput();
			this.socket.shutdownInput();
		}
		catch (IOException ex) {
			// Closed: nobody waits there.
		}
	}

	/**
	 * Change what is said about what comes.
	 */
	void ending(Ending ending) {
		this.ending = ending;
	}

	@Nullable Ending ending() {
		return this.ending;
	}

	/**
	 * Wait for the end to be known.
	 * @param nanoseconds how long
	 * @return whether it is
	 */
	boolean awaitEnding(long nanoseconds) throws InterruptedException {
		try {
			this.exit.get(nanoseconds, TimeUnit.NANOSECONDS);
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * From here on whoever sends is told that the process is being stopped, and the child
	 * sees the end of the stream.
	 */
	void halfClose() {
		this.stopRequested = true;
		try {
			this.connection.shutdownOutput();
		}
		catch (IOException ex) {
			// Closed, so it sees the end already.
		}
	}

	boolean isStopRequested() {
		return this.stopRequested;
	}

	/**
	 * The process was stopped. What the child wrote can be received until somebody has
	 * been told of its end.
	 */
	void stopped() {
		this.stopRequested = true;
		this.stopped = true;
		if (this.endTold) {
			discard();
		}
	}

	/**
	 * Close our end, with what the child wrote and nobody received.
	 */
	void discard() {
		try {
			this.connection.close();
		}
		catch (UncheckedIOException ex) {
			// It is closed all the same.
		}
	}

	@Nullable ByteBuffer receive(@Nullable Duration timeout) throws IOException {
		try {
			ByteBuffer message;
			try {
				message = receiveOnce(timeout);
			}
			catch (SocketPairException ex) {
				if (ex.errno() != Errno.ECONNRESET) {
					throw ex;
				}
				// Said once, because the child did not read all; what it wrote comes
				// after it.
				message = receiveOnce(timeout);
			}
			return (message != null) ? message : end();
		}
		catch (IncompleteMessageException ex) {
			throw explained(ex);
		}
		catch (SocketTimeoutException ex) {
			throw (timeout != null) ? this.failures.timedOut(ex, timeout)
					: this.failures.timedOut(ex, "read-timeout", this.socket.readTimeout());
		}
		catch (MessageTooLargeException ex) {
			throw this.failures.receivedTooLarge(ex);
		}
		catch (ProtocolException ex) {
			throw this.failures.malformed(ex);
		}
		catch (ClosedChannelException | SocketPairException ex) {
			throw failed(ex);
		}
	}

	private @Nullable ByteBuffer receiveOnce(@Nullable Duration timeout) throws IOException {
		return (timeout != null) ? this.connection.receive(timeout) : this.connection.receive();
	}

	void send(ByteBuffer message) throws IOException {
		try {
			this.connection.send(message);
		}
		catch (IOException ex) {
			throw sendFailed(ex);
		}
	}

	void sendAll(Collection<ByteBuffer> messages) throws IOException {
		try {
			this.connection.sendAll(messages);
		}
		catch (IOException ex) {
			throw sendFailed(ex);
		}
	}

	private IOException sendFailed(IOException failure) {
		if (failure instanceof SocketTimeoutException timedOut) {
			return this.failures.timedOut(timedOut, "write-timeout", this.socket.writeTimeout());
		}
		return (failure instanceof MessageTooLargeException tooLarge) ? this.failures.sentTooLarge(tooLarge)
				: failed(failure);
	}

	void shutdownOutput() throws IOException {
		try {
			this.connection.shutdownOutput();
		}
		catch (ClosedChannelException | SocketPairException ex) {
			throw failed(ex);
		}
	}

	/** The end of the stream: clean, unless the child failed. */
	private @Nullable ByteBuffer end() throws IOException {
		Ending known = knownEnding();
		this.hungUp = known == null;
		if (known != null) {
			this.endTold = true;
			if (this.stopped) {
				discard();
			}
			if (!known.isClean()) {
				throw known.exception(this.specification, null);
			}
		}
		return null;
	}

	/** A message that was cut is never a clean end. */
	private IOException explained(IncompleteMessageException failure) {
		Ending known = knownEnding();
		if (known == null) {
			return this.failures.incomplete(failure);
		}
		this.endTold = true;
		return known.exception(this.specification, failure);
	}

	private IOException failed(IOException failure) {
		if (failure instanceof SocketPairException exception && !isHangUp(exception.errno())) {
			return this.failures.refused(exception);
		}
		if (failure instanceof ClosedByInterruptException
				|| !(failure instanceof ClosedChannelException || failure instanceof SocketPairException)) {
			return failure;
		}
		if (this.stopRequested) {
			return notRunning(failure);
		}
		// Our end may have been closed while the child runs.
		boolean closedHere = failure instanceof ClosedChannelException && isAlive();
		Ending known = closedHere ? this.ending : knownEnding();
		if (known == null && !closedHere) {
			// Who sends again does not wait for the exit again.
			this.hungUp = true;
		}
		if (known != null) {
			return known.exception(this.specification, failure);
		}
		return (failure instanceof SocketPairException exception) ? this.failures.refused(exception) : failure;
	}

	private static boolean isHangUp(Errno errno) {
		return switch (errno) {
			case EPIPE, ECONNRESET, ECONNREFUSED, ENOTCONN -> true;
			default -> false;
		};
	}

	private IOException notRunning(IOException cause) {
		ProcessNotRunningException exception = new ProcessNotRunningException("Process '%s' %s"
			.formatted(this.specification.name(), this.stopped ? "was stopped" : "is being stopped"));
		exception.initCause(cause);
		return exception;
	}

	/** The end is there, or follows the hang-up soon, or the child lives on. */
	private @Nullable Ending knownEnding() {
		if (this.ending == null && !this.hungUp) {
			try {
				awaitEnding(EXIT_FOLLOWS_END);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
		return this.ending;
	}

}
