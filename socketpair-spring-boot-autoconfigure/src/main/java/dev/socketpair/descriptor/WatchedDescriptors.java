package dev.socketpair.descriptor;

import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

/**
 * The descriptors that a {@link Poller} watches, by number. The kernel gives the lowest
 * number that is free, so an array is small; and it is read without an allocation, which
 * a map with numbers for keys would need to wake a thread.
 */
final class WatchedDescriptors {

	private static final int FIRST_LENGTH = 64;

	/** Replaced by a longer one where needed; changed with the lock, read without. */
	private volatile AtomicReferenceArray<Poller.@Nullable Watched> byNumber = new AtomicReferenceArray<>(FIRST_LENGTH);

	synchronized void add(Poller.Watched descriptor) {
		int number = descriptor.number();
		if (number >= this.byNumber.length()) {
			this.byNumber = longer(this.byNumber, Math.max(number + 1, 2 * this.byNumber.length()));
		}
		this.byNumber.set(number, descriptor);
	}

	private static AtomicReferenceArray<Poller.@Nullable Watched> longer(
			AtomicReferenceArray<Poller.@Nullable Watched> array, int length) {
		AtomicReferenceArray<Poller.@Nullable Watched> longer = new AtomicReferenceArray<>(length);
		for (int i = 0; i < array.length(); i++) {
			longer.setPlain(i, array.getPlain(i));
		}
		return longer;
	}

	/** Another descriptor that has the number by now stays. */
	synchronized void remove(Poller.Watched descriptor) {
		int number = descriptor.number();
		if (number < this.byNumber.length()) {
			this.byNumber.compareAndSet(number, descriptor, null);
		}
	}

	Poller.@Nullable Watched get(int number) {
		AtomicReferenceArray<Poller.@Nullable Watched> byNumber = this.byNumber;
		return (number < byNumber.length()) ? byNumber.get(number) : null;
	}

}
