package dev.socketpair.statistics;

import org.jspecify.annotations.Nullable;

/**
 * What one end has sent and the other has not received, polled now and then. That it
 * moves shows in what the receiving end has counted, or, where that end is not held here,
 * in the queue having become shorter than what was sent meanwhile would have made it. Not
 * safe for use by several threads.
 */
public final class Queue {

	private final @Nullable QueueEnd sender;

	private final @Nullable QueueEnd receiver;

	private boolean receiverHeld;

	private long bytes;

	/** What the end that is held has counted: received, or else sent. */
	private long counted;

	/** When the queue was last seen to move, as {@link System#nanoTime} tells it. */
	private long moved;

	/**
	 * Create a queue.
	 * @param sender the end that sends, or {@code null} if it never was here
	 * @param receiver the end that receives, or {@code null} if it never was here
	 */
	public Queue(@Nullable QueueEnd sender, @Nullable QueueEnd receiver) {
		this.sender = sender;
		this.receiver = receiver;
	}

	/**
	 * Poll the queue.
	 * @param now the time, as {@link System#nanoTime} tells it
	 */
	void poll(long now) {
		boolean held = this.receiver != null && this.receiver.isOpen();
		QueueEnd end = held ? this.receiver : this.sender;
		if (end == null) {
			return;
		}
		// Before the queue: what is sent in between must not be missed in it.
		long counted = (held ? end.received() : end.sent()).bytes();
		long bytes = Math.max(0, held ? end.available() : end.unsent());
		long sent = held ? 0 : counted - this.counted;
		boolean received = held && counted != this.counted;
		boolean comparable = this.bytes > 0 && held == this.receiverHeld;
		if (!comparable || received || bytes < this.bytes + sent) {
			this.moved = now;
		}
		this.receiverHeld = held;
		this.counted = counted;
		this.bytes = bytes;
	}

	/**
	 * Return what waits to be received: where the receiving end is held here, the number
	 * of bytes, of {@code DGRAM} those of the first message; otherwise the memory that
	 * the kernel charges for it, which is more.
	 */
	long bytes() {
		return this.bytes;
	}

	/**
	 * Return for how long the queue has not been seen to move.
	 * @param now the time of the last poll
	 * @return nanoseconds, 0 where it is empty
	 */
	long stalled(long now) {
		return (this.bytes == 0) ? 0 : now - this.moved;
	}

}
