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
import java.util.concurrent.atomic.AtomicReference;

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

	/** Between the end of the stream and the exit of a child. */
	private static final long EXIT_FOLLOWS_END = TimeUnit.SECONDS.toNanos(1);

	/** As before, where the child does not exit by itself but has to be ended. */
	private static final long IS_ENDED = TimeUnit.SECONDS.toNanos(5);

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

	private final AtomicReference<@Nullable Breakdown> breakdown = new AtomicReference<>();

	/** To be run where a breakdown is noticed. */
	private volatile @Nullable Runnable alarm;

	/** Set before the exit is made known. */
	private volatile @Nullable Ending ending;

	/** Whether it has closed its end and still runs. */
	private volatile boolean hungUp;

	private volatile boolean stopRequested;

	private volatile boolean stopped;

	/** Whether its start was made known; guarded by the lock of the supervision. */
	private boolean startTold;

	/** Whether a message was received. */
	private volatile boolean heard;

	/** Whether somebody who received was told of the end. */
	private volatile boolean endTold;

	Child(ChildSpecification specification, Process process, String token, PairedSocket socket) {
		this.specification = specification;
		this.process = process;
		this.token = token;
		this.tree = new ProcessTree(process.toHandle(), new MarkedProcesses(token));
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
					OutputPipe.of(pid(), 1), Level.INFO, (line) -> {
					}));
		}
		if (this.specification.stderr() == Output.LOG) {
			this.drains.add(OutputDrain.start(this.specification.name(), "stderr", this.process.getErrorStream(),
					OutputPipe.of(pid(), 2), Level.WARNING, this.tail::add));
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
	 * Return whether it has said something since its start.
	 */
	boolean hasSpoken() {
		try {
			return this.heard || this.socket.available() > 0;
		}
		catch (IOException | UnsupportedOperationException ex) {
			return false;
		}
	}

	/**
	 * From now on a breakdown that a caller notices is told.
	 * @param alarm what to do then
	 */
	void alarm(Runnable alarm) {
		this.alarm = alarm;
	}

	/**
	 * Return why nothing can be exchanged with it any more, or {@code null} if that is
	 * not so, or it is stopped, or its end is known.
	 */
	@Nullable Breakdown breakdown() {
		Breakdown known = this.breakdown.get();
		if (known == null && !isOver()) {
			known = look();
			if (known != null && !isOver()) {
				this.breakdown.compareAndSet(null, known);
			}
		}
		return isOver() ? null : this.breakdown.get();
	}

	private boolean isOver() {
		return this.stopRequested || this.ending != null;
	}

	private @Nullable Breakdown look() {
		try {
			// What was given away is not known any more.
			return (!this.socket.isReleased() && this.socket.isHungUp()) ? Breakdown.CLOSED_BY_CHILD : null;
		}
		catch (ClosedChannelException ex) {
			return this.socket.isReleased() ? null : Breakdown.CLOSED_HERE;
		}
		catch (IOException ex) {
			return null;
		}
	}

	/**
	 * Kill it, which could not be prepared to serve.
	 */
	void initializationFailed(Throwable failure) {
		breakDown(new Breakdown("its initialization failed (%s)".formatted(failure), false));
		this.tree.look();
		this.tree.kill();
	}

	/** Return whether its start is to be made known now. */
	boolean tellStart() {
		boolean first = !this.startTold;
		this.startTold = true;
		return first;
	}

	/**
	 * Give back what it leaves: its descendants are ended, and its output is read no
	 * more.
	 * @param patience how long its descendants may take after {@code SIGTERM}
	 */
	void cleanUp(Duration patience) {
		this.tree.endDescendants(patience);
		this.drains.forEach(OutputDrain::close);
	}

	/** Note that nothing can be exchanged any more. */
	private void breakDown(@Nullable Breakdown noticed) {
		Runnable alarm = this.alarm;
		if (noticed != null && !isOver() && this.breakdown.compareAndSet(null, noticed) && alarm != null) {
			alarm.run();
		}
	}

	/**
	 * Wait for the process to end.
	 * @param nanoseconds how long
	 * @return whether it has
	 */
	boolean awaitExit(long nanoseconds) throws InterruptedException {
		return this.process.waitFor(nanoseconds, TimeUnit.NANOSECONDS);
	}

	/**
	 * Wait a little for the last words of a process that has ended.
	 * @return how it ended
	 */
	ExitStatus awaitLastWords() throws InterruptedException {
		ExitStatus status = new ExitStatus(this.process.exitValue());
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

	/** Have the child see the end of the stream. */
	void endOutput() {
		try {
			this.socket.shutdownOutput();
		}
		catch (IOException ex) {
			// Closed, so it sees the end already.
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
		long start = System.nanoTime();
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
				message = receiveOnce((timeout != null) ? left(timeout, start) : null);
			}
			if (message == null) {
				return end(timeout, start);
			}
			if (!this.heard) {
				this.heard = true;
			}
			return message;
		}
		catch (IncompleteMessageException ex) {
			throw explained(ex, timeout, start);
		}
		catch (SocketTimeoutException ex) {
			throw (timeout != null) ? this.failures.timedOut(ex, timeout)
					: this.failures.timedOut(ex, "read-timeout", this.socket.readTimeout());
		}
		catch (MessageTooLargeException ex) {
			throw this.failures.receivedTooLarge(ex);
		}
		catch (ProtocolException ex) {
			ProtocolException malformed = this.failures.malformed(ex);
			breakDown(new Breakdown("it broke the protocol: " + ex.getMessage(), false));
			throw malformed;
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

	private static Duration left(Duration timeout, long start) {
		Duration left = timeout.minusNanos(System.nanoTime() - start);
		return left.isNegative() ? Duration.ZERO : left;
	}

	/** The end of the stream: clean, unless the child failed. */
	private @Nullable ByteBuffer end(@Nullable Duration timeout, long start) throws IOException {
		Ending known = endingWithin(timeout, start);
		if (known == null) {
			if (this.stopRequested) {
				return null;
			}
			throw unknownEnd(timeout);
		}
		this.endTold = true;
		if (this.stopped) {
			discard();
		}
		if (!known.isClean()) {
			throw known.exception(this.specification, null);
		}
		return null;
	}

	/** A message that was cut is never a clean end. */
	private IOException explained(IncompleteMessageException failure, @Nullable Duration timeout, long start) {
		Ending known = endingWithin(timeout, start);
		if (known == null) {
			return this.failures.incomplete(failure);
		}
		this.endTold = true;
		return known.exception(this.specification, failure);
	}

	/** The child will not say any more: wait for the end, which is brought about. */
	private @Nullable Ending endingWithin(@Nullable Duration timeout, long start) {
		breakDown(Breakdown.CLOSED_BY_CHILD);
		long longest = this.stopRequested ? EXIT_FOLLOWS_END : IS_ENDED;
		Duration limit = (timeout != null) ? timeout : this.socket.readTimeout();
		if (limit != null && limit.compareTo(Duration.ofNanos(longest)) < 0) {
			longest = left(limit, start).toNanos();
		}
		return knownEnding(longest);
	}

	private IOException unknownEnd(@Nullable Duration timeout) {
		boolean limited = timeout != null || this.socket.readTimeout() != null;
		return limited
				? new SocketTimeoutException("Timed out while waiting for the exit of a child that has closed its end")
				: notRunning(null);
	}

	private IOException failed(IOException failure) {
		if (failure instanceof SocketPairException exception && !isHangUp(exception.errno())) {
			return this.failures.refused(exception);
		}
		if (failure instanceof ClosedByInterruptException) {
			breakDown(look());
			return failure;
		}
		if (!(failure instanceof ClosedChannelException || failure instanceof SocketPairException)) {
			return failure;
		}
		if (this.stopRequested) {
			return notRunning(failure);
		}
		breakDown(look());
		// Our end may have been closed while the child runs.
		boolean closedHere = failure instanceof ClosedChannelException && isAlive();
		Ending known = closedHere ? this.ending : knownEnding(EXIT_FOLLOWS_END);
		if (known == null && !closedHere) {
			// Who sends again does not wait for the exit again.
			this.hungUp = true;
		}
		if (known != null) {
			return known.exception(this.specification, failure);
		}
		if (this.breakdown.get() != null) {
			return notRunning(failure);
		}
		return (failure instanceof SocketPairException exception) ? this.failures.refused(exception) : failure;
	}

	private static boolean isHangUp(Errno errno) {
		return switch (errno) {
			case EPIPE, ECONNRESET, ECONNREFUSED, ENOTCONN -> true;
			default -> false;
		};
	}

	private IOException notRunning(@Nullable IOException cause) {
		Breakdown noticed = this.breakdown.get();
		String state = this.stopped ? "was stopped" : "is being stopped";
		if (!this.stopRequested && noticed != null) {
			state = "cannot be used any more and is being ended: " + noticed.reason();
		}
		ProcessNotRunningException exception = new ProcessNotRunningException(
				"Process '%s' %s".formatted(this.specification.name(), state));
		if (cause instanceof SocketPairException) {
			exception.addSuppressed(cause);
		}
		else if (cause != null) {
			exception.initCause(cause);
		}
		return exception;
	}

	/** The end is there, or follows the hang-up soon. */
	private @Nullable Ending knownEnding(long longest) {
		if (this.ending == null && !this.hungUp) {
			try {
				awaitEnding(longest);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
		return this.ending;
	}

}
