package dev.socketpair.message;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketpair.PairedSocket;
import dev.socketpair.nio.VirtualThreads;
import org.jspecify.annotations.Nullable;

/**
 * Writes messages to a stream. While one thread writes, the small messages of the others
 * gather, and leave together in the next call, which one of them makes. A thread returns
 * when its own message has left or has failed to.
 * <p>
 * Gathered bytes are counted from the beginning, so that a thread sees from the number of
 * those that are done with whether its message is among them.
 */
final class MessageWriter {

	/** A larger message is written from where it is, and by its own thread. */
	private static final int LARGEST_GATHERED = 8 * 1024;

	/** The lock is held for some nanoseconds, and parking takes microseconds. */
	private static final int SPINS = 100;

	/**
	 * How often a thread gives way before it parks: a write seldom lasts as long as
	 * parking and waking does, and whoever runs instead may add to the next one.
	 */
	private static final int YIELDS = 32;

	private final PairedSocket socket;

	private final WireFormat format;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition progress = this.lock.newCondition();

	/** What leaves next; guarded by the lock. */
	private Batch gathering;

	/**
	 * The other batch; guarded by the lock, or the writing thread's while there is one.
	 */
	private Batch spare;

	/** Whether a thread writes; changed with the lock. */
	private volatile boolean writing;

	/** How many threads wait to write their own; guarded by the lock. */
	private int waitingToWrite;

	/**
	 * Whether others were sending at the last write, or are now; changed with the lock.
	 */
	private volatile boolean crowded;

	/** How many bytes were gathered; guarded by the lock. */
	private long gathered;

	/** How many of these are done with; changed with the lock. */
	private volatile long done;

	/** Guarded by the lock. */
	private final SendFailures failures = new SendFailures();

	/** Up to where the gathered bytes are in the batch; the writing thread's. */
	private long gatheredInBatch;

	/** How many bytes have left that the writing thread has added; that thread's. */
	private long ownWritten;

	/** What is left of a message that was cut; the writing thread's. */
	private @Nullable ByteBuffer unfinished;

	MessageWriter(PairedSocket socket, WireFormat format) {
		this.socket = socket;
		this.format = format;
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
		long start = gather(message, (int) size);
		long end = start + size;
		if (this.crowded && VirtualThreads.isVirtual(Thread.currentThread())) {
			// Whoever else has something to send adds it first. For a platform thread
			// giving
			// way costs more than the call that it may save.
			Thread.yield();
		}
		for (int i = 0; this.done < end; i++) {
			if (!tryToWrite(end)) {
				giveWay(i, end);
			}
		}
		if (!this.failures.isEmpty()) {
			lock();
			try {
				this.failures.check(start, end);
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

	/** Add a message to those that leave next. */
	private long gather(ByteBuffer message, int size) throws IOException {
		lock();
		try {
			while (!this.gathering.hasRoomFor(size)) {
				if (!this.socket.isOpen()) {
					throw new AsynchronousCloseException();
				}
				await();
			}
			if (this.writing) {
				this.crowded = true;
			}
			this.gathering.add(message);
			long start = this.gathered;
			this.gathered += size;
			return start;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Write what was gathered, unless somebody else writes or is to. */
	private boolean tryToWrite(long end) throws IOException {
		if (this.writing) {
			return false;
		}
		Batch batch;
		lock();
		try {
			if (this.writing || this.waitingToWrite > 0 || this.done >= end) {
				return false;
			}
			batch = beginWriting();
		}
		finally {
			this.lock.unlock();
		}
		Throwable failure = write(batch);
		lock();
		settle(batch, batch.written(), failure);
		endWriting(batch);
		this.lock.unlock();
		if (failure instanceof ClosedByInterruptException interrupted) {
			throw interrupted;
		}
		// Who else is concerned, maybe this thread too, learns it from the failures.
		return true;
	}

	/** With the lock. */
	private Batch beginWriting() {
		this.writing = true;
		Batch batch = this.gathering;
		this.gathering = this.spare;
		this.spare = batch;
		this.gatheredInBatch = this.gathered;
		if (batch.count() <= 1) {
			this.crowded = false;
		}
		this.ownWritten = 0;
		return batch;
	}

	/** With the lock. */
	private void endWriting(Batch batch) {
		this.writing = false;
		if (this.gathering.isEmpty()) {
			// The same memory again, which the processor has at hand.
			this.spare = this.gathering;
			this.gathering = batch;
		}
		this.progress.signalAll();
	}

	/** Wait, at first not for long. */
	private void giveWay(int times, long end) throws IOException {
		if (times < YIELDS) {
			Thread.yield();
			return;
		}
		lock();
		try {
			while ((this.writing || this.waitingToWrite > 0) && this.done < end) {
				await();
			}
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
		Batch batch = awaitTurnToWrite();
		boolean completed = false;
		try {
			for (ByteBuffer message : messages) {
				add(message, batch);
			}
			writeAndSettle(batch);
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
			lock();
			if (!completed) {
				settle(batch, 0, new IOException("The thread that was to write failed"));
			}
			endWriting(batch);
			this.lock.unlock();
		}
		for (ByteBuffer message : messages) {
			message.position(message.limit());
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

	private Batch awaitTurnToWrite() throws IOException {
		lock();
		try {
			this.waitingToWrite++;
			try {
				while (this.writing) {
					await();
				}
			}
			finally {
				this.waitingToWrite--;
			}
			return beginWriting();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void add(ByteBuffer message, Batch batch) throws IOException {
		long size = sizeOf(message);
		boolean copied = size <= LARGEST_GATHERED;
		if (!batch.hasRoomFor(copied ? (int) size : WireFormat.LARGEST_HEADER)) {
			writeAndSettle(batch);
		}
		if (copied) {
			batch.add(message);
		}
		else {
			batch.addLast(message);
			writeAndSettle(batch);
		}
	}

	private void writeAndSettle(Batch batch) throws IOException {
		Throwable failure = write(batch);
		lock();
		settle(batch, batch.written(), failure);
		this.lock.unlock();
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
			this.unfinished = null;
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
			if (this.unfinished == null || !this.unfinished.hasRemaining()) {
				this.unfinished = batch.restOfMessage();
			}
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
		batch.clear();
		if (others > 0) {
			if (failure != null) {
				this.failures.add(this.done + Math.min(written, others), this.gatheredInBatch, failure);
			}
			this.done = this.gatheredInBatch;
			this.progress.signalAll();
		}
	}

	private void ensureUsable() throws IOException {
		Turn.ensureOpen(this.socket);
		if (Thread.currentThread().isInterrupted()) {
			throw Turn.interrupted(this.socket);
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

	private void await() throws IOException {
		try {
			this.progress.await();
		}
		catch (InterruptedException ex) {
			ClosedByInterruptException interrupted = Turn.interrupted(this.socket);
			// Others may wait for what this thread was to do.
			this.progress.signalAll();
			throw interrupted;
		}
	}

}
