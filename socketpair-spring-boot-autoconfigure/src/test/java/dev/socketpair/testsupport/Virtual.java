package dev.socketpair.testsupport;

import java.lang.reflect.InvocationTargetException;

/**
 * Virtual threads, which the baseline cannot call by name.
 */
public final class Virtual {

	private static final int FIRST_FEATURE = 21;

	private Virtual() {
	}

	/**
	 * Return whether this Java has virtual threads.
	 * @return whether it has
	 */
	public static boolean isAvailable() {
		return Runtime.version().feature() >= FIRST_FEATURE;
	}

	/**
	 * Start a virtual thread.
	 * @param task what it does
	 * @return the thread
	 */
	public static Thread start(Runnable task) {
		try {
			return (Thread) Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
		}
		catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
