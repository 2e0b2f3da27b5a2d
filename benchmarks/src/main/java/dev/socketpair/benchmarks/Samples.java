package dev.socketpair.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/**
 * Times of single operations, of which the median is asked for. JMH samples only what its
 * own, platform, threads do.
 */
final class Samples {

	private static final int MOST = 1_000_000;

	private static volatile double lastMedian = Double.NaN;

	private static volatile double last99th = Double.NaN;

	private static volatile double lastMean = Double.NaN;

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
			last99th = Double.NaN;
			lastMean = Double.NaN;
			return;
		}
		Arrays.sort(this.nanoseconds, 0, this.count);
		lastMedian = this.nanoseconds[this.count / 2];
		last99th = this.nanoseconds[(int) (this.count * 0.99)];
		lastMean = (double) Arrays.stream(this.nanoseconds, 0, this.count).sum() / this.count;
		System.out.printf(Locale.ROOT, "p50 %.0f ns, p99 %.0f ns, %d samples%n", lastMedian, last99th, this.count);
	}

	/**
	 * Return the median of the samples that were published last in this JVM.
	 * @return the median in nanoseconds
	 */
	static double lastMedian() {
		return lastMedian;
	}

	/**
	 * Return what 99 in 100 of these samples do not exceed.
	 * @return the percentile in nanoseconds
	 */
	static double last99th() {
		return last99th;
	}

	/**
	 * Return the mean of these samples.
	 * @return the mean in nanoseconds
	 */
	static double lastMean() {
		return lastMean;
	}

}
