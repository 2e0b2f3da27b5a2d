package dev.socketpair.benchmarks;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/**
 * Threads of both sorts. Virtual ones cannot be named in the source of Java 17.
 */
final class Threads {

	private static final int FIRST_VIRTUAL_FEATURE = 21;

	private Threads() {
	}

	static boolean hasVirtual() {
		return Runtime.version().feature() >= FIRST_VIRTUAL_FEATURE;
	}

	static Thread start(boolean virtual, Runnable task) {
		if (!virtual) {
			Thread thread = new Thread(task);
			thread.setDaemon(true);
			thread.start();
			return thread;
		}
		try {
			Method start = Thread.class.getMethod("startVirtualThread", Runnable.class);
			return (Thread) start.invoke(null, task);
		}
		catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
