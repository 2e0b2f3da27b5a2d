package dev.socketpair.nio;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;

import dev.socketpair.Errno;
import dev.socketpair.LeakDetection;
import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairStatistics.Direction;
import dev.socketpair.SocketPairStatistics.End;
import dev.socketpair.SocketPairStatistics.OpenEnd;
import dev.socketpair.descriptor.Descriptor;
import dev.socketpair.descriptor.SafeLog;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.Platforms;
import dev.socketpair.libc.Sockopt;
import dev.socketpair.statistics.Counters;
import dev.socketpair.statistics.LiveTotals;
import dev.socketpair.statistics.QueueEnd;
import org.jspecify.annotations.Nullable;

/**
 * What the factory knows of one end, or of a duplicate of it: everything but the socket
 * object, so that an end that is lost can be noticed.
 */
final class EndState implements Descriptor.Owner, QueueEnd {

	/** The value in {@link OpenEnd} of a number that is not known. */
	static final int UNKNOWN = -1;

	static final Cleaner CLEANER = Cleaner.create();

	private static final SafeLog logger = new SafeLog(EndState.class);

	private final Pair pair;

	private final End end;

	private final Descriptor descriptor;

	private final Counters received;

	private final Counters sent;

	private volatile Cleaner.@Nullable Cleanable cleanable;

	EndState(Pair pair, End end, int number) {
		this.pair = pair;
		this.end = end;
		FactorySettings settings = pair.settings();
		this.descriptor = new Descriptor(settings.libc(), number, settings.wakesBySignal(), this);
		this.received = new Counters(settings.countsBytes() ? pair.totals().moved(end, Direction.RECEIVED) : null);
		this.sent = new Counters(settings.countsBytes() ? pair.totals().moved(end, Direction.SENT) : null);
	}

	Pair pair() {
		return this.pair;
	}

	Descriptor descriptor() {
		return this.descriptor;
	}

	@Override
	public Counters received() {
		return this.received;
	}

	@Override
	public Counters sent() {
		return this.sent;
	}

	SocketPairOptions options() {
		return this.pair.options();
	}

	/**
	 * Notice when the socket object of this end is lost.
	 * @param socket the object, to which this state has no reference
	 */
	void watchOver(Object socket) {
		if (this.pair.settings().leakDetection() != LeakDetection.DISABLED) {
			this.cleanable = CLEANER.register(socket, this::lost);
		}
	}

	private void lost() {
		if (!this.descriptor.isOpen()) {
			return;
		}
		close();
		this.pair.leaked();
	}

	/** Close the descriptor where no caller can be told how that fails. */
	void close() {
		try {
			this.descriptor.close();
		}
		catch (IOException ex) {
			logger.log(Level.DEBUG, "Closing " + this + " failed", ex);
		}
	}

	@Override
	public void closed() {
		Cleaner.Cleanable registered = this.cleanable;
		if (registered != null) {
			registered.clean();
		}
		this.pair.endClosed(this);
	}

	/**
	 * Duplicate this end.
	 * @return the state of the duplicate
	 * @throws IOException if the end is closed or the kernel refuses
	 */
	EndState duplicate() throws IOException {
		return this.pair.duplicateOpened(this.end, this.descriptor.duplicate());
	}

	/**
	 * Return whether another open socket stands for the same end.
	 */
	boolean hasDuplicates() {
		return this.pair.openSockets(this.end) > 1;
	}

	End end() {
		return this.end;
	}

	/**
	 * Return whether messages that this end receives carry a control message: a state of
	 * the open file description, which all duplicates share.
	 */
	boolean isTimestamped() {
		return this.pair.isTimestamped(this.end);
	}

	/**
	 * Remember whether messages carry a control message.
	 * @param timestamped whether they do
	 */
	void timestamped(boolean timestamped) {
		this.pair.timestamped(this.end, timestamped);
	}

	/**
	 * Refuse to go on with an end that is closed.
	 * @throws ClosedChannelException if it is
	 */
	void ensureOpen() throws ClosedChannelException {
		if (!isOpen()) {
			throw new ClosedChannelException();
		}
	}

	/**
	 * Make a call that does not block.
	 * @param operation the name of the call
	 * @param detail why it fails if it does, or {@code null}
	 * @param call the call
	 * @return what it returned
	 * @throws IOException if it failed, or this end is closed
	 */
	int call(String operation, @Nullable String detail, Call call) throws IOException {
		int result;
		int number = this.descriptor.enter();
		try {
			result = call.on(number);
		}
		finally {
			this.descriptor.leave();
		}
		if (result < 0) {
			throw failed(operation, result, detail);
		}
		return result;
	}

	/**
	 * Return several buffers as a vector, of a stream as many as a call can take.
	 * @param kind the kind of the socket
	 * @param operation the system call that the vector is for
	 * @param buffers the buffers
	 * @param offset the index of the first buffer
	 * @param length the number of buffers
	 * @throws SocketPairException if one message cannot have as many
	 */
	Transfer.Vector vector(Kind kind, String operation, ByteBuffer[] buffers, int offset, int length)
			throws SocketPairException {
		if (length > LinuxAbi.IOV_MAX && !kind.isStream()) {
			throw failed(operation, -Errno.EMSGSIZE.number(),
					"%s buffers, of which one message can have %s".formatted(length, LinuxAbi.IOV_MAX));
		}
		return new Transfer.Vector(this.descriptor.libc(), buffers, offset, Math.min(length, LinuxAbi.IOV_MAX));
	}

	/**
	 * Shut one direction down, {@code shutdown(2)}.
	 * @param kind the kind of the socket
	 * @param how which direction
	 * @throws IOException if the kernel refuses or this end is closed
	 */
	void shutDown(Kind kind, int how) throws IOException {
		call("shutdown", kind.domain.whyShutdownFails(), (number) -> this.descriptor.libc().shutdown(number, how));
	}

	/**
	 * Count a system call that failed.
	 * @param operation the name of the call
	 * @param result what it returned, the negated errno
	 * @param detail what it was asked to do, or {@code null}
	 * @return the exception to throw
	 */
	SocketPairException failed(String operation, long result, @Nullable String detail) {
		return counted(
				new SocketPairException(operation, (int) -result, (detail != null) ? detail : options().toString()));
	}

	@Override
	public SocketPairException counted(SocketPairException failure) {
		this.pair.settings().statistics().failed(options(), failure.operation(), failure.errnoNumber());
		return failure;
	}

	/**
	 * Describe this end.
	 * @param peer the other end, or {@code null} if it never was here
	 */
	OpenEnd snapshot(@Nullable EndState peer) {
		int available = available();
		// Of a peer that is here what it can receive is exact.
		boolean peerHeld = peer != null && peer.descriptor.isOpen();
		int charged = peerHeld ? UNKNOWN : unsent();
		boolean open = this.descriptor.isOpen();
		return new OpenEnd(open, open ? this.descriptor.number() : UNKNOWN, this.sent.bytes(), this.received.bytes(),
				open ? available : UNKNOWN, open ? charged : UNKNOWN);
	}

	@Override
	public boolean isOpen() {
		return this.descriptor.isOpen();
	}

	@Override
	public int available() {
		return amount((number) -> Sockopt.amount(this.descriptor.libc(), number, LinuxAbi.FIONREAD));
	}

	@Override
	public int unsent() {
		return amount((number) -> Platforms.CURRENT.unsentBytes(this.descriptor.libc(), number));
	}

	/**
	 * Ask for an amount, which is unknown if this end is closed or the kernel refuses.
	 */
	private int amount(Call question) {
		if (!isOpen()) {
			return UNKNOWN;
		}
		try {
			int number = this.descriptor.enter();
			try {
				return Math.max(UNKNOWN, question.on(number));
			}
			finally {
				this.descriptor.leave();
			}
		}
		catch (ClosedChannelException ex) {
			return UNKNOWN;
		}
	}

	@Override
	public String toString() {
		return "%s of %s".formatted(this.descriptor, this.pair);
	}

	/** The pair, as its ends use it. */
	interface Pair {

		FactorySettings settings();

		SocketPairOptions options();

		LiveTotals totals();

		void endClosed(EndState end);

		void leaked();

		/**
		 * Make the state of a duplicate.
		 * @param end the end
		 * @param number the descriptor of the duplicate
		 * @return the state
		 * @throws IOException if the pair was closed meanwhile
		 */
		EndState duplicateOpened(End end, int number) throws IOException;

		long openSockets(End end);

		boolean isTimestamped(End end);

		void timestamped(End end, boolean timestamped);

		/**
		 * Have the threads try again that wait for room at an end.
		 * @param end the end
		 */
		void wakeWriters(End end);

	}

	/** A system call that does not block. */
	@FunctionalInterface
	interface Call {

		int on(int number);

	}

}
