package dev.socketpair.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

import dev.socketpair.NativeBindingException;
import dev.socketpair.SocketFlag;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairs;
import dev.socketpair.SocketType;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests of the pairs that have a name in the configuration.
 */
@NothingLeaks
class ConfiguredSocketPairTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketPairAutoConfiguration.class));

	@Test
	void pairIsABeanOfItsName() {
		this.contextRunner.withPropertyValues("socketpair.pairs.control.type=seqpacket").run((context) -> {
			SocketPair pair = context.getBean("control", SocketPair.class);
			assertThat(pair.name()).isEqualTo("control");
			assertThat(pair.options().type()).isEqualTo(SocketType.SEQPACKET);
			pair.first().outputStream().write(42);
			assertThat(pair.second().inputStream().read()).isEqualTo(42);
		});
	}

	@Test
	void pairsAreInjectedByQualifierParameterNameAndMap() {
		this.contextRunner
			.withPropertyValues("socketpair.pairs.control.type=seqpacket", "socketpair.pairs.data-plane.type=stream")
			.withUserConfiguration(InjectingConfiguration.class)
			.run((context) -> {
				Injected injected = context.getBean(Injected.class);
				assertThat(injected.byParameterName()).isSameAs(context.getBean("control"));
				assertThat(injected.byQualifier()).isSameAs(context.getBean("data-plane"));
				assertThat(injected.map()).containsExactly(Map.entry("control", injected.byParameterName()),
						Map.entry("data-plane", injected.byQualifier()));
			});
	}

	@Test
	void onlyPairIsInjectedByType() {
		this.contextRunner.withPropertyValues("socketpair.pairs.control.type=seqpacket")
			.run((context) -> assertThat(context).hasSingleBean(SocketPair.class));
	}

	@Test
	void pairsAreMadeAtTheStartAlsoWhereAllElseIsLazy(@TempDir Path directory) throws IOException {
		String yaml = """
				spring.main.lazy-initialization: true
				socketpair.pairs.control.type: seqpacket
				""";
		try (ConfigurableApplicationContext context = run(directory, yaml)) {
			assertThat(context.getBeanFactory().containsSingleton("control")).isTrue();
		}
	}

	@Test
	void contextClosesThePairs() {
		this.contextRunner.withPropertyValues("socketpair.pairs.control.type=stream").run((context) -> {
			SocketPair pair = context.getBean(SocketPair.class);
			SocketPairFactory factory = context.getBean(SocketPairFactory.class);
			List<String> open = factory.statistics().openPairs().stream().map((snapshot) -> snapshot.name()).toList();
			context.close();
			assertThat(open).containsExactly("control");
			assertThat(pair.isOpen()).isFalse();
		});
	}

	@Test
	void contextClosesPairsOfAFactoryThatItDoesNotClose() {
		try (SocketPairFactory factory = SocketPairs.factory()) {
			this.contextRunner.withPropertyValues("socketpair.pairs.control.type=stream")
				.withBean(SocketPairFactory.class, () -> factory,
						(definition) -> ((AbstractBeanDefinition) definition).setDestroyMethodName(""))
				.run((context) -> {
					assertThat(factory.statistics().openPairs()).hasSize(1);
					context.close();
					assertThat(factory.statistics().openPairs()).isEmpty();
				});
			assertThatNoException().isThrownBy(() -> factory.create().close());
		}
	}

	@Test
	void whatIsAbsentIsAsInTheDefaults() {
		this.contextRunner
			.withPropertyValues("socketpair.type=dgram", "socketpair.flags=nonblock", "socketpair.read-timeout=5s",
					"socketpair.send-buffer-size=4096", "socketpair.pairs.control.write-timeout=3s")
			.withBean(SocketPairFactoryCustomizer.class,
					() -> (defaults) -> defaults.busyPoll(Duration.ofNanos(20_000)))
			.run((context) -> assertThat(context.getBean(SocketPair.class).options())
				.isEqualTo(SocketPairOptions.builder()
					.name("control")
					.type(SocketType.DGRAM)
					.nonBlocking(true)
					.sendBufferSize(4096)
					.readTimeout(Duration.ofSeconds(5))
					.writeTimeout(Duration.ofSeconds(3))
					.busyPoll(Duration.ofNanos(20_000))
					.build()));
	}

	@Test
	void everyPropertyOfAPairIsRead(@TempDir Path directory) throws IOException {
		String yaml = """
				socketpair:
				  type: stream
				  flags: nonblock
				  read-timeout: 5s
				  pairs:
				    control:
				      domain: 1
				      type: 5
				      protocol: 0
				      flags: [ no-cloexec ]
				      send-buffer-size: 8KB
				      read-timeout: 0
				      write-timeout: 250
				      busy-poll: 20
				""";
		try (ConfigurableApplicationContext context = run(directory, yaml)) {
			assertThat(context.getBean("control", SocketPair.class).options()).isEqualTo(SocketPairOptions.builder()
				.name("control")
				.type(SocketType.SEQPACKET)
				.closeOnExec(false)
				.sendBufferSize(8192)
				.writeTimeout(Duration.ofMillis(250))
				.busyPoll(Duration.ofNanos(20_000))
				.build());
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "cloexec | [CLOEXEC]", "no-cloexec | []", "nonblock | [NONBLOCK, CLOEXEC]",
			"nonblock,no-cloexec | [NONBLOCK]", "'' | [NONBLOCK, CLOEXEC]" })
	void flagsOfAPairReplaceThoseOfTheDefaults(String flags, String expected) {
		this.contextRunner.withPropertyValues("socketpair.flags=nonblock", "socketpair.pairs.control.flags=" + flags)
			.run((context) -> assertThat(context.getBean(SocketPair.class).options().flags()).hasToString(expected));
	}

	@Test
	void namesOfYamlWithNothingBelowThemArePairs(@TempDir Path directory) throws IOException {
		String yaml = """
				socketpair:
				  pairs:
				    control:
				    data: {}
				    my-pair: { read-timeout: }
				    "[my.pair]": { type: dgram }
				    myPair2: { type: dgram }
				    3: { type: dgram }
				""";
		try (ConfigurableApplicationContext context = run(directory, yaml)) {
			Map<String, SocketPair> pairs = context.getBean(SocketPairRegistry.class).pairs();
			assertThat(pairs).containsOnlyKeys("control", "data", "my-pair", "my.pair", "myPair2", "3")
				.isEqualTo(context.getBeansOfType(SocketPair.class));
			assertThat(pairs.get("control").options().type()).isEqualTo(SocketType.STREAM);
			assertThat(pairs.get("my.pair").options().type()).isEqualTo(SocketType.DGRAM);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "pairs:", "pairs: {}" })
	void emptyYamlHasNoPairs(String yaml, @TempDir Path directory) throws IOException {
		try (ConfigurableApplicationContext context = run(directory, "socketpair:\n  " + yaml)) {
			assertThat(context.getBean(SocketPairRegistry.class).pairs()).isEmpty();
			assertThat(context.getBeanFactory().containsSingleton("socketPairFactory")).isFalse();
		}
	}

	@Test
	void environmentVariableSetsAPairThatHasADashInItsName() {
		this.contextRunner.withPropertyValues("socketpair.pairs.data-plane.type=stream")
			.withInitializer(
					(context) -> context.getEnvironment()
						.getPropertySources()
						.addFirst(new SystemEnvironmentPropertySource(
								StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
								Map.of("SOCKETPAIR_PAIRS_DATAPLANE_TYPE", "dgram", "SOCKETPAIR_PAIRS_OTHER_TYPE",
										"seqpacket"))))
			.run((context) -> {
				Map<String, SocketPair> pairs = context.getBean(SocketPairRegistry.class).pairs();
				assertThat(pairs).containsOnlyKeys("data-plane", "other")
					.isEqualTo(context.getBeansOfType(SocketPair.class));
				assertThat(pairs.get("data-plane").options().type()).isEqualTo(SocketType.DGRAM);
				assertThat(pairs.get("other").options().type()).isEqualTo(SocketType.SEQPACKET);
			});
	}

	@Test
	void environmentVariableWithTheDashesOfANameIsRefused() {
		this.contextRunner.withPropertyValues("socketpair.pairs.data-plane.type=stream")
			.withInitializer(
					(context) -> context.getEnvironment()
						.getPropertySources()
						.addFirst(new SystemEnvironmentPropertySource(
								StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
								Map.of("SOCKETPAIR_PAIRS_DATA_PLANE_TYPE", "dgram"))))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(ConfiguredNameException.class)
				.hasMessageContaining("'data'")
				.hasMessageContaining("SOCKETPAIR_PAIRS_DATA_PLANE_TYPE"));
	}

	@Test
	void registryHasThePairsInTheOrderOfTheConfiguration() {
		this.contextRunner
			.withPropertyValues("socketpair.pairs.z.type=stream", "socketpair.pairs.a.type=stream",
					"socketpair.pairs.m.type=stream")
			.run((context) -> {
				SocketPairRegistry registry = context.getBean(SocketPairRegistry.class);
				assertThat(registry.pairs().keySet()).containsExactly("z", "a", "m");
				assertThat(registry.pairs()).isUnmodifiable();
				assertThat(registry.pair("a")).isSameAs(context.getBean("a"));
			});
	}

	@Test
	void registryAnswersAnUnknownNameWithTheKnownOnes() {
		this.contextRunner.withPropertyValues("socketpair.pairs.control.type=stream", "socketpair.pairs.a.type=dgram")
			.run((context) -> {
				SocketPairRegistry registry = context.getBean(SocketPairRegistry.class);
				assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(() -> registry.pair("contrl"))
					.withMessage("There is no 'contrl' under 'socketpair.pairs', which has 'a', 'control'");
				assertThatIllegalArgumentException().isThrownBy(() -> registry.pair(null))
					.withMessageContaining("'name'");
			});
	}

	@Test
	void registryWithoutPairsIsEmptyAndDoesNotNeedTheFactory() {
		this.contextRunner.run((context) -> {
			SocketPairRegistry registry = context.getBean(SocketPairRegistry.class);
			assertThat(registry.pairs()).isEmpty();
			assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(() -> registry.pair("control"))
				.withMessageContaining("no names");
			assertThat(context.getBeanFactory().containsSingleton("socketPairFactory")).isFalse();
		});
	}

	@Test
	void registryOfTheApplicationWins() {
		this.contextRunner.withUserConfiguration(OwnRegistryConfiguration.class)
			.run((context) -> assertThat(context).hasSingleBean(SocketPairRegistry.class).hasBean("ownRegistry"));
	}

	@Test
	void pairOfTheApplicationIsNotInTheRegistry() {
		this.contextRunner.withPropertyValues("socketpair.pairs.control.type=stream")
			.withUserConfiguration(OwnPairConfiguration.class)
			.run((context) -> {
				assertThat(context.getBeansOfType(SocketPair.class)).containsOnlyKeys("control", "ownPair");
				assertThat(context.getBean(SocketPairRegistry.class).pairs()).containsOnlyKeys("control");
			});
	}

	@Test
	void disabledApplicationHasNoPairsWhateverTheyAre() {
		this.contextRunner
			.withPropertyValues("socketpair.enabled=false", "socketpair.pairs.control.type=stream",
					"socketpair.pairs[a/b].type=strem")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(SocketPair.class)
				.doesNotHaveBean(SocketPairRegistry.class));
	}

	@Test
	void applicationWithPairsDoesNotStartOnAnotherSystem() {
		this.contextRunner.withSystemProperties("os.name=Mac OS X")
			.withPropertyValues("socketpair.pairs.control.type=stream")
			.run((context) -> assertThat(context).getFailure().hasRootCauseInstanceOf(NativeBindingException.class));
	}

	@Test
	void pairsOfAnApplicationWithSeveralFactoriesNeedOneThatIsPrimary() {
		ApplicationContextRunner runner = this.contextRunner.withPropertyValues("socketpair.pairs.control.type=stream")
			.withBean("one", SocketPairFactory.class, SocketPairs::factory);
		runner.withBean("two", SocketPairFactory.class, SocketPairs::factory)
			.run((context) -> assertThat(context).getFailure()
				.hasRootCauseInstanceOf(NoUniqueBeanDefinitionException.class));
		runner
			.withBean("two", SocketPairFactory.class, SocketPairs::factory, (definition) -> definition.setPrimary(true))
			.run((context) -> assertThat(context.getBean("two", SocketPairFactory.class).statistics().openPairs())
				.hasSize(1));
	}

	@Test
	void failureOfOnePairStopsTheStartAndClosesTheOthers() {
		this.contextRunner
			.withPropertyValues("socketpair.pairs.control.type=stream", "socketpair.pairs.remote.domain=inet")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("'remote'")
				.hasStackTraceContaining("EOPNOTSUPP"));
	}

	@Test
	void pairsOfAParentContextKeepTheirNames() {
		this.contextRunner.withPropertyValues("socketpair.pairs.control.type=stream")
			.run((parent) -> this.contextRunner.withPropertyValues("socketpair.pairs.control.type=dgram")
				.withParent(parent)
				.run((child) -> {
					assertThat(child.getBean("control", SocketPair.class).options().type()).isEqualTo(SocketType.DGRAM);
					assertThat(parent.getBean("control", SocketPair.class).options().flags())
						.containsExactly(SocketFlag.CLOEXEC);
				}));
	}

	private static ConfigurableApplicationContext run(Path directory, String yaml) throws IOException {
		Files.writeString(directory.resolve("application.yaml"), yaml);
		return FailedStart.application(Application.class).run("--spring.config.location=" + directory.toUri());
	}

	private record Injected(SocketPair byParameterName, SocketPair byQualifier, Map<String, SocketPair> map) {
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SocketPairAutoConfiguration.class)
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	static class InjectingConfiguration {

		@Bean
		Injected injected(SocketPair control, @Qualifier("data-plane") SocketPair other,
				Map<String, SocketPair> pairs) {
			return new Injected(control, other, pairs);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnRegistryConfiguration {

		@Bean
		SocketPairRegistry ownRegistry() {
			return new OwnRegistry();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnPairConfiguration {

		@Bean
		SocketPair ownPair(SocketPairFactory factory) throws IOException {
			return factory.create();
		}

	}

}
