package dev.socketpair.libc;

/**
 * Loads classes before descriptors run out. To load a class from a directory takes a
 * descriptor, and so does a jar that is not open yet: the class that reports
 * {@code EMFILE}, or that closes what is left, would not be found, and a
 * {@link NoClassDefFoundError} would take the place of the failure.
 */
public final class EarlyLoading {

	private EarlyLoading() {
	}

	/**
	 * Load classes, and do not initialize them.
	 * @param types the classes, as literals: the virtual machine loads a class when it
	 * evaluates its literal, so that nothing is left to do here
	 */
	public static void load(Class<?>... types) {
	}

	/**
	 * Load and initialize classes, and so load the classes that the verifier asks for,
	 * such as the exceptions that their methods catch.
	 * @param types the classes
	 */
	public static void initialize(Class<?>... types) {
		for (Class<?> type : types) {
			try {
				Class.forName(type.getName(), true, type.getClassLoader());
			}
			catch (ClassNotFoundException | LinkageError ex) {
				// As in a native image, which loads nothing at run time.
			}
		}
	}

	/**
	 * Load the classes that some code needs.
	 * @param rehearsal runs the code for no other effect
	 */
	public static void rehearse(Runnable rehearsal) {
		rehearsal.run();
	}

}
