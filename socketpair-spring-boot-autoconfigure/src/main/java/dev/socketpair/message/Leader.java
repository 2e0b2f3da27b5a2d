package dev.socketpair.message;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

import org.jspecify.annotations.Nullable;

/**
 * Writes the batches of the thread that leads, and of its followers. Each beginning is
 * paired with an end, whatever happens in between: otherwise all senders would hang.
 */
final class Leader {

	private final Leadership leadership;

	private final SendQueue queue;

	private final StreamOutput output;

	/** How many bytes were written that were not taken from the queue. */
	private long written;

	Leader(Leadership leadership, SendQueue queue, StreamOutput output) {
		this.leadership = leadership;
		this.queue = queue;
		this.output = output;
	}

	/**
	 * With the lock: begin to lead. Is paired with {@link #end()}, or with a method that
	 * says that it ends.
	 * @param batch the batch that was taken
	 * @return the batch
	 */
	Batch begin(Batch batch) {
		this.leadership.begin();
		this.written = 0;
		// There is room in the queue.
		this.leadership.signal();
		return batch;
	}

	/** With the lock: end. */
	void end() {
		this.queue.reuse();
		this.leadership.end();
	}

	/**
	 * Write a batch and then the messages that were handed over, and end.
	 * @param batch the batch
	 * @throws ClosedByInterruptException if this thread was interrupted; other failures
	 * are reported by the queue to each sender, and to this one
	 */
	void lead(Batch batch) throws ClosedByInterruptException {
		Throwable failure = tryToWrite(batch);
		this.leadership.lock();
		try {
			complete(batch, failure);
			if (failure == null) {
				failure = writeHandedOver();
			}
		}
		finally {
			end();
			this.leadership.unlock();
		}
		throwIfInterrupted(failure);
	}

	/** With the lock: begin, write the messages that were handed over, and end. */
	void leadHandedOver() {
		this.leadership.begin();
		this.written = 0;
		try {
			writeHandedOver();
		}
		finally {
			end();
		}
	}

	/**
	 * Write a batch, whether of the queue or not.
	 * @param batch the batch, which is empty afterwards
	 * @throws IOException as {@link StreamOutput#write(Batch)}
	 */
	void write(Batch batch) throws IOException {
		Throwable failure = tryToWrite(batch);
		this.leadership.lock();
		try {
			complete(batch, failure);
		}
		finally {
			this.leadership.unlock();
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

	/** Return how many bytes were written that were not taken from the queue. */
	long written() {
		return this.written;
	}

	/**
	 * All batches have been written that are not of the queue: write the messages that
	 * were handed over, and end.
	 * @throws ClosedByInterruptException if this thread was interrupted
	 */
	void finish() throws ClosedByInterruptException {
		Throwable failure;
		this.leadership.lock();
		try {
			this.queue.untracked(0);
			failure = writeHandedOver();
		}
		finally {
			end();
			this.leadership.unlock();
		}
		throwIfInterrupted(failure);
	}

	/**
	 * End after a failure.
	 * @param batch the batch, which was not written, or is empty
	 * @param failure the failure
	 */
	void giveUp(Batch batch, Throwable failure) {
		if (!batch.isEmpty()) {
			this.output.keep(batch);
		}
		this.leadership.lock();
		try {
			this.queue.untracked(0);
			complete(batch, failure);
		}
		finally {
			end();
			this.leadership.unlock();
		}
	}

	/**
	 * With the lock, which is released meanwhile: write the messages that were handed
	 * over. A thread that waits to lead may wait for several batches, because waking it
	 * takes longer.
	 * @return why a batch was not written, or {@code null}
	 */
	private @Nullable Throwable writeHandedOver() {
		Throwable failure = null;
		while (failure == null && this.queue.isHandedOver() && this.leadership.mayCombine()) {
			this.leadership.combine();
			Batch batch = this.queue.takeAll();
			this.leadership.signal();
			this.leadership.unlock();
			try {
				failure = tryToWrite(batch);
			}
			finally {
				this.leadership.lock();
			}
			complete(batch, failure);
		}
		return failure;
	}

	/** Return why the batch was not written, or {@code null}. */
	private @Nullable Throwable tryToWrite(Batch batch) {
		try {
			this.output.write(batch);
			return null;
		}
		catch (IOException | RuntimeException | Error ex) {
			return ex;
		}
	}

	/** With the lock. */
	private void complete(Batch batch, @Nullable Throwable failure) {
		long before = this.queue.completed();
		this.written += this.queue.complete(batch, failure);
		if (this.queue.completed() != before) {
			this.leadership.signal();
		}
	}

	private static void throwIfInterrupted(@Nullable Throwable failure) throws ClosedByInterruptException {
		if (failure instanceof ClosedByInterruptException interrupted) {
			throw interrupted;
		}
	}

}
