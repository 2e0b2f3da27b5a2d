package dev.socketpair.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.socketpair.SocketDomain;
import dev.socketpair.SocketType;
import dev.socketpair.autoconfigure.SocketPairProperties.Flag;
import dev.socketpair.autoconfigure.SocketPairProperties.Pair;
import dev.socketpair.libc.NativeBinding;
import org.jspecify.annotations.Nullable;

import org.springframework.core.convert.TypeDescriptor;
import org.springframework.core.convert.converter.GenericConverter;

/**
 * Converts the text, number or truth value of a property to a value of the API. A truth
 * value is never right, but its failure names the values that are.
 */
class SocketPairPropertyConverter implements GenericConverter {

	private static final List<Class<?>> SOURCES = List.of(String.class, Number.class, Boolean.class);

	private static final Map<Class<?>, Function<String, Object>> TARGETS = Map.of(SocketDomain.class, SocketDomain::of,
			SocketType.class, SocketType::of, Flag.class, Flag::of, NativeBinding.class, NativeBinding::of, Pair.class,
			Pair::of);

	/**
	 * Return whether values of a type come from here, and failures name those that are
	 * right.
	 */
	static boolean converts(Class<?> type) {
		return TARGETS.containsKey(type);
	}

	@Override
	public Set<ConvertiblePair> getConvertibleTypes() {
		return TARGETS.keySet()
			.stream()
			.flatMap((target) -> SOURCES.stream().map((source) -> new ConvertiblePair(source, target)))
			.collect(Collectors.toUnmodifiableSet());
	}

	@Override
	public @Nullable Object convert(@Nullable Object source, TypeDescriptor sourceType, TypeDescriptor targetType) {
		Function<String, Object> target = TARGETS.get(targetType.getType());
		return (source != null && target != null) ? target.apply(source.toString()) : null;
	}

}
