package dev.socketpair.nio;

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
	private volatile AtomicReferenceArray<@Nullable Descriptor> byNumber = new AtomicReferenceArray<>(FIRST_LENGTH);

	synchronized void add(Descriptor descriptor) {
		int number = descriptor.number();
		if (number >= this.byNumber.length()) {
			this.byNumber = longer(this.byNumber, Math.max(number + 1, 2 * this.byNumber.length()));
		}
		this.byNumber.set(number, descriptor);
	}

	private static AtomicReferenceArray<@Nullable Descriptor> longer(AtomicReferenceArray<@Nullable Descriptor> array,
			int length) {
		AtomicReferenceArray<@Nullable Descriptor> longer = new AtomicReferenceArray<>(length);
		for (int i = 0; i < array.length(); i++) {
			longer.setPlain(i, array.getPlain(i));
		}
		return longer;
	}

	/** Another descriptor that has the number by now stays. */
	synchronized void remove(Descriptor descriptor) {
		int number = descriptor.number();
		if (number < this.byNumber.length()) {
			this.byNumber.compareAndSet(number, descriptor, null);
		}
	}

	@Nullable Descriptor get(int number) {
		AtomicReferenceArray<@Nullable Descriptor> byNumber = this.byNumber;
		return (number < byNumber.length()) ? byNumber.get(number) : null;
	}

}
