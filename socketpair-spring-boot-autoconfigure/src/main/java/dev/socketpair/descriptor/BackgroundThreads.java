package dev.socketpair.descriptor;

/**
 * Threads that live as long as the process. They have nothing of the thread that makes
 * them, which is an application's: neither its class loader nor its inheritable thread
 * locals nor its group, all of which would be kept for ever.
 */
final class BackgroundThreads {

	private BackgroundThreads() {
	}

	/**
	 * Make a daemon.
	 * @param name its name
	 * @param task what it does
	 * @return the thread, which is not started
	 */
	static Thread platform(String name, Runnable task) {
		ThreadGroup group = Thread.currentThread().getThreadGroup();
		while (group != null && group.getParent() != null) {
			group = group.getParent();
		}
		Thread thread = new Thread(group, task, name, 0, false);
		thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
		thread.setDaemon(true);
		return thread;
	}

}
