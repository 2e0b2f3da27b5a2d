package dev.socketpair.benchmarks;

import java.util.Arrays;

/**
 * Times of single operations, of which the median is asked for. JMH samples only what its
 * own, platform, threads do.
 */
final class Samples {

	private static final int MOST = 1_000_000;

	private static volatile double lastMedian = Double.NaN;

	private final long[] nanoseconds = new long[MOST];

	private int count;

	void clear() {
		this.count = 0;
	}

	boolean add(long time) {
		this.nanoseconds[this.count++] = time;
		return this.count < MOST;
	}

	void publish() {
		if (this.count == 0) {
			lastMedian = Double.NaN;
			return;
		}
		Arrays.sort(this.nanoseconds, 0, this.count);
		lastMedian = this.nanoseconds[this.count / 2];
		System.out.printf("p50 %.0f ns, p99 %d ns, %d samples%n", lastMedian,
				this.nanoseconds[(int) (this.count * 0.99)], this.count);
	}

	/**
	 * Return the median of the samples that were published last in this JVM.
	 * @return the median in nanoseconds
	 */
	static double lastMedian() {
		return lastMedian;
	}

}
