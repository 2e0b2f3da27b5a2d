package dev.socketpair.testsupport;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ThreadFactory;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
	 * Skip the test on a Java without virtual threads.
	 */
	public static void assumeAvailable() {
		assumeTrue(isAvailable(), "virtual threads need Java 21");
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

	/**
	 * Return a factory of virtual threads.
	 * @return the factory, which starts the threads that it makes
	 */
	public static ThreadFactory started() {
		return Virtual::start;
	}

}
