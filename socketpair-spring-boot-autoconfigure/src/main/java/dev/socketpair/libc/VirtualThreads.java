package dev.socketpair.libc;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

import org.jspecify.annotations.Nullable;

/**
 * What the Java 17 baseline cannot call by name: virtual threads, which are there from
 * Java 21 on.
 */
public final class VirtualThreads {

	private static final int FIRST_FEATURE = 21;

	private static final @Nullable MethodHandle IS_VIRTUAL;

	private static final @Nullable MethodHandle OF_VIRTUAL;

	private static final @Nullable MethodHandle NAME;

	private static final @Nullable MethodHandle INHERIT;

	private static final @Nullable MethodHandle START;

	static {
		MethodHandle isVirtual = null;
		MethodHandle ofVirtual = null;
		MethodHandle name = null;
		MethodHandle inherit = null;
		MethodHandle start = null;
		if (Runtime.version().feature() >= FIRST_FEATURE) {
			try {
				MethodHandles.Lookup lookup = MethodHandles.publicLookup();
				Class<?> builder = Class.forName("java.lang.Thread$Builder");
				Class<?> virtualBuilder = Class.forName("java.lang.Thread$Builder$OfVirtual");
				isVirtual = lookup.findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
				ofVirtual = lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(virtualBuilder));
				name = lookup.findVirtual(builder, "name", MethodType.methodType(builder, String.class));
				inherit = lookup.findVirtual(builder, "inheritInheritableThreadLocals",
						MethodType.methodType(builder, boolean.class));
				start = lookup.findVirtual(builder, "start", MethodType.methodType(Thread.class, Runnable.class));
			}
			catch (ReflectiveOperationException ex) {
				throw new ExceptionInInitializerError(ex);
			}
		}
		IS_VIRTUAL = isVirtual;
		OF_VIRTUAL = ofVirtual;
		NAME = name;
		INHERIT = inherit;
		START = start;
	}

	private VirtualThreads() {
	}

	/**
	 * Return whether a thread is virtual.
	 * @param thread the thread
	 * @return whether it is
	 */
	public static boolean isVirtual(Thread thread) {
		if (IS_VIRTUAL == null) {
			return false;
		}
		try {
			return (boolean) IS_VIRTUAL.invokeExact(thread);
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return whether a virtual thread that waits within a monitor leaves its carrier
	 * free, as JEP 491 has it.
	 * @return whether it does
	 */
	public static boolean areNeverPinnedByMonitors() {
		return Runtime.version().feature() >= 24;
	}

	/**
	 * Start a virtual thread, which inherits neither thread locals nor the class loader
	 * of this one.
	 * @param name its name
	 * @param task what it does
	 * @return the thread
	 */
	public static Thread start(String name, Runnable task) {
		if (OF_VIRTUAL == null || NAME == null || INHERIT == null || START == null) {
			throw new UnsupportedOperationException("Virtual threads need Java %s".formatted(FIRST_FEATURE));
		}
		try {
			return (Thread) START.invoke(INHERIT.invoke(NAME.invoke(OF_VIRTUAL.invoke(), name), false), task);
		}
		catch (Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

}
