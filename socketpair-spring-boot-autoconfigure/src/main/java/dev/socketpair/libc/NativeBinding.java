package dev.socketpair.libc;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.socketpair.NativeBindingException;
import org.jspecify.annotations.Nullable;

/**
 * The ways to call the C library.
 */
public enum NativeBinding {

	/** {@link #FOREIGN} on Java 22 and later, {@link #JNA} before. */
	AUTO {

		@Override
		Libc open() {
			if (Runtime.version().feature() < FIRST_FOREIGN_FEATURE) {
				return JNA.open();
			}
			if (foreignLayerIsThere()) {
				return FOREIGN.open();
			}
			logger().log(Level.WARNING, NO_FOREIGN_LAYER + " Falling back to JNA. " + KEEP_THE_LAYER);
			return JNA.open();
		}

	},

	/** Through {@code java.lang.foreign}, on Java 22 and later. */
	FOREIGN {

		@Override
		Libc open() {
			int feature = Runtime.version().feature();
			if (feature < FIRST_FOREIGN_FEATURE) {
				throw new NativeBindingException("The native binding 'foreign' needs Java %s, and this is Java %s."
					.formatted(FIRST_FOREIGN_FEATURE, feature), CHOOSE_AUTO, null);
			}
			if (!foreignLayerIsThere()) {
				throw new NativeBindingException(NO_FOREIGN_LAYER, KEEP_THE_LAYER, null);
			}
			try {
				return (Libc) Class.forName(FOREIGN_LAYER).getDeclaredConstructor().newInstance();
			}
			catch (ReflectiveOperationException | LinkageError ex) {
				Throwable cause = firstFailure(FOREIGN, rootCause(ex));
				if (cause instanceof IllegalCallerException) {
					throw new NativeBindingException("Native access is denied to the socket pairs.",
							ENABLE_NATIVE_ACCESS, cause);
				}
				throw new NativeBindingException(
						"The C library cannot be called through java.lang.foreign: %s.".formatted(cause),
						"Set 'socketpair.native-binding' to 'jna'.", cause);
			}
		}

	},

	/** Through JNA. */
	JNA {

		@Override
		Libc open() {
			try {
				return new JnaLibc();
			}
			catch (LinkageError | RuntimeException ex) {
				Throwable cause = firstFailure(JNA, rootCause(ex));
				if (cause instanceof ClassNotFoundException || cause instanceof NoClassDefFoundError) {
					throw new NativeBindingException("JNA is not on the class path.",
							"Add the dependency 'net.java.dev.jna:jna'.", cause);
				}
				if (cause instanceof IllegalCallerException) {
					throw new NativeBindingException("Native access is denied to JNA.", ENABLE_NATIVE_ACCESS, cause);
				}
				throw new NativeBindingException(
						"JNA cannot load its native library: %s.".formatted(cause.getMessage()),
						"Give it a directory that can be written to and executed from: '-Djna.tmpdir=DIRECTORY'.",
						cause);
			}
		}

	};

	/** The property, and system property, that chooses. */
	public static final String PROPERTY = "socketpair.native-binding";

	private static volatile @Nullable Libc loaded;

	private static final Map<String, Throwable> FIRST_FAILURES = new ConcurrentHashMap<>();

	private static final int FIRST_FOREIGN_FEATURE = 22;

	private static final String FOREIGN_LAYER = "dev.socketpair.libc.ForeignLibc";

	private static final String NO_FOREIGN_LAYER = "This jar of the socket pairs has lost its Java 22 layer "
			+ "(META-INF/versions/22, for java.lang.foreign).";

	private static final String KEEP_THE_LAYER = "Keep 'Multi-Release: true' in the manifest when the jar is repackaged.";

	private static final String CHOOSE_AUTO = "Set 'socketpair.native-binding' to 'auto' or 'jna'.";

	private static final String ENABLE_NATIVE_ACCESS = "Start Java with '--enable-native-access=ALL-UNNAMED', "
			+ "or put 'Enable-Native-Access: ALL-UNNAMED' into the manifest of the executable jar.";

	/**
	 * Return the binding of a name.
	 * @param text {@code auto}, {@code foreign} or {@code jna} in any case
	 * @return the binding
	 * @throws IllegalArgumentException if the text is none of them
	 */
	public static NativeBinding of(String text) {
		return Arrays.stream(values())
			.filter((binding) -> binding.toString().equals(text.strip().toLowerCase(Locale.ROOT)))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException(
					"'%s' is not a native binding: use one of auto, foreign, jna".formatted(text)));
	}

	/**
	 * Return the binding that the system property {@value #PROPERTY} chooses.
	 * @return the binding, {@link #AUTO} where the property is not set
	 * @throws IllegalArgumentException if its value is no binding
	 */
	public static NativeBinding fromSystemProperty() {
		String value = System.getProperty(PROPERTY);
		try {
			return (value != null) ? of(value) : AUTO;
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException("System property %s: %s".formatted(PROPERTY, ex.getMessage()), ex);
		}
	}

	/**
	 * Make the C library callable: all its functions are looked up now.
	 * @return the C library
	 * @throws NativeBindingException if it cannot be called; the message says what to
	 * change
	 */
	public Libc load() {
		Platforms.CURRENT.check();
		Libc libc = open();
		loaded = libc;
		return libc;
	}

	/**
	 * Return the C library as it was made callable last, for what has no binding of its
	 * own.
	 * @return the C library, through the binding that the system property chooses if
	 * nothing was made callable yet
	 * @throws NativeBindingException if it cannot be called; the message says what to
	 * change
	 * @throws IllegalArgumentException if the value of the property is no binding
	 */
	public static Libc loaded() {
		Libc libc = loaded;
		return (libc != null) ? libc : fromSystemProperty().load();
	}

	abstract Libc open();

	private static boolean foreignLayerIsThere() {
		// Asked as a resource: loading the class would already need native access.
		return NativeBinding.class.getResource("ForeignLibc.class") != null;
	}

	/**
	 * Only the first attempt tells why: after that the class is just said to be unusable.
	 */
	private static Throwable firstFailure(NativeBinding binding, Throwable cause) {
		Throwable first = FIRST_FAILURES.putIfAbsent(binding.toString(), cause);
		return (first != null) ? first : cause;
	}

	private static Throwable rootCause(Throwable ex) {
		Throwable root = ex;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		return root;
	}

	private static Logger logger() {
		return System.getLogger(NativeBinding.class.getName());
	}

	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT);
	}

}
