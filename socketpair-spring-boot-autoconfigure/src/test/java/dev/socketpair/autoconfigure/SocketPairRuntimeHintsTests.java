package dev.socketpair.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketPairRuntimeHints}, as the processing of an application ahead of
 * time finds them.
 */
class SocketPairRuntimeHintsTests {

	private final RuntimeHints hints = hintsOf(SocketPairAutoConfiguration.class);

	@Test
	void foreignLayerCanBeMadeByName() {
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(TypeReference.of("dev.socketpair.libc.ForeignLibc"))
			.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)).accepts(this.hints);
	}

	@Test
	void foreignLayerCanBeFoundAsAResource() {
		assertThat(RuntimeHintsPredicates.resource().forResource("dev/socketpair/libc/ForeignLibc.class"))
			.accepts(this.hints);
	}

	@ParameterizedTest
	@ValueSource(classes = { SocketPairProperties.class, SocketPairProperties.Pair.class })
	void propertiesCanBeBound(Class<?> properties) {
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(properties)
			.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)
			.or(RuntimeHintsPredicates.reflection().onConstructorInvocation(properties.getDeclaredConstructors()[0])))
			.accepts(this.hints);
	}

	private static RuntimeHints hintsOf(Class<?> configuration) {
		DefaultGenerationContext generation = new DefaultGenerationContext(
				new ClassNameGenerator(ClassName.get("dev.socketpair.generated", "Application")),
				new InMemoryGeneratedFiles());
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.register(configuration);
			new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
		}
		return generation.getRuntimeHints();
	}

}
