package dev.socketpair.message;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketpair.PairedSocket;
import org.jspecify.annotations.Nullable;

/**
 * Writes messages to a stream. While one thread writes, the small messages of others
 * gather, and that thread writes them too, in its next call: the others do not wait for
 * it, unless the socket has a write time-out, of which each of them is to be told, or the
 * kernel may have no room. That thread would be blocked then for what is not its own, and
 * the peer may be waiting for it: to receive a reply, say.
 * <p>
 * Gathered bytes are counted from the beginning, so that a thread sees from the number of
 * those that are done with whether its message is among them.
 */
final class MessageWriter {

	/** A larger message is written from where it is, and by its own thread. */
	private static final int LARGEST_GATHERED = 8 * 1024;

	/**
	 * How many batches of others a thread writes before one of them takes over: a
	 * millisecond, or less.
	 */
	private static final int LARGEST_DUTY = 256;

	/** How long {@link #awaitHandedOver()} waits while nothing moves, in nanoseconds. */
	private static final long LINGER = TimeUnit.MILLISECONDS.toNanos(100);

	/** The lock is held for some nanoseconds, and parking takes microseconds. */
	private static final int SPINS = 100;

	/**
	 * How often a thread gives way before it parks: a write seldom lasts as long as
	 * parking and waking does, and whoever runs instead may add to the next one.
	 */
	private static final int YIELDS = 32;

	/** The end of a message of which nothing was gathered. */
	private static final long NOT_GATHERED = -1;

	private final PairedSocket socket;

	private final WireFormat format;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition progress = this.lock.newCondition();

	private final KernelRoom room;

	/** What leaves next; guarded by the lock. */
	private Batch gathering;

	/**
	 * The other batch; guarded by the lock, or the writing thread's while there is one.
	 */
	private Batch spare;

	/** Whether a thread writes; changed with the lock. */
	private volatile boolean writing;

	/** How many batches of others it has written; guarded by the lock. */
	private int duty;

	/** How many threads wait to write their own; guarded by the lock. */
	private int waitingToWrite;

	/** How many of these have not gathered what they send; guarded by the lock. */
	private int waitingWithMore;

	/** How many bytes were gathered; guarded by the lock. */
	private long gathered;

	/** How many of these are done with; changed with the lock. */
	private volatile long done;

	/** Where the last message ends that nobody waits for; guarded by the lock. */
	private long lastHandedOver;

	/** Guarded by the lock. */
	private final SendFailures failures = new SendFailures();

	/**
	 * Messages in the batch that is being written, whose senders were interrupted while
	 * they waited; guarded by the lock.
	 */
	private final List<Abandoned> abandoned = new ArrayList<>();

	/** Up to where the gathered bytes are in the batch; the writing thread's. */
	private long gatheredInBatch;

	/** How many bytes have left that the writing thread has added; that thread's. */
	private long ownWritten;

	/**
	 * What a failed write has left: the rest of a message that was cut, and messages that
	 * nobody waits for. Changed by the writing thread.
	 */
	private volatile @Nullable ByteBuffer unfinished;

	MessageWriter(PairedSocket socket, WireFormat format) {
		this.socket = socket;
		this.format = format;
		this.room = new KernelRoom(socket);
		this.gathering = new Batch(format);
		this.spare = new Batch(format);
	}

	void send(ByteBuffer message) throws IOException {
		long size = sizeOf(message);
		if (size > LARGEST_GATHERED) {
			sendAll(message);
			return;
		}
		ensureUsable();
		Batch batch = null;
		long end = NOT_GATHERED;
		lock();
		try {
			awaitRoom((int) size);
			boolean handedOver = canHandOver(size);
			this.gathering.add(message, handedOver);
			this.gathered += size;
			this.room.take(size);
			end = this.gathered;
			if (handedOver) {
				this.lastHandedOver = end;
				message.position(message.limit());
				return;
			}
			if (!isBusy() || this.socket.writeTimeout() == null) {
				batch = awaitTurnToWrite(end);
			}
		}
		catch (InterruptedException ex) {
			throw interrupted(size, end);
		}
		finally {
			this.lock.unlock();
		}
		if (batch != null) {
			writeOnDuty(batch);
		}
		for (int i = 0; this.done < end; i++) {
			if (!tryToWrite(end)) {
				giveWay(i, size, end);
			}
		}
		if (!this.failures.isEmpty()) {
			lock();
			try {
				this.failures.check(end - size, end);
			}
			finally {
				this.lock.unlock();
			}
		}
		message.position(message.limit());
	}

	private long sizeOf(ByteBuffer message) {
		int length = message.remaining();
		return (long) length + this.format.headerSize(length) + this.format.trailerSize();
	}

	/** With the lock. */
	private void awaitRoom(int size) throws IOException, InterruptedException {
		while (!this.gathering.hasRoomFor(size)) {
			if (!this.socket.isOpen()) {
				throw new AsynchronousCloseException();
			}
			if (isBusy()) {
				this.progress.await();
				continue;
			}
			// A failure has left it there.
			Batch batch = beginWriting(endOfCall());
			this.lock.unlock();
			try {
				writeAndSettle(batch);
			}
			catch (SocketTimeoutException ex) {
				ex.bytesTransferred = 0;
				throw ex;
			}
			finally {
				lock();
				endWriting();
			}
		}
	}

	/** With the lock: whether somebody writes or is to. */
	private boolean isBusy() {
		return this.writing || this.waitingToWrite > 0;
	}

	/**
	 * With the lock: whether there is somebody who will write another message too, and
	 * will not be blocked by it.
	 */
	private boolean canHandOver(long size) {
		boolean taker = this.waitingWithMore > 0
				|| (this.writing && (this.duty < LARGEST_DUTY || this.waitingToWrite > 0));
		return taker && this.unfinished == null && this.socket.writeTimeout() == null
				&& this.room.isSureFor(size, this.done, this.gathered - this.done);
	}

	/** Write what was gathered, unless somebody else writes or is to. */
	private boolean tryToWrite(long end) throws IOException {
		if (this.writing) {
			return false;
		}
		Batch batch;
		lock();
		try {
			if (isBusy() || this.done >= end) {
				return false;
			}
			batch = beginWriting(endOfCall());
		}
		finally {
			this.lock.unlock();
		}
		writeOnDuty(batch);
		return true;
	}

	/** Write a batch, and then what others have handed over. */
	private void writeOnDuty(Batch batch) throws IOException {
		Throwable failure = write(batch);
		lock();
		try {
			settle(batch, batch.written(), failure);
			if (failure == null) {
				failure = writeHandedOver();
			}
		}
		finally {
			endWriting();
			this.lock.unlock();
		}
		throwIfInterrupted(failure);
	}

	/** Who else is concerned, maybe this thread too, learns it from the failures. */
	private static void throwIfInterrupted(@Nullable Throwable failure) throws ClosedByInterruptException {
		if (failure instanceof ClosedByInterruptException interrupted) {
			throw interrupted;
		}
	}

	/**
	 * With the lock: write what was handed over, but nothing that may block. Who waits
	 * waits less long than it takes to wake it for each batch.
	 */
	private @Nullable Throwable writeHandedOver() {
		Throwable failure = null;
		while (failure == null && this.waitingWithMore == 0 && this.gathering.isHandedOver()
				&& (this.waitingToWrite == 0 || this.duty < LARGEST_DUTY)) {
			Batch batch = turn(this.gathered);
			this.duty++;
			this.lock.unlock();
			try {
				failure = write(batch);
			}
			finally {
				lock();
			}
			settle(batch, batch.written(), failure);
		}
		return failure;
	}

	/**
	 * With the lock.
	 * @param end how much to write
	 */
	private Batch beginWriting(long end) {
		try {
			// Before this thread is said to write, for there may be no memory.
			Batch batch = turn(end);
			this.writing = true;
			this.duty = 0;
			this.ownWritten = 0;
			return batch;
		}
		finally {
			if (!this.writing) {
				// Others may wait for what this thread was to do.
				this.progress.signalAll();
			}
		}
	}

	/** With the lock: how much of what was gathered leaves in one call. */
	private long endOfCall() {
		if (this.gathering.count() <= 1 || this.room.isSureFor(0, this.done, this.gathered - this.done)) {
			return this.gathered;
		}
		// Who waits for the first is not to wait for room for the others, too.
		return this.gathered - this.gathering.sizeBehindFirstAwaited();
	}

	/**
	 * With the lock: turn from gathering to writing.
	 * @param end how much to write
	 */
	private Batch turn(long end) {
		Batch batch = this.gathering;
		if (end < this.gathered) {
			batch.moveLast((int) (this.gathered - end), this.spare);
		}
		this.gathering = this.spare;
		this.spare = batch;
		this.gatheredInBatch = end;
		this.room.nextCall();
		// There is room again.
		this.progress.signalAll();
		return batch;
	}

	/** With the lock. */
	private void endWriting() {
		this.writing = false;
		if (this.gathering.isEmpty()) {
			// The same memory again, which the processor has at hand.
			Batch batch = this.spare;
			this.spare = this.gathering;
			this.gathering = batch;
		}
		this.progress.signalAll();
	}

	/** Wait, at first not for long. */
	private void giveWay(int times, long size, long end) throws InterruptedIOException {
		if (times < YIELDS) {
			Thread.yield();
			return;
		}
		lock();
		try {
			while (isBusy() && this.done < end) {
				this.progress.await();
			}
		}
		catch (InterruptedException ex) {
			throw interrupted(size, end);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait until the messages have left that others are to write, as long as they move.
	 */
	void awaitHandedOver() {
		lock();
		try {
			long end = this.lastHandedOver;
			long before = this.done - 1;
			while (isBusy() && this.done < end && this.done != before && this.socket.isOpen()) {
				before = this.done;
				long left = LINGER;
				while (isBusy() && this.done == before && left > 0) {
					left = this.progress.awaitNanos(left);
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Send messages together, after what was gathered.
	 * @param messages the messages; the positions of those that were written are moved
	 * @throws IOException if not all of them were written
	 */
	void sendAll(ByteBuffer... messages) throws IOException {
		ensureUsable();
		Batch batch = beginWritingInTurn(messages);
		boolean completed = false;
		try {
			for (ByteBuffer message : messages) {
				add(message, batch);
			}
			if (!batch.isEmpty() || messages.length == 0) {
				// Otherwise the last message was large, and all has left.
				writeAndSettle(batch);
			}
			completed = true;
		}
		catch (IOException ex) {
			moveBehindWritten(messages);
			if (ex instanceof SocketTimeoutException timedOut) {
				timedOut.bytesTransferred = (int) Math.min(this.ownWritten, Integer.MAX_VALUE);
			}
			throw ex;
		}
		finally {
			if (!completed) {
				abandon(batch);
			}
		}
		for (ByteBuffer message : messages) {
			message.position(message.limit());
		}
		throwIfInterrupted(endSendingAll());
	}

	private @Nullable Throwable endSendingAll() {
		lock();
		try {
			this.room.untracked(0);
			return writeHandedOver();
		}
		finally {
			endWriting();
			this.lock.unlock();
		}
	}

	private Batch beginWritingInTurn(ByteBuffer... messages) throws IOException {
		long size = 0;
		for (ByteBuffer message : messages) {
			size += sizeOf(message);
		}
		lock();
		try {
			awaitTurnToWriteMore();
			this.room.untracked(size);
			return beginWriting(this.gathered);
		}
		catch (InterruptedException ex) {
			throw interrupted(size, NOT_GATHERED);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** The writing thread failed before it wrote the batch. */
	private void abandon(Batch batch) {
		batch.flip();
		keepUnfinished(batch);
		lock();
		try {
			this.room.untracked(0);
			settle(batch, 0, new IOException("The thread that was to write failed"));
		}
		finally {
			endWriting();
			this.lock.unlock();
		}
	}

	private void moveBehindWritten(ByteBuffer... messages) {
		long end = 0;
		for (ByteBuffer message : messages) {
			end += sizeOf(message);
			if (end > this.ownWritten) {
				return;
			}
			message.position(message.limit());
		}
	}

	/**
	 * With the lock: wait until nobody else writes, to write more behind what was
	 * gathered.
	 */
	private void awaitTurnToWriteMore() throws InterruptedException {
		this.waitingToWrite++;
		this.waitingWithMore++;
		try {
			while (this.writing) {
				this.progress.await();
			}
		}
		finally {
			this.waitingToWrite--;
			this.waitingWithMore--;
		}
	}

	/**
	 * With the lock: wait until nobody else writes, or is to write more.
	 * @param end where the message ends that makes this thread wait
	 * @return what is to be written, or {@code null} if that message was written and
	 * there is nothing else
	 */
	private @Nullable Batch awaitTurnToWrite(long end) throws InterruptedException {
		this.waitingToWrite++;
		try {
			while ((this.writing || this.waitingWithMore > 0) && this.done < end) {
				this.progress.await();
			}
		}
		finally {
			this.waitingToWrite--;
		}
		// Others may have handed over their messages because this thread was to write.
		if (this.done < end || (!this.writing && this.gathering.isHandedOver())) {
			return beginWriting(endOfCall());
		}
		// Or they wait because it was.
		this.progress.signalAll();
		return null;
	}

	private void add(ByteBuffer message, Batch batch) throws IOException {
		long size = sizeOf(message);
		boolean copied = size <= LARGEST_GATHERED;
		if (!batch.hasRoomFor(copied ? (int) size : WireFormat.LARGEST_HEADER)) {
			writeAndSettle(batch);
		}
		if (copied) {
			batch.add(message, false);
		}
		else {
			batch.addLast(message);
			writeAndSettle(batch);
		}
	}

	private void writeAndSettle(Batch batch) throws IOException {
		Throwable failure = write(batch);
		lock();
		try {
			settle(batch, batch.written(), failure);
		}
		finally {
			this.lock.unlock();
		}
		if (failure instanceof IOException ex) {
			throw ex;
		}
		if (failure instanceof RuntimeException ex) {
			throw ex;
		}
		if (failure != null) {
			throw (Error) failure;
		}
	}

	/** Write all of the batch, and return why it failed, or {@code null}. */
	private @Nullable Throwable write(Batch batch) {
		batch.flip();
		try {
			if (!this.socket.isBlocking() || !batch.write(this.socket, this.unfinished)) {
				throw new IllegalBlockingModeException();
			}
			if (this.unfinished != null) {
				this.unfinished = null;
			}
			return null;
		}
		catch (IOException | RuntimeException | Error ex) {
			keepUnfinished(batch);
			// It was open when the sender came.
			return (ex.getClass() == ClosedChannelException.class) ? new AsynchronousCloseException() : ex;
		}
	}

	private void keepUnfinished(Batch batch) {
		try {
			this.unfinished = this.socket.isOpen() ? batch.rest(this.unfinished) : null;
		}
		catch (OutOfMemoryError ex) {
			// Better no stream than one of which a part is missing.
			Turn.close(this.socket);
		}
	}

	/** With the lock: tell those whose messages were gathered in the batch. */
	private void settle(Batch batch, long written, @Nullable Throwable failure) {
		long others = this.gatheredInBatch - this.done;
		this.ownWritten += Math.max(0, written - others);
		if (others > 0) {
			if (failure != null) {
				this.failures.add(this.done + Math.min(written, others), this.gatheredInBatch, failure,
						batch.untold((int) Math.min(written, others), (int) others));
			}
			this.done = this.gatheredInBatch;
			if (!this.abandoned.isEmpty()) {
				forgetAbandoned();
			}
			this.progress.signalAll();
		}
		batch.clear();
	}

	private void ensureUsable() throws IOException {
		Turn.ensureOpen(this.socket);
		if (Thread.currentThread().isInterrupted()) {
			throw Turn.interrupted();
		}
	}

	private void lock() {
		for (int i = 0; i < SPINS; i++) {
			if (this.lock.tryLock()) {
				return;
			}
			Thread.onSpinWait();
		}
		this.lock.lock();
	}

	/**
	 * With the lock: a thread was interrupted while it waited for others. A message of
	 * its own that was gathered leaves with those of others.
	 * @param size the size of its message
	 * @param end where that ends
	 * @return what to throw
	 */
	private InterruptedIOException interrupted(long size, long end) {
		if (end > this.gathered - this.gathering.size()) {
			this.gathering.handOver((int) (this.gathered - end));
		}
		else if (end > this.done) {
			this.abandoned.add(new Abandoned(end - size, end));
		}
		if (!isBusy() && this.gathering.isHandedOver()
				&& this.room.isSureFor(0, this.done, this.gathered - this.done)) {
			// This thread was to write what others have handed over.
			this.writing = true;
			this.duty = 0;
			this.ownWritten = 0;
			try {
				writeHandedOver();
			}
			finally {
				endWriting();
			}
		}
		// Or others may wait for what it was to do.
		this.progress.signalAll();
		return Turn.interrupted();
	}

	/** With the lock: no sender is to be told what became of these messages. */
	private void forgetAbandoned() {
		for (Iterator<Abandoned> all = this.abandoned.iterator(); all.hasNext();) {
			Abandoned message = all.next();
			if (message.end <= this.done) {
				all.remove();
				this.failures.forget(message.start, message.end);
			}
		}
	}

	/** A message whose sender does not wait any more. */
	private record Abandoned(long start, long end) {
	}

}
