package dev.socketpair.process.output;

/**
 * Creates threads that do not keep the virtual machine alive, and have neither the class
 * loader nor the inheritable thread locals of the thread that starts them.
 */
public final class DaemonThread {

	private DaemonThread() {
	}

	/**
	 * Start a thread.
	 * @param name its name, after {@code socketpair-}
	 * @param task what it does
	 */
	public static void start(String name, Runnable task) {
		create(name, task).start();
	}

	/**
	 * Create a thread that is not started.
	 * @param name its name, after {@code socketpair-}
	 * @param task what it does
	 * @return the thread
	 */
	static Thread create(String name, Runnable task) {
		Thread thread = new Thread(null, task, "socketpair-" + name, 0, false);
		thread.setContextClassLoader(DaemonThread.class.getClassLoader());
		thread.setDaemon(true);
		return thread;
	}

}
