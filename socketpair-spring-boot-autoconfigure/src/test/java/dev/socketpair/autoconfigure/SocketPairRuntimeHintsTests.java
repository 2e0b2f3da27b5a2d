package dev.socketpair.autoconfigure;

import java.util.Properties;

import dev.socketpair.actuate.SocketPairsEndpoint;
import dev.socketpair.autoconfigure.actuate.SocketPairsEndpointAutoConfiguration;
import dev.socketpair.autoconfigure.actuate.SocketPairsEndpointProperties;
import dev.socketpair.autoconfigure.process.SocketPairProcessAutoConfiguration;
import dev.socketpair.autoconfigure.process.SocketPairProcessProperties;
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
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;
import org.springframework.javapoet.ClassName;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketPairRuntimeHints}, and for the hints that Spring derives from
 * this library, as the processing of an application ahead of time finds them.
 */
class SocketPairRuntimeHintsTests {

	private static final RuntimeHints hints = hintsOf(SocketPairAutoConfiguration.class,
			SocketPairProcessAutoConfiguration.class, SocketPairsEndpointAutoConfiguration.class);

	@Test
	void foreignLayerCanBeMadeByName() {
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(TypeReference.of("dev.socketpair.libc.ForeignLibc"))
			.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)).accepts(hints);
	}

	@Test
	void foreignLayerCanBeFoundAsAResource() {
		assertThat(RuntimeHintsPredicates.resource().forResource("dev/socketpair/libc/ForeignLibc.class"))
			.accepts(hints);
	}

	@Test
	void jnaCanBindItsFunctions() throws ReflectiveOperationException {
		Class<?> functions = Class.forName("dev.socketpair.libc.JnaLibc$C", false, getClass().getClassLoader());
		assertThat(
				RuntimeHintsPredicates.reflection().onMethodInvocation(functions.getDeclaredMethod("close", int.class)))
			.accepts(hints);
		assertThat(hints.jni().getTypeHint(functions)).isNotNull()
			.satisfies(
					(hint) -> assertThat(hint.getMemberCategories()).contains(MemberCategory.INVOKE_DECLARED_METHODS));
	}

	@ParameterizedTest
	@ValueSource(strings = { "java.lang.Thread", "java.lang.Thread$Builder", "java.lang.Thread$Builder$OfVirtual" })
	void virtualThreadsCanBeFoundByName(String type) {
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(TypeReference.of(type))
			.withMemberCategory(MemberCategory.INVOKE_PUBLIC_METHODS)).accepts(hints);
	}

	@ParameterizedTest
	@ValueSource(classes = { SocketPairProperties.class, SocketPairProperties.Pair.class,
			SocketPairProcessProperties.class, SocketPairProcessProperties.Child.class,
			SocketPairProcessProperties.Restart.class, SocketPairsEndpointProperties.class })
	void propertiesCanBeBound(Class<?> properties) {
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(properties)
			.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)
			.or(RuntimeHintsPredicates.reflection().onConstructorInvocation(properties.getDeclaredConstructors()[0])))
			.accepts(hints);
	}

	@ParameterizedTest
	@ValueSource(classes = { SocketPairsEndpoint.SocketPairsDescriptor.class,
			SocketPairsEndpoint.NamedSocketPairsDescriptor.class, SocketPairsEndpoint.DescriptorsDescriptor.class,
			SocketPairsEndpoint.OpenPairDescriptor.class, SocketPairsEndpoint.EndDescriptor.class,
			SocketPairsEndpoint.ProcessDescriptor.class })
	void answersOfTheEndpointCanBeWritten(Class<?> descriptor) {
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(descriptor.getRecordComponents()[0].getAccessor())).accepts(hints);
	}

	@Test
	void failureAnalyzersCanBeMade() throws Exception {
		Properties factories = PropertiesLoaderUtils
			.loadProperties(new FileSystemResource("src/main/resources/META-INF/spring.factories"));
		String[] analyzers = StringUtils
			.commaDelimitedListToStringArray(factories.getProperty(FailureAnalyzer.class.getName()));
		assertThat(analyzers).isNotEmpty()
			.allSatisfy((analyzer) -> assertThat(RuntimeHintsPredicates.reflection()
				.onConstructorInvocation(Class.forName(analyzer).getDeclaredConstructors()[0])).accepts(hints));
	}

	private static RuntimeHints hintsOf(Class<?>... configurations) {
		DefaultGenerationContext generation = new DefaultGenerationContext(
				new ClassNameGenerator(ClassName.get("dev.socketpair.generated", "Application")),
				new InMemoryGeneratedFiles());
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			TestPropertyValues.of("management.endpoints.web.exposure.include=socketpairs").applyTo(context);
			context.register(configurations);
			new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
		}
		return generation.getRuntimeHints();
	}

}
