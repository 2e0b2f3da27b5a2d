package dev.socketpair.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;

/**
 * {@link RuntimeHintsRegistrar} for the Java 22 layer, which the base layer finds by
 * name.
 */
class SocketPairRuntimeHints implements RuntimeHintsRegistrar {

	private static final String FOREIGN_LAYER = "dev.socketpair.libc.ForeignLibc";

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.reflection().registerType(TypeReference.of(FOREIGN_LAYER), MemberCategory.INVOKE_DECLARED_CONSTRUCTORS);
		hints.resources().registerPattern(FOREIGN_LAYER.replace('.', '/') + ".class");
	}

}
