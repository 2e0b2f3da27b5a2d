package dev.socketpair.message;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import dev.socketpair.PairedSocket;
import org.jspecify.annotations.Nullable;

/**
 * The messages that wait to be written, and those that are being written.
 * <p>
 * Queued bytes are counted from the first message on, so that one number says where a
 * message ends: its sender is done when {@link #completed()} has reached it. Two batches
 * take turns. One collects messages while the leader writes the other.
 * <p>
 * Guarded by the lock of the {@link Leadership}, except for {@link #completed()} and
 * {@link #hasFailures()}, which need no lock. The batch that was {@linkplain #take()
 * taken} is the leader's until it is {@linkplain #complete completed}.
 */
final class SendQueue {

	private final StreamOutput output;

	private final SendHeadroom headroom;

	private final SendFailures failures = new SendFailures();

	/** Messages in the batch that was taken, whose senders were interrupted. */
	private final List<Abandoned> abandoned = new ArrayList<>();

	/** Collects messages. */
	private Batch collecting;

	/** The batch that was taken, or the empty one that collects next. */
	private Batch other;

	/** Where the last message ends. */
	private long end;

	/** Where the last message ends that was handed over. */
	private long handedOverEnd;

	/** Where the last message ends that is in the batch that was taken. */
	private long takenEnd;

	/** How far messages were written, or could not be. */
	private volatile long completed;

	SendQueue(PairedSocket socket, WireFormat format, StreamOutput output) {
		this.output = output;
		this.headroom = new SendHeadroom(socket);
		this.collecting = new Batch(format);
		this.other = new Batch(format);
	}

	/** Return where the last message ends that was written, or could not be. */
	long completed() {
		return this.completed;
	}

	/** Return whether there are failures of which senders do not know yet. */
	boolean hasFailures() {
		return !this.failures.isEmpty();
	}

	/** Return where the last message ends that was handed over. */
	long handedOverEnd() {
		return this.handedOverEnd;
	}

	/** Return whether there are messages, and no sender waits for any of them. */
	boolean isHandedOver() {
		return this.collecting.isHandedOver();
	}

	/** Return whether a message of a size can be added. */
	boolean hasRoomFor(int size) {
		return this.collecting.hasRoomFor(size);
	}

	/** Return whether the kernel surely takes so much behind what is queued. */
	boolean hasHeadroomFor(long size) {
		return this.headroom.isEnoughFor(size, this.completed, this.end - this.completed);
	}

	/**
	 * Bytes are being written that were not added.
	 * @param size how many, or 0 when they have left
	 */
	void untracked(long size) {
		this.headroom.untracked(size);
	}

	/**
	 * Add a message, for which there is room.
	 * @param message the message, whose position stays
	 * @param size its size, framing included
	 * @param handedOver whether its sender does not wait
	 * @return where it ends
	 */
	long add(ByteBuffer message, int size, boolean handedOver) {
		this.collecting.add(message, handedOver);
		this.end += size;
		this.headroom.take(size);
		if (handedOver) {
			this.handedOverEnd = this.end;
		}
		return this.end;
	}

	/**
	 * Take messages to write. Without headroom they end with the first one whose sender
	 * waits: the leader must not wait for room on behalf of the senders behind it.
	 */
	Batch take() {
		int left = 0;
		if (this.collecting.count() > 1 && !hasHeadroomFor(0)) {
			left = this.collecting.sizeBehindFirstAwaited();
		}
		return take(left);
	}

	/** Take all messages to write. */
	Batch takeAll() {
		return take(0);
	}

	private Batch take(int left) {
		Batch batch = this.collecting;
		this.takenEnd = (left > 0 && leave(left)) ? this.end - left : this.end;
		this.collecting = this.other;
		this.other = batch;
		this.headroom.nextCall();
		return batch;
	}

	private boolean leave(int size) {
		try {
			this.collecting.moveLast(size, this.other);
			return true;
		}
		catch (OutOfMemoryError ex) {
			// Then the leader may have to wait for room on behalf of its followers.
			return false;
		}
	}

	/**
	 * The batch that was taken has been written, or could not be. Clears it. Never fails,
	 * because every sender waits for this.
	 * @param batch the batch
	 * @param failure why it was not written, or {@code null}
	 * @return how many bytes behind those of the queue were written, which the leader has
	 * added to the batch
	 */
	long complete(Batch batch, @Nullable Throwable failure) {
		long written = batch.written();
		long queued = this.takenEnd - this.completed;
		if (queued > 0) {
			if (failure != null) {
				fail(batch, (int) Math.min(written, queued), (int) queued, failure);
			}
			this.completed = this.takenEnd;
			if (!this.abandoned.isEmpty()) {
				forgetAbandoned();
			}
		}
		batch.clear();
		return Math.max(0, written - queued);
	}

	private void fail(Batch batch, int from, int to, Throwable failure) {
		if (!this.failures.add(this.completed + from, this.takenEnd, failure, batch.unreported(from, to))) {
			// No sender may take its message for sent.
			this.output.close();
		}
	}

	/**
	 * The leader has finished. The next one gets the same memory if it can, because that
	 * is in the processor's cache.
	 */
	void reuse() {
		if (this.collecting.isEmpty()) {
			Batch batch = this.other;
			this.other = this.collecting;
			this.collecting = batch;
		}
	}

	/**
	 * A sender does not wait any more. If its message is not being written yet, it is
	 * handed over.
	 * @param size the size of the message
	 * @param end where it ends, or a negative number if it was not added
	 */
	void abandon(long size, long end) {
		if (end > this.end - this.collecting.size()) {
			this.collecting.handOver((int) (this.end - end));
		}
		else if (end > this.completed) {
			this.abandoned.add(new Abandoned(end - size, end));
		}
	}

	private void forgetAbandoned() {
		for (Iterator<Abandoned> all = this.abandoned.iterator(); all.hasNext();) {
			Abandoned message = all.next();
			if (message.end <= this.completed) {
				all.remove();
				this.failures.forget(message.start, message.end);
			}
		}
	}

	/**
	 * Throw the failure to write a message, if there was one.
	 * @param size the size of the message
	 * @param end where it ends
	 * @throws IOException if it was not written
	 */
	void check(long size, long end) throws IOException {
		this.failures.check(end - size, end);
	}

	/** A message whose sender does not wait any more. */
	private record Abandoned(long start, long end) {
	}

}
