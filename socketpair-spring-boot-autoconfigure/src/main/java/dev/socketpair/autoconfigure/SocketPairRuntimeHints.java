package dev.socketpair.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;

/**
 * {@link RuntimeHintsRegistrar} for types that are found by name: the Java 22 layer, the
 * functions that JNA binds, and the virtual threads of Java 21. The functions that the
 * Java 22 layer links are in {@code reachability-metadata.json}.
 */
class SocketPairRuntimeHints implements RuntimeHintsRegistrar {

	private static final String FOREIGN_LAYER = "dev.socketpair.libc.ForeignLibc";

	private static final String JNA_FUNCTIONS = "dev.socketpair.libc.JnaLibc$C";

	private static final String[] THREADS = { "java.lang.Thread", "java.lang.Thread$Builder",
			"java.lang.Thread$Builder$OfVirtual" };

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.reflection().registerType(TypeReference.of(FOREIGN_LAYER), MemberCategory.INVOKE_DECLARED_CONSTRUCTORS);
		hints.resources().registerPattern(FOREIGN_LAYER.replace('.', '/') + ".class");
		hints.reflection().registerType(TypeReference.of(JNA_FUNCTIONS), MemberCategory.INVOKE_DECLARED_METHODS);
		hints.jni().registerType(TypeReference.of(JNA_FUNCTIONS), MemberCategory.INVOKE_DECLARED_METHODS);
		for (String type : THREADS) {
			hints.reflection().registerType(TypeReference.of(type), MemberCategory.INVOKE_PUBLIC_METHODS);
		}
	}

}
