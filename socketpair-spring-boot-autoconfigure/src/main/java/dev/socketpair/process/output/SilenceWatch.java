package dev.socketpair.process.output;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * One thread that passes on what children wrote before they fell silent. It is shared by
 * all children, and exists while a task is scheduled.
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
	 * Schedule a task.
	 * @param nanoseconds when it is to run, from now
	 * @param task the task, which must not wait for another thread
	 * @return whether it will run: not if no thread is available
	 */
	static boolean schedule(long nanoseconds, Runnable task) {
		try {
			EXECUTOR.schedule(task, nanoseconds, TimeUnit.NANOSECONDS);
			return true;
		}
		catch (OutOfMemoryError ex) {
			return false;
		}
	}

}
