package dev.socketpair.libc;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.Buffer;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * Tells the memory of arenas that can be closed from other memory, for a binding that
 * cannot name {@code java.lang.foreign}. Java says neither which arena a buffer is of nor
 * whether that can be closed, but each kind of arena has a scope of its own class, and
 * the kinds that are never closed are known.
 *
 * @see <a href="https://openjdk.org/jeps/454">JEP 454</a>
 */
final class Arenas {

	private static final String[] PACKAGES = { "java.lang.foreign", "jdk.incubator.foreign" };

	/** From a buffer to its scope, or {@code null} where there are no arenas. */
	private static final @Nullable MethodHandle SCOPE = scope();

	/** The class of the global arena, which is that of plain direct buffers too. */
	private static final Class<?> GLOBAL = classOfScope(ByteBuffer.allocateDirect(1));

	/** The class of the arenas that the garbage collector frees. */
	private static final Class<?> COLLECTED = classOfCollected();

	private Arenas() {
	}

	/**
	 * Return whether a buffer is of an arena that can be closed.
	 * @param buffer a direct buffer
	 * @return whether it is, or may be
	 */
	static boolean canBeClosed(ByteBuffer buffer) {
		if (SCOPE == null) {
			return false;
		}
		Class<?> scope = classOfScope(buffer);
		return scope != GLOBAL && scope != COLLECTED;
	}

	private static Class<?> classOfScope(ByteBuffer buffer) {
		if (SCOPE == null) {
			return Void.class;
		}
		try {
			return ((Object) SCOPE.invokeExact(buffer)).getClass();
		}
		catch (RuntimeException | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static @Nullable MethodHandle scope() {
		for (String name : PACKAGES) {
			try {
				return scope(Class.forName(name + ".MemorySegment"));
			}
			catch (ReflectiveOperationException ex) {
				// Not in this version of Java, or not in its module graph.
			}
		}
		return null;
	}

	private static MethodHandle scope(Class<?> segment) throws ReflectiveOperationException {
		MethodHandles.Lookup lookup = MethodHandles.publicLookup();
		MethodHandle ofBuffer;
		MethodHandle scope;
		if (segment.getPackageName().startsWith("java.")) {
			ofBuffer = lookup.findStatic(segment, "ofBuffer", MethodType.methodType(segment, Buffer.class));
			scope = lookup.findVirtual(segment, "scope",
					MethodType.methodType(Class.forName("java.lang.foreign.MemorySegment$Scope")));
		}
		else {
			ofBuffer = lookup.findStatic(segment, "ofByteBuffer", MethodType.methodType(segment, ByteBuffer.class));
			scope = lookup.findVirtual(segment, "scope",
					MethodType.methodType(Class.forName("jdk.incubator.foreign.ResourceScope")));
		}
		return MethodHandles.filterReturnValue(ofBuffer, scope)
			.asType(MethodType.methodType(Object.class, ByteBuffer.class));
	}

	private static Class<?> classOfCollected() {
		try {
			Class<?> arena = Class.forName("java.lang.foreign.Arena");
			Object collected = arena.getMethod("ofAuto").invoke(null);
			return arena.getMethod("scope").invoke(collected).getClass();
		}
		catch (ReflectiveOperationException ex) {
			return GLOBAL;
		}
	}

}
