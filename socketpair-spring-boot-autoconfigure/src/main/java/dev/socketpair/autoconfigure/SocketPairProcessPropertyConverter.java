package dev.socketpair.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import dev.socketpair.autoconfigure.process.SocketPairProcessProperties.Child;
import dev.socketpair.autoconfigure.process.SocketPairProcessProperties.Restart;
import org.jspecify.annotations.Nullable;

import org.springframework.core.convert.TypeDescriptor;
import org.springframework.core.convert.converter.GenericConverter;

/**
 * Converts what stands where the properties of a process, or of its restart, are
 * expected: nothing, or something that a failure has to explain.
 */
class SocketPairProcessPropertyConverter implements GenericConverter {

	private static final List<Class<?>> SOURCES = List.of(String.class, Number.class, Boolean.class);

	private static final Map<Class<?>, String> TARGETS = Map.of(Child.class,
			"'%s' is not a process: set its properties below its name, such as 'socketpair.processes.worker.command'",
			Restart.class, "'%s' is not a restart: set its properties below it, such as "
					+ "'socketpair.processes.worker.restart.policy'");

	@Override
	public Set<ConvertiblePair> getConvertibleTypes() {
		return TARGETS.keySet()
			.stream()
			.flatMap((target) -> SOURCES.stream().map((source) -> new ConvertiblePair(source, target)))
			.collect(Collectors.toUnmodifiableSet());
	}

	@Override
	public @Nullable Object convert(@Nullable Object source, TypeDescriptor sourceType, TypeDescriptor targetType) {
		if (source == null || source.toString().isBlank()) {
			return null;
		}
		throw new IllegalArgumentException(Objects.requireNonNull(TARGETS.get(targetType.getType())).formatted(source));
	}

}
