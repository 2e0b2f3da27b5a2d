package dev.socketpair.process;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.socketpair.PairedSocket;
import dev.socketpair.message.MessageConnection;
import dev.socketpair.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * A command that runs as a child process and holds one end of a socket pair, of which the
 * other end is held here. Made by {@link SocketPairProcessBuilder}. Safe for use by any
 * thread.
 * <p>
 * The exit of the child is noticed at once, also where a process that it started holds
 * its end of the pair open. Callers that wait for the child are released, and are told
 * how it ended. Where the {@link RestartPolicy} requires it, another child is started,
 * with a new pair.
 * <p>
 * If this process ends, in any way, the child sees the end of the stream. A child that
 * has none ({@code DGRAM}), or does not read, lives on.
 */
public interface SocketPairProcess extends AutoCloseable {

	/**
	 * What {@link #pid()} returns while no child runs.
	 */
	long NO_PID = -1;

	/**
	 * Return the name of this process.
	 * @return the name
	 */
	String name();

	/**
	 * Return what is run.
	 * @return the command and its arguments
	 */
	List<String> command();

	/**
	 * Start a child and watch it for its settle time, or until it sends something. A
	 * process that ended, gave up or was stopped can be started again. Does nothing where
	 * a child runs. If another thread is starting it, waits for that; if it waits to
	 * restart, the restart does not wait any longer.
	 * @throws ProcessStartException if the command cannot be started, if it exits with a
	 * failure, closes its end or cannot be initialized within its settle time, or if it
	 * is stopped meanwhile
	 * @throws dev.socketpair.SocketPairException if the pair cannot be made
	 * @throws java.io.InterruptedIOException if the thread is interrupted, in which case
	 * the child that it started is killed
	 * @throws IOException if the pair cannot be handed over. Nothing is left behind, with
	 * this exception or any other.
	 * @throws IllegalStateException if it is being stopped, or closed
	 */
	void start() throws IOException;

	/**
	 * {@link #stop()} and {@link #start()}, one thread after the other. To be called
	 * where a late answer would be taken for the next one.
	 * @throws IOException as {@link #start()}; then no child runs
	 * @throws IllegalStateException if another thread stops it, or it is closed
	 */
	void restart() throws IOException;

	/**
	 * Send {@code SIGKILL} to the child and its descendants, and wait until the child is
	 * gone: at most 10 seconds, or until the thread is interrupted, which stays
	 * interrupted. The child has failed then, and the restart policy applies. Does
	 * nothing where no child runs.
	 */
	void kill();

	/**
	 * Wait until a child runs with which messages can be exchanged. The process may be in
	 * any state, since another thread may start it.
	 * @param timeout how long to wait; zero does not wait
	 * @return whether one runs
	 * @throws IllegalArgumentException if the duration is negative
	 * @throws InterruptedException if the thread is interrupted
	 */
	boolean awaitRunning(Duration timeout) throws InterruptedException;

	/**
	 * Stop the child and start no other; returns when it is gone, and with it the
	 * descendants that it had. The child gets half of the stop time-out to end by itself
	 * when it sees the end of the stream, then {@code SIGTERM}, and after the other half
	 * {@code SIGKILL}; so do the descendants that are seen at these moments. One that has
	 * lost its parent is found by the variable {@code SOCKETPAIR_PROCESS}, which it
	 * inherits; with another environment it is not found. Before a restart the
	 * descendants of the child that ended are ended in the same way, and its output is
	 * read no more.
	 * <p>
	 * Messages of the child can still be received, until a caller has been told of its
	 * end. After that sending and receiving throw {@link ProcessNotRunningException}.
	 * <p>
	 * Several threads may stop at once, and listeners may. If the thread is interrupted,
	 * the child is killed without delay, and the thread stays interrupted. Does nothing
	 * where no child runs.
	 */
	void stop();

	/**
	 * Do as {@link #stop()} does, in another thread.
	 * @return completes when it is done
	 */
	CompletableFuture<Void> stopAsync();

	/**
	 * {@link #stop()} for good, and close our end with unread messages.
	 */
	@Override
	void close();

	/**
	 * Return what this process is doing.
	 * @return the state
	 */
	SocketPairProcessState state();

	/**
	 * Return whether a child runs.
	 * @return whether one does
	 */
	boolean isAlive();

	/**
	 * Return the number of the child that runs.
	 * @return the number, or {@link #NO_PID}
	 */
	long pid();

	/**
	 * Return our end towards the current child, or towards the last one. A restart brings
	 * another socket. To be used instead of {@link #messages()}, not beside it. When the
	 * child has exited, what it wrote can be read, then comes the end of the stream;
	 * writes fail with {@link dev.socketpair.Errno#EPIPE}. Of a socket that is given away
	 * ({@code release}, {@code toSocketChannel}) the supervision can do neither, and a
	 * child that is stopped is ended by {@code SIGTERM}.
	 * @return the socket, in blocking mode
	 * @throws IllegalStateException if it was not started
	 */
	PairedSocket socket();

	/**
	 * Return the messages to and from the child. It is one object for the life of this
	 * process, and serves the current child.
	 * <p>
	 * {@code receive} returns what the child wrote. After that it returns {@code null} if
	 * the child exited with 0, and otherwise throws {@link ProcessExitedException}. Where
	 * the child has closed its end and has not exited yet, a time-out is a
	 * {@link java.net.SocketTimeoutException}. So does {@code send} if the child has
	 * exited, with any status. A call that waits for a child is never served by the next
	 * one; no message is sent again, and unread messages are dropped when the next child
	 * starts. Between two children calls fail at once. Once there were too many restarts
	 * they throw {@link RestartsExhaustedException}, and before the start and after a
	 * stop {@link ProcessNotRunningException}.
	 * <p>
	 * A child with which nothing can be exchanged any more is ended: it has closed its
	 * end (also where it lives on), it broke the framing, or our end was closed, as an
	 * interrupt of a thread that reads or writes closes it. It gets 2 seconds to exit by
	 * itself. Then it counts as failed, unless it has closed its end and exited by
	 * itself, and is {@linkplain #isDown() down} until another serves. An interrupt of a
	 * thread that only waits for other callers of the same method does no harm.
	 * <p>
	 * {@code close} does nothing here, since all callers share these messages: use
	 * {@link #stop()}, {@link #restart()} or {@link #kill()} for the child.
	 * @return always the same object
	 */
	MessageConnection messages();

	/**
	 * Return the messages to and from the current child only, or the last one. There may
	 * be a restart between a request and its response. With {@link #messages()} the
	 * response is then awaited from the next child, which never got the request. Here
	 * that fails as {@link #messages()} does when a child has ended, also after the
	 * restart. {@code close} makes later calls on this object fail with
	 * {@link java.nio.channels.ClosedChannelException}, and does nothing to the child or
	 * to calls that are under way.
	 * @return an object for one exchange, or for as long as the child lives
	 * @throws ProcessNotRunningException if it was not started
	 */
	MessageConnection currentMessages() throws ProcessNotRunningException;

	/**
	 * Add a listener for events from now on, after those that the process was
	 * {@linkplain SocketPairProcessBuilder#listener built with}. It is never removed.
	 * @param listener the listener, which is called once for each time that it was added
	 * @throws UnsupportedOperationException if this is an implementation from before this
	 * method
	 */
	default void addListener(SocketPairProcessListener listener) {
		throw new UnsupportedOperationException("Process '%s' takes no listeners".formatted(Printable.message(name())));
	}

	/**
	 * Return how many children were started.
	 * @return a number
	 */
	long starts();

	/**
	 * Return how many of them were restarts.
	 * @return a number
	 */
	long restarts();

	/**
	 * Return how the children ended.
	 * @return how many of them ended with which status, those that were stopped included
	 */
	Map<ExitStatus, Long> exits();

	/**
	 * Return how the last child ended that did.
	 * @return the status, or {@code null} if none has
	 */
	@Nullable ExitStatus lastExit();

	/**
	 * Return whether the last child ended without a request to stop: it exited, or
	 * another process killed it.
	 * @return whether it did; {@code false} while a child runs, and before the first one
	 */
	boolean endedByItself();

	/**
	 * Return whether the child is missing: the last one ended by itself, and no other
	 * serves because its restart is waited for, because there were too many restarts, or
	 * because it failed and is not to be restarted; or it runs, and nothing can be
	 * exchanged with it any more. One that was never started, was stopped, or ended with
	 * success is not missing.
	 * @return whether it is
	 */
	default boolean isDown() {
		return switch (state()) {
			case WAITING_TO_RESTART, GAVE_UP -> true;
			case STOPPED -> {
				ExitStatus lastExit = lastExit();
				yield endedByItself() && lastExit != null && !lastExit.isSuccess();
			}
			case RUNNING, STARTING, STOPPING -> false;
		};
	}

	/**
	 * Return when the current child was started, or the last one.
	 * @return the time, or {@code null} if none was
	 */
	@Nullable Instant startedAt();

	/**
	 * Return the last lines that the current child wrote to its standard error, or the
	 * last one did. Of a longer line the beginning and the end are kept.
	 * @return at most 20 lines of at most 1024 characters, none where it is not
	 * {@linkplain Output#LOG logged}
	 */
	List<String> standardErrorTail();

}
