package dev.socketpair.benchmarks.spring;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The median of some times, and the quartiles.
 *
 * @param lower what a quarter of the times does not exceed, in milliseconds
 * @param median what half of them does not exceed
 * @param upper what three quarters of them do not exceed
 */
record Quartiles(double lower, double median, double upper) {

	private static final double MILLISECOND = 1e6;

	static Quartiles of(List<Long> nanoseconds) {
		long[] sorted = nanoseconds.stream().mapToLong(Long::longValue).toArray();
		Arrays.sort(sorted);
		return new Quartiles(at(sorted, 0.25), at(sorted, 0.5), at(sorted, 0.75));
	}

	/** Interpolates, so that the median of an even number is the mean of two. */
	private static double at(long[] sorted, double part) {
		double position = part * (sorted.length - 1);
		int below = (int) position;
		int above = Math.min(below + 1, sorted.length - 1);
		return (sorted[below] + (position - below) * (sorted[above] - sorted[below])) / MILLISECOND;
	}

	String cell(int decimals) {
		String number = "%." + decimals + "f";
		return String.format(Locale.ROOT, number + " (" + number + " to " + number + ")", this.median, this.lower,
				this.upper);
	}

}
