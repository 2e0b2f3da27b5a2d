package dev.socketpair.autoconfigure;

import java.util.Set;

import dev.socketpair.SocketDomain;
import dev.socketpair.SocketType;
import dev.socketpair.autoconfigure.SocketPairProperties.Flag;
import dev.socketpair.libc.NativeBinding;
import org.jspecify.annotations.Nullable;

import org.springframework.core.convert.TypeDescriptor;
import org.springframework.core.convert.converter.GenericConverter;

/**
 * Converts the text or number of a property to a value of the API.
 */
class SocketPairPropertyConverter implements GenericConverter {

	@Override
	public Set<ConvertiblePair> getConvertibleTypes() {
		return Set.of(new ConvertiblePair(String.class, SocketDomain.class),
				new ConvertiblePair(Number.class, SocketDomain.class),
				new ConvertiblePair(String.class, SocketType.class),
				new ConvertiblePair(Number.class, SocketType.class), new ConvertiblePair(String.class, Flag.class),
				new ConvertiblePair(String.class, NativeBinding.class));
	}

	@Override
	public @Nullable Object convert(@Nullable Object source, TypeDescriptor sourceType, TypeDescriptor targetType) {
		if (source == null) {
			return null;
		}
		String text = source.toString();
		Class<?> target = targetType.getType();
		if (target == SocketDomain.class) {
			return SocketDomain.of(text);
		}
		if (target == SocketType.class) {
			return SocketType.of(text);
		}
		return (target == Flag.class) ? Flag.of(text) : NativeBinding.of(text);
	}

}
