package dev.socketpair.autoconfigure;

import java.io.IOException;
import java.lang.reflect.Parameter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.socketpair.PackagedMetadata;
import dev.socketpair.autoconfigure.process.SocketPairProcessProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the files by which Spring Boot and development environments find the parts of
 * the library.
 */
class ConfigurationMetadataTests {

	private final PackagedMetadata metadata = PackagedMetadata.read();

	@Test
	void everyComponentOfThePropertiesIsAProperty() {
		assertThat(this.metadata.properties())
			.containsKeys(components(SocketPairProperties.class).toArray(String[]::new))
			.containsKeys(components(SocketPairProcessProperties.class).toArray(String[]::new))
			.containsKeys("socketpair.enabled", "management.health.socketpair.enabled",
					"management.endpoint.socketpairs.access", "management.endpoint.socketpairs.show-values",
					"management.endpoint.socketpairs.roles");
	}

	/**
	 * The metadata has no place for them: tools take the keys below a name from the type
	 * of the map's values.
	 */
	@Test
	void componentsOfAPairArePropertiesOfTheDefaultsToo() {
		assertThat(this.metadata.properties().get("socketpair.pairs")).extractingByKey("type")
			.isEqualTo("java.util.Map<java.lang.String,%s>".formatted(SocketPairProperties.Pair.class.getName()));
		List<String> components = components(SocketPairProperties.Pair.class).toList();
		assertThat(components(SocketPairProperties.class)).containsSubsequence(components);
		assertThat(SocketPairProperties.Pair.PROPERTIES).containsExactlyInAnyOrderElementsOf(components.stream()
			.map((component) -> component.substring("socketpair.".length()).replace("-", ""))
			.toList());
		assertThat(this.metadata.properties().get("socketpair.pairs").get("description")).asString()
			.contains(components.stream()
				.map((component) -> "'" + component.substring("socketpair.".length()) + "'")
				.toList());
	}

	@Test
	void componentsOfAProcessAreInTheDescriptionOfTheProcesses() {
		assertThat(this.metadata.properties().get("socketpair.processes")).extractingByKey("type")
			.isEqualTo(
					"java.util.Map<java.lang.String,%s>".formatted(SocketPairProcessProperties.Child.class.getName()));
		assertThat(this.metadata.properties().get("socketpair.processes").get("description")).asString()
			.contains(Stream.of(SocketPairProcessProperties.Child.class, SocketPairProcessProperties.Restart.class)
				.flatMap(ConfigurationMetadataTests::components)
				.map((component) -> "'" + component.substring("socketpair.".length()) + "'")
				.toList());
	}

	@ParameterizedTest
	@MethodSource("properties")
	void descriptionIsASentenceInTheStyleOfSpringBoot(String property) {
		assertThat(this.metadata.properties().get(property)).extractingByKey("description")
			.asString()
			.matches("[A-Z].*\\.")
			.doesNotStartWith("The ")
			.doesNotStartWith("A ")
			.doesNotContain("{@");
	}

	@ParameterizedTest
	@ValueSource(strings = { "socketpair.domain", "socketpair.type", "socketpair.flags", "socketpair.native-binding" })
	void valuesAreHintedAt(String property) {
		assertThat(this.metadata.hints().get(property)).isNotEmpty();
	}

	@ParameterizedTest
	@MethodSource("hints")
	void everyHintBelongsToAPropertyAndIsDescribed(String name) {
		assertThat(this.metadata.properties()).containsKey(name.replaceFirst("\\.(keys|values)$", ""));
		assertThat(this.metadata.hints().get(name))
			.allSatisfy((value, description) -> assertThat(description).matches("(?s).*\\."));
	}

	@ParameterizedTest
	@MethodSource("hints")
	void everyHintedValueIsAccepted(String property) {
		ApplicationContextRunner contextRunner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SocketPairAutoConfiguration.class));
		for (String value : this.metadata.hints().get(property).keySet()) {
			contextRunner.withPropertyValues(property + "=" + value)
				.run((context) -> assertThat(context).as(value).hasNotFailed());
			bindOfAPair(property, value);
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { SocketPairProperties.Pair.class, SocketPairProcessProperties.Child.class,
			SocketPairProcessProperties.Restart.class })
	void whatStandsBelowANameHasMetadataOfItsOwn(Class<?> type) {
		Map<String, Map<String, Object>> nested = this.metadata.propertiesOf(type);
		for (Parameter component : type.getDeclaredConstructors()[0].getParameters()) {
			String name = component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
			if (component.getType().isRecord()) {
				// Has a file of its own
				continue;
			}
			assertThat(nested).containsKey(name);
			assertThat(nested.get(name).get("description")).asString().matches("[A-Z].*\\.");
			DefaultValue value = component.getAnnotation(DefaultValue.class);
			if (value != null && value.value().length > 0) {
				assertThat(nested.get(name).get("defaultValue")).as(name).hasToString(value.value()[0]);
			}
			if (component.getType().isEnum()) {
				assertThat(this.metadata.hintsOf(type).get(name).keySet())
					.containsExactlyInAnyOrderElementsOf(Stream.of(component.getType().getEnumConstants())
						.map((constant) -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'))
						.toList());
			}
		}
		assertThat(nested.keySet()).containsAll(this.metadata.hintsOf(type).keySet());
	}

	@Test
	void everyAutoConfigurationIsListed() {
		assertThat(listedAutoConfigurations()).containsExactlyInAnyOrderElementsOf(autoConfigurations());
	}

	@Test
	void conditionsOfEveryAutoConfigurationAreKnownBeforeItIsLoaded() throws IOException {
		Properties conditions = this.metadata.propertiesFile("META-INF/spring-autoconfigure-metadata.properties");
		assertThat(conditions.stringPropertyNames()).containsAll(autoConfigurations());
	}

	@Test
	void everyClassOfTheFactoriesExists() throws IOException {
		Properties factories = this.metadata.propertiesFile("META-INF/spring.factories");
		assertThat(factories).isNotEmpty();
		factories.forEach((type, names) -> {
			for (String name : names.toString().split(",")) {
				assertThat(ClassUtils.resolveClassName(name.strip(), null))
					.isAssignableTo(ClassUtils.resolveClassName(type.toString(), null));
			}
		});
	}

	static Set<String> properties() {
		return PackagedMetadata.read().properties().keySet();
	}

	static Set<String> hints() {
		return PackagedMetadata.read().hints().keySet();
	}

	/** Not every kernel has every pair, so that it is bound and not made. */
	private static void bindOfAPair(String property, String value) {
		String name = property.substring("socketpair.".length());
		if (components(SocketPairProperties.Pair.class).anyMatch(property::equals)) {
			ApplicationConversionService conversions = new ApplicationConversionService();
			conversions.addConverter(new SocketPairPropertyConverter());
			Binder binder = new Binder(
					List.of(new MapConfigurationPropertySource(Map.of("socketpair.pairs.control." + name, value))),
					null, conversions, null);
			assertThat(binder.bind("socketpair", SocketPairProperties.class).get().pairs()).as(value)
				.containsOnlyKeys("control");
		}
	}

	private static Stream<String> components(Class<?> properties) {
		return Stream.of(properties.getRecordComponents())
			.map((component) -> "socketpair." + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase());
	}

	private List<String> listedAutoConfigurations() {
		return this.metadata.lines("META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports");
	}

	private static Set<String> autoConfigurations() {
		return new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
			.importPackages("dev.socketpair")
			.stream()
			.filter((type) -> type.isAnnotatedWith(AutoConfiguration.class))
			.map(JavaClass::getName)
			.collect(Collectors.toSet());
	}

}
