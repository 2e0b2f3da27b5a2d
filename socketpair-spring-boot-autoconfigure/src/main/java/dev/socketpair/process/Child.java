package dev.socketpair.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketpair.PairedSocket;
import dev.socketpair.message.MessageConnection;
import dev.socketpair.process.ChildSpecification.Link;
import dev.socketpair.process.output.ChildOutput;
import org.jspecify.annotations.Nullable;

/**
 * One child: its process and descendants, our end towards it, its output, and how it
 * exited. Safe for use by any thread.
 * <p>
 * It goes one way: it runs; a breakdown or a request to stop may be noted; the process
 * exits; the exit is made {@linkplain #exited known}. {@link ChildMessages} exchanges
 * messages with it, and {@link SupervisionState} decides what comes after it.
 */
final class Child {

	/** A descendant may hold standard error open, and callers must not wait for it. */
	private static final long LAST_OUTPUT = TimeUnit.MILLISECONDS.toNanos(50);

	private final Process process;

	private final String token;

	private final ProcessTree tree;

	private final PairedSocket socket;

	private final MessageConnection connection;

	private final ChildOutput output;

	private final Instant startedAt = Instant.now();

	private final long started = System.nanoTime();

	/** Counted down when the exit was made known. */
	private final CountDownLatch exitKnown = new CountDownLatch(1);

	/** Set once. */
	private final AtomicReference<@Nullable Breakdown> breakdown = new AtomicReference<>();

	/** Run in the thread that notes a breakdown. */
	private volatile @Nullable Runnable breakdownListener;

	/** Set before the exit is made known; replaced when its outlook changes. */
	private volatile @Nullable ChildExit exit;

	private volatile boolean stopRequested;

	private volatile boolean stopped;

	private volatile boolean messageReceived;

	/** Whether a caller that received was told of the exit. */
	private volatile boolean exitReported;

	Child(ChildSpecification specification, Process process, String token, PairedSocket socket) {
		Link link = specification.link();
		this.process = process;
		this.token = token;
		this.tree = new ProcessTree(process.toHandle(), new MarkedProcesses(token));
		this.socket = socket;
		this.output = new ChildOutput(specification.name(), process);
		this.connection = (link.maxMessageSize() != null)
				? MessageConnection.over(socket, link.framing(), link.maxMessageSize())
				: MessageConnection.over(socket, link.framing());
	}

	long pid() {
		return this.process.pid();
	}

	/**
	 * Return the value that the variable {@code SOCKETPAIR_PROCESS} has in this child and
	 * in its descendants, and in no other process.
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

	ChildOutput output() {
		return this.output;
	}

	Instant startedAt() {
		return this.startedAt;
	}

	Duration age() {
		return Duration.ofNanos(System.nanoTime() - this.started);
	}

	/**
	 * Return whether it has sent anything since its start.
	 */
	boolean hasSpoken() {
		try {
			return this.messageReceived || this.socket.available() > 0;
		}
		catch (IOException | UnsupportedOperationException ex) {
			return false;
		}
	}

	/** Note that a caller has received a message. */
	void messageReceived() {
		// A store for each message would cost the other processors the cache line.
		if (!this.messageReceived) {
			this.messageReceived = true;
		}
	}

	/**
	 * Set the listener for a breakdown that a caller notes.
	 * @param listener runs in the caller's thread
	 */
	void onBreakdown(Runnable listener) {
		this.breakdownListener = listener;
	}

	/**
	 * Return why nothing can be exchanged with it any more; the kernel is asked where
	 * that is not known yet.
	 * @return the breakdown, or {@code null} if there is none, or the child is being
	 * stopped, or its exit is known
	 */
	@Nullable Breakdown breakdown() {
		if (isOver()) {
			return null;
		}
		if (this.breakdown.get() == null) {
			Breakdown found = pollBreakdown();
			if (found == null || isOver()) {
				return null;
			}
			this.breakdown.compareAndSet(null, found);
		}
		return isOver() ? null : this.breakdown.get();
	}

	/**
	 * Return the breakdown that was noted, also where the child is being stopped or has
	 * exited.
	 */
	@Nullable Breakdown notedBreakdown() {
		return this.breakdown.get();
	}

	private boolean isOver() {
		return this.stopRequested || this.exit != null;
	}

	/**
	 * Ask the kernel why nothing can be exchanged any more.
	 * @return the reason, or {@code null} if none is seen
	 */
	@Nullable Breakdown pollBreakdown() {
		try {
			// Of a socket that was released nothing is known any more.
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
	 * Note that nothing can be exchanged any more.
	 * @param noticed why, or {@code null} for nothing to note
	 */
	void breakDown(@Nullable Breakdown noticed) {
		Runnable listener = this.breakdownListener;
		if (noticed != null && !isOver() && this.breakdown.compareAndSet(null, noticed) && listener != null) {
			listener.run();
		}
	}

	/**
	 * Kill a child that could not be prepared to serve.
	 */
	void initializationFailed(Throwable failure) {
		breakDown(new Breakdown("its initialization failed (%s)".formatted(failure), false));
		this.tree.discover();
		this.tree.kill();
	}

	/**
	 * Wait for the process to exit.
	 * @param nanoseconds how long to wait at most
	 * @return whether it has exited
	 */
	boolean awaitProcessExit(long nanoseconds) throws InterruptedException {
		return this.process.waitFor(nanoseconds, TimeUnit.NANOSECONDS);
	}

	/**
	 * Wait a little for the last output of a process that has exited.
	 * @return how it exited
	 */
	ExitStatus awaitLastOutput() throws InterruptedException {
		this.output.awaitEnd(LAST_OUTPUT);
		return status();
	}

	/**
	 * Return how the process exited.
	 * @throws IllegalThreadStateException if it has not
	 */
	ExitStatus status() {
		return new ExitStatus(this.process.exitValue());
	}

	/**
	 * Make the exit known, and release the callers that wait for this child. What it sent
	 * can still be received.
	 * @param exit how it exited
	 */
	void exited(ChildExit exit) {
		this.exit = exit;
		this.exitKnown.countDown();
		try {
			// A descendant may hold the other end open, and would keep callers waiting.
			this.socket.shutdownOutput();
			this.socket.shutdownInput();
		}
		catch (IOException ex) {
			// It is closed, and releases callers by that.
		}
	}

	/**
	 * Replace the exit, whose outlook has changed.
	 */
	void exit(ChildExit exit) {
		this.exit = exit;
	}

	@Nullable ChildExit exit() {
		return this.exit;
	}

	/**
	 * Wait for the exit to be made known.
	 * @param nanoseconds how long to wait at most
	 * @return whether it is known
	 */
	boolean awaitExit(long nanoseconds) throws InterruptedException {
		return this.exitKnown.await(nanoseconds, TimeUnit.NANOSECONDS);
	}

	/** Send the end of the stream to the child. */
	void endOutput() {
		try {
			this.socket.shutdownOutput();
		}
		catch (IOException ex) {
			// It is closed, and the child sees the end already.
		}
	}

	/**
	 * Send the end of the stream to the child. From here on senders are told that the
	 * process is being stopped.
	 */
	void halfClose() {
		this.stopRequested = true;
		try {
			this.connection.shutdownOutput();
		}
		catch (IOException ex) {
			// It is closed, and the child sees the end already.
		}
	}

	boolean isStopRequested() {
		return this.stopRequested;
	}

	boolean isStopped() {
		return this.stopped;
	}

	/**
	 * Note that the process was stopped. What the child sent can be received until a
	 * caller was told of its exit.
	 */
	void stopped() {
		this.stopRequested = true;
		this.stopped = true;
		if (this.exitReported) {
			discard();
		}
	}

	/** Note that a caller was told of the exit. */
	void exitReported() {
		this.exitReported = true;
		if (this.stopped) {
			discard();
		}
	}

	/**
	 * Release what it leaves behind: its descendants are ended, and its output is not
	 * read any more.
	 * @param patience how long its descendants may take after {@code SIGTERM}
	 */
	void cleanUp(Duration patience) {
		try {
			this.tree.endDescendants(patience);
		}
		finally {
			this.output.close();
		}
	}

	/**
	 * Close our end, with unread messages.
	 */
	void discard() {
		try {
			this.connection.close();
		}
		catch (UncheckedIOException ex) {
			// It is closed all the same.
		}
	}

}
