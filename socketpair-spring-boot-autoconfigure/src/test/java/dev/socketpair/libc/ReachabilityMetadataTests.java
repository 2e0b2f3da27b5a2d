package dev.socketpair.libc;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the metadata that a native image needs, which has to name the shape of each
 * function that {@code ForeignLibc} links. That class is seen where it comes from the
 * jar, on Java 22 and later.
 */
class ReachabilityMetadataTests {

	private static final String METADATA = "/META-INF/native-image/dev.socketpair/"
			+ "socketpair-spring-boot-autoconfigure/reachability-metadata.json";

	private static final Map<Class<?>, String> TYPES = Map.of(int.class, "\"jint\"", long.class, "\"jlong\"");

	private static final Set<String> VARIADIC = Set.of("FCNTL", "IOCTL");

	private static final Set<String> CRITICAL = Set.of("SEND_ARRAY", "RECV_ARRAY");

	@Test
	void shapesAreThoseOfTheLinkedFunctions() throws Exception {
		Set<String> described = described();
		assertThat(described).hasSizeGreaterThan(10);
		if (NativeBinding.class.getResource("ForeignLibc.class") != null) {
			assertThat(described).isEqualTo(linked());
		}
	}

	private static Set<String> described() throws IOException {
		try (InputStream metadata = ReachabilityMetadataTests.class.getResourceAsStream(METADATA)) {
			assertThat(metadata).isNotNull();
			return new String(metadata.readAllBytes(), StandardCharsets.UTF_8).lines()
				.map((line) -> line.strip().replaceFirst(",$", ""))
				.filter((line) -> line.startsWith("{\"returnType\""))
				.collect(Collectors.toCollection(TreeSet::new));
		}
	}

	private static Set<String> linked() throws ReflectiveOperationException {
		Class<?> layer = Class.forName("dev.socketpair.libc.ForeignLibc");
		List<Class<?>> holders = new ArrayList<>(List.of(layer.getDeclaredClasses()));
		holders.add(layer);
		Set<String> linked = new TreeSet<>();
		for (Class<?> holder : holders) {
			for (Field field : holder.getDeclaredFields()) {
				if (field.getType() == MethodHandle.class) {
					field.setAccessible(true);
					linked.add(shape(field.getName(), ((MethodHandle) field.get(null)).type()));
				}
			}
		}
		return linked;
	}

	private static String shape(String function, MethodType type) {
		List<Class<?>> parameters = type.parameterList();
		List<String> options = new ArrayList<>();
		if (!function.startsWith("PTHREAD_")) {
			// Where errno goes
			parameters = parameters.subList(1, parameters.size());
			options.add("\"captureCallState\": true");
		}
		if (VARIADIC.contains(function)) {
			options.add("\"firstVariadicArg\": 2");
		}
		if (CRITICAL.contains(function)) {
			options.add("\"critical\": {\"allowHeapAccess\": true}");
		}
		return "{\"returnType\": %s, \"parameterTypes\": [%s]%s}".formatted(TYPES.get(type.returnType()),
				parameters.stream()
					.map((parameter) -> TYPES.getOrDefault(parameter, "\"void*\""))
					.collect(Collectors.joining(", ")),
				options.isEmpty() ? "" : ", \"options\": {%s}".formatted(String.join(", ", options)));
	}

}
