package dev.socketpair.process.output;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * One thread for all children that looks at what has been silent. It is there while there
 * is something to look at.
 */
final class SilenceWatch {

	private static final long KEEP_ALIVE_SECONDS = 1;

	private static final ScheduledThreadPoolExecutor EXECUTOR = executor();

	private SilenceWatch() {
	}

	private static ScheduledThreadPoolExecutor executor() {
		ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1,
				(task) -> DaemonThread.create("output-silence", task));
		executor.setKeepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
		executor.allowCoreThreadTimeOut(true);
		return executor;
	}

	/**
	 * Look once.
	 * @param nanoseconds when
	 * @param look what looks, without waiting for anything
	 * @return whether there will be a look: not where there can be no more threads
	 */
	static boolean lookAfter(long nanoseconds, Runnable look) {
		try {
			EXECUTOR.schedule(look, nanoseconds, TimeUnit.NANOSECONDS);
			return true;
		}
		catch (OutOfMemoryError ex) {
			return false;
		}
	}

}
