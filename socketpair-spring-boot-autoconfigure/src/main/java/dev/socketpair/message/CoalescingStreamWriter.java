package dev.socketpair.message;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.TimeUnit;

import dev.socketpair.PairedSocket;
import org.jspecify.annotations.Nullable;

/**
 * Writes messages to a stream, those of several senders in one call.
 * <p>
 * <b>Which thread writes.</b> A sender adds its message to the {@link SendQueue}. If no
 * thread writes, it becomes the leader ({@link Leader}), takes the queue as one batch and
 * writes it. Messages that are added meanwhile leave in the next call, which the same
 * leader makes if it can, as in flat combining (Hendler, Incze, Shavit and Tzafrir, SPAA
 * 2010). A message of more than {@value Batch#LARGEST_COPIED} bytes is not copied: its
 * sender leads exclusively, as does {@link #sendAll}, and writes the queue before it.
 * <p>
 * <b>When send returns.</b> A message is <em>handed over</em>, and {@code send} returns
 * at once, if a leader is sure to write it and will surely not be blocked by it: the
 * kernel has headroom ({@link SendHeadroom}), nothing is to be finished first, and no
 * write time-out is set, because then each sender is told about its own message. Else the
 * sender waits for its own message, or for the leadership. A leader never waits for room
 * on behalf of others: it is the peer that makes room, and the peer may be waiting for
 * the leader to receive an answer. So the leader combines only what was handed over, and
 * without headroom a batch ends with the first message whose sender waits.
 * <p>
 * With a write time-out messages still leave together, but each sender waits, as it does
 * with the {@link PlainStreamWriter}. The two writers do not take turns on one socket
 * when its time-out changes: they would have to share the order of messages and the rest
 * of one that was cut, which is most of this class.
 * <p>
 * <b>State.</b> The lock of the leadership guards the queue and the leadership. The
 * {@link StreamOutput}, the batch that was taken and the state of {@link Leader} belong
 * to the leader. No system call of the socket is made with the lock, except that headroom
 * is asked for, which does not block. Each leader ends its leadership in a finally block,
 * and what runs before that with the lock cannot fail: otherwise all senders would hang.
 * <p>
 * <b>Failures.</b> A failed write concerns the leader and the senders in its batch that
 * wait ({@link SendFailures}). Messages that were handed over and the rest of a message
 * that was cut are kept by the output, and leave before anything else.
 * <p>
 * <b>Numbers.</b> Measured with the benchmark {@code MessageBenchmark.oneByOne}
 * ({@code benchmarks/run --only messages}) and, because that spreads on a busy machine,
 * by the processor time of the same eight senders of 64 bytes on two cores: 1 700 ns a
 * message, and 2 350 ns with the plain writer (medians of five runs, JDK 25, foreign).
 * <ul>
 * <li>{@value Leadership#COMBINING_LIMIT} batches of followers before the leader gives
 * way to a thread that waits to lead: a millisecond or less. A change of the leader costs
 * as much as a few batches: 2 450 ns with a limit of 16.</li>
 * <li>{@value Leadership#SPINS} attempts to take the lock before parking: it is held for
 * some nanoseconds, and parking and waking takes microseconds. 1 830 ns without.</li>
 * <li>{@value #YIELDS} yields before a sender parks: a write seldom lasts as long as
 * parking and waking, and the thread that runs instead may add to the next batch. 1 920
 * ns without; both of these differences are within the spread.</li>
 * <li>{@value Batch#LARGEST_COPIED} bytes at most are copied.</li>
 * </ul>
 */
final class CoalescingStreamWriter implements StreamWriter {

	/** How often a sender yields before it parks. */
	private static final int YIELDS = 32;

	/** How long {@link #awaitHandedOver()} waits while nothing moves, in nanoseconds. */
	private static final long DRAIN_TIMEOUT = TimeUnit.MILLISECONDS.toNanos(100);

	/** The end of a message that is not in the queue. */
	private static final long NOT_QUEUED = -1;

	private final PairedSocket socket;

	private final WireFormat format;

	private final Leadership leadership = new Leadership();

	private final StreamOutput output;

	private final SendQueue queue;

	private final Leader leader;

	CoalescingStreamWriter(PairedSocket socket, WireFormat format) {
		this.socket = socket;
		this.format = format;
		this.output = new StreamOutput(socket, format);
		this.queue = new SendQueue(socket, format, this.output);
		this.leader = new Leader(this.leadership, this.queue, this.output);
	}

	@Override
	public void send(ByteBuffer message) throws IOException {
		long size = this.format.sizeOf(message);
		if (size > Batch.LARGEST_COPIED) {
			sendAll(message);
			return;
		}
		InterruptibleLock.ensureUsable(this.socket);
		long end = NOT_QUEUED;
		Batch batch = null;
		this.leadership.lock();
		try {
			awaitRoom((int) size);
			boolean handedOver = canHandOver(size);
			end = this.queue.add(message, (int) size, handedOver);
			if (handedOver) {
				message.position(message.limit());
				return;
			}
			if (!this.leadership.isHeldOrAwaited() || this.socket.writeTimeout() == null) {
				batch = awaitLeadership(end);
			}
		}
		catch (InterruptedException ex) {
			throw interrupted(size, end);
		}
		finally {
			this.leadership.unlock();
		}
		if (batch != null) {
			this.leader.lead(batch);
		}
		awaitCompletion(size, end);
		message.position(message.limit());
	}

	/** With the lock. */
	private void awaitRoom(int size) throws IOException, InterruptedException {
		while (!this.queue.hasRoomFor(size)) {
			if (!this.socket.isOpen()) {
				throw new AsynchronousCloseException();
			}
			if (this.leadership.isHeldOrAwaited()) {
				this.leadership.await();
			}
			else {
				makeRoom();
			}
		}
	}

	/**
	 * With the lock, which is released meanwhile: write the messages that a failed leader
	 * has left in the queue.
	 */
	private void makeRoom() throws IOException {
		Batch batch = this.leader.begin(this.queue.take());
		this.leadership.unlock();
		try {
			this.leader.write(batch);
		}
		catch (SocketTimeoutException ex) {
			// Nothing of the message of this sender was.
			ex.bytesTransferred = 0;
			throw ex;
		}
		finally {
			this.leadership.lock();
			this.leader.end();
		}
	}

	/**
	 * With the lock: return whether a leader is sure to write another message, and will
	 * not be blocked by it.
	 */
	private boolean canHandOver(long size) {
		return this.leadership.hasTaker() && !this.output.hasUnfinished() && this.socket.writeTimeout() == null
				&& this.queue.hasHeadroomFor(size);
	}

	/**
	 * With the lock: wait until this thread leads or its message is done with.
	 * @param end where the message ends
	 * @return the batch to write as the leader, or {@code null}
	 */
	private @Nullable Batch awaitLeadership(long end) throws InterruptedException {
		this.leadership.beginWaiting();
		try {
			while (this.leadership.isClosed() && this.queue.completed() < end) {
				this.leadership.await();
			}
		}
		finally {
			this.leadership.endWaiting();
		}
		// Messages may have been handed over because this thread waited to lead.
		if (this.queue.completed() < end || (!this.leadership.isHeld() && this.queue.isHandedOver())) {
			return this.leader.begin(this.queue.take());
		}
		// Other threads may wait because it did.
		this.leadership.signal();
		return null;
	}

	/** Wait until a message is done with, and lead if no other thread does. */
	private void awaitCompletion(long size, long end) throws IOException {
		for (int i = 0; this.queue.completed() < end; i++) {
			if (tryToLead(end)) {
				continue;
			}
			if (i < YIELDS) {
				Thread.yield();
			}
			else {
				park(size, end);
			}
		}
		if (this.queue.hasFailures()) {
			this.leadership.lock();
			try {
				this.queue.check(size, end);
			}
			finally {
				this.leadership.unlock();
			}
		}
	}

	private boolean tryToLead(long end) throws ClosedByInterruptException {
		if (this.leadership.isHeld()) {
			return false;
		}
		Batch batch;
		this.leadership.lock();
		try {
			if (this.leadership.isHeldOrAwaited() || this.queue.completed() >= end) {
				return false;
			}
			batch = this.leader.begin(this.queue.take());
		}
		finally {
			this.leadership.unlock();
		}
		this.leader.lead(batch);
		return true;
	}

	private void park(long size, long end) throws InterruptedIOException {
		this.leadership.lock();
		try {
			while (this.leadership.isHeldOrAwaited() && this.queue.completed() < end) {
				this.leadership.await();
			}
		}
		catch (InterruptedException ex) {
			throw interrupted(size, end);
		}
		finally {
			this.leadership.unlock();
		}
	}

	@Override
	public void sendAll(ByteBuffer... messages) throws IOException {
		InterruptibleLock.ensureUsable(this.socket);
		Batch batch = leadExclusively(messages);
		try {
			for (ByteBuffer message : messages) {
				if (!batch.hasRoomFor(message)) {
					this.leader.write(batch);
				}
				batch.append(message);
			}
			this.leader.write(batch);
		}
		catch (IOException ex) {
			long sent = this.leader.written();
			this.leader.giveUp(batch, ex);
			throw this.output.incomplete(ex, sent, messages);
		}
		catch (RuntimeException | Error ex) {
			this.leader.giveUp(batch, ex);
			throw ex;
		}
		StreamOutput.moveToLimit(messages);
		this.leader.finish();
	}

	/** Return the messages that leave before those of this thread. */
	private Batch leadExclusively(ByteBuffer... messages) throws IOException {
		long size = 0;
		for (ByteBuffer message : messages) {
			size += this.format.sizeOf(message);
		}
		this.leadership.lock();
		try {
			this.leadership.awaitExclusively();
			this.queue.untracked(size);
			return this.leader.begin(this.queue.takeAll());
		}
		catch (InterruptedException ex) {
			throw interrupted(size, NOT_QUEUED);
		}
		finally {
			this.leadership.unlock();
		}
	}

	/**
	 * With the lock: this thread was interrupted while it waited for others. If its
	 * message is in the queue, it leaves with those of others.
	 * @param size the size of the message
	 * @param end where it ends, or {@link #NOT_QUEUED}
	 * @return the exception to throw
	 */
	private InterruptedIOException interrupted(long size, long end) {
		try {
			this.queue.abandon(size, end);
			if (!this.leadership.isHeldOrAwaited() && this.queue.isHandedOver() && this.queue.hasHeadroomFor(0)) {
				// Messages were handed over because this thread waited to lead.
				this.leader.leadHandedOver();
			}
		}
		finally {
			// Other threads may wait because this one did.
			this.leadership.signal();
		}
		return InterruptibleLock.interrupted();
	}

	@Override
	public void awaitHandedOver() {
		this.leadership.lock();
		try {
			long end = this.queue.handedOverEnd();
			long before = this.queue.completed() - 1;
			while (isMoving(end, before)) {
				before = this.queue.completed();
				long left = DRAIN_TIMEOUT;
				while (this.leadership.isHeldOrAwaited() && this.queue.completed() == before && left > 0) {
					left = this.leadership.await(left);
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.leadership.unlock();
		}
	}

	private boolean isMoving(long end, long before) {
		long completed = this.queue.completed();
		return this.leadership.isHeldOrAwaited() && completed < end && completed != before && this.socket.isOpen();
	}

}
