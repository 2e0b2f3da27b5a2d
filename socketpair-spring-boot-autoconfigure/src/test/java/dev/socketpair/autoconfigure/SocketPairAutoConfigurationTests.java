package dev.socketpair.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import dev.socketpair.NativeBindingException;
import dev.socketpair.SocketDomain;
import dev.socketpair.SocketFlag;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairs;
import dev.socketpair.SocketType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketPairAutoConfiguration}.
 */
class SocketPairAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketPairAutoConfiguration.class));

	@Test
	void factoryMakesPairsThatAreConnected() {
		this.contextRunner.run((context) -> {
			try (SocketPair pair = context.getBean(SocketPairFactory.class).create()) {
				pair.first().outputStream().write(42);
				assertThat(pair.second().inputStream().read()).isEqualTo(42);
			}
		});
	}

	@Test
	void withoutPropertiesTheDefaultsAreThoseOfTheBuilder() {
		this.contextRunner.run((context) -> assertThat(defaults(context)).isEqualTo(SocketPairOptions.builder().build())
			.hasToString("domain=unix, type=stream, protocol=0, flags=[CLOEXEC]"));
	}

	@ParameterizedTest
	@CsvSource({ "stream, 1", "dgram, 2", "raw, 3", "rdm, 4", "seqpacket, 5", "SOCK_STREAM, 1", "sock_seqpacket, 5",
			"SEQPACKET, 5", "Dgram, 2", "5, 5", "0x5, 5", "75, 75", "' stream ', 1" })
	void typeIsReadFromText(String text, int value) {
		this.contextRunner.withPropertyValues("socketpair.type=" + text)
			.run((context) -> assertThat(defaults(context).type()).isEqualTo(SocketType.of(value)));
	}

	@ParameterizedTest
	@CsvSource({ "unix, 1", "local, 1", "inet, 2", "inet6, 10", "tipc, 30", "vsock, 40", "AF_UNIX, 1", "PF_LOCAL, 1",
			"af_tipc, 30", "UNIX, 1", "1, 1", "0x1e, 30", "45, 45" })
	void domainIsReadFromText(String text, int value) {
		this.contextRunner.withPropertyValues("socketpair.domain=" + text)
			.run((context) -> assertThat(defaults(context).domain()).isEqualTo(SocketDomain.of(value)));
	}

	@Test
	void numbersOfYamlAreRead(@TempDir Path directory) throws IOException {
		String yaml = """
				socketpair:
				  domain: 30
				  type: 5
				  protocol: 7
				  send-buffer-size: 4096
				  read-timeout: 250
				""";
		SocketPairOptions expected = SocketPairOptions.builder()
			.domain(SocketDomain.TIPC)
			.type(SocketType.SEQPACKET)
			.protocol(7)
			.sendBufferSize(4096)
			.readTimeout(Duration.ofMillis(250))
			.build();
		assertThat(defaultsOfYaml(directory, yaml)).isEqualTo(expected);
	}

	@Test
	void listOfYamlIsRead(@TempDir Path directory) throws IOException {
		String yaml = """
				socketpair:
				  flags: [ nonblock, no-cloexec ]
				""";
		assertThat(defaultsOfYaml(directory, yaml).flags()).containsExactly(SocketFlag.NONBLOCK);
	}

	@Test
	void emptyPropertiesOfYamlThatMayBeAbsentAreAbsent(@TempDir Path directory) throws IOException {
		String yaml = """
				socketpair:
				  flags:
				  send-buffer-size:
				  read-timeout:
				""";
		assertThat(defaultsOfYaml(directory, yaml)).isEqualTo(SocketPairOptions.builder().build());
	}

	@Test
	void protocolIsRead() {
		this.contextRunner.withPropertyValues("socketpair.protocol=6")
			.run((context) -> assertThat(defaults(context).protocol()).isEqualTo(6));
	}

	@ParameterizedTest
	@CsvSource({ "256KB, 262144", "4096, 4096", "1B, 1" })
	void sendBufferSizeIsRead(String text, int value) {
		this.contextRunner.withPropertyValues("socketpair.send-buffer-size=" + text)
			.run((context) -> assertThat(defaults(context).sendBufferSize()).isEqualTo(value));
	}

	@ParameterizedTest
	@CsvSource({ "5s, PT5S", "250, PT0.25S", "20us, PT0.00002S" })
	void timeoutsAreRead(String text, Duration value) {
		this.contextRunner.withPropertyValues("socketpair.read-timeout=" + text).run((context) -> {
			assertThat(defaults(context).readTimeout()).isEqualTo(value);
			assertThat(defaults(context).writeTimeout()).isNull();
		});
		this.contextRunner.withPropertyValues("socketpair.write-timeout=" + text).run((context) -> {
			assertThat(defaults(context).writeTimeout()).isEqualTo(value);
			assertThat(defaults(context).readTimeout()).isNull();
		});
	}

	@Test
	void timeoutOfZeroIsNone() {
		this.contextRunner.withPropertyValues("socketpair.read-timeout=0", "socketpair.write-timeout=0s")
			.run((context) -> {
				assertThat(defaults(context).readTimeout()).isNull();
				assertThat(defaults(context).writeTimeout()).isNull();
			});
	}

	@Test
	void bindingIsTheOneThatIsAskedFor() {
		this.contextRunner.withPropertyValues("socketpair.native-binding=JNA")
			.run((context) -> assertThat(context.getBean(SocketPairFactory.class).nativeBinding()).isEqualTo("jna"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "nonblock", "nonblock,cloexec", "SOCK_NONBLOCK", "NonBlock , SOCK_CLOEXEC" })
	void closeOnExecIsAddedToTheFlags(String flags) {
		this.contextRunner.withPropertyValues("socketpair.flags=" + flags)
			.run((context) -> assertThat(defaults(context).flags()).containsExactlyInAnyOrder(SocketFlag.NONBLOCK,
					SocketFlag.CLOEXEC));
	}

	@ParameterizedTest
	@ValueSource(strings = { "no-cloexec", "NO_CLOEXEC", "sock-no-cloexec" })
	void closeOnExecIsNotAddedWhenItIsDeclined(String flags) {
		this.contextRunner.withPropertyValues("socketpair.flags=" + flags)
			.run((context) -> assertThat(defaults(context).flags()).isEmpty());
	}

	@Test
	void closeOnExecCannotBeAskedForAndDeclined() {
		this.contextRunner.withPropertyValues("socketpair.flags=cloexec,no-cloexec")
			.run((context) -> assertThat(context).getFailure()
				.hasRootCauseInstanceOf(InvalidConfigurationPropertyValueException.class));
	}

	@Test
	void customizersSeeThePropertiesAndComeInOrder() {
		this.contextRunner.withPropertyValues("socketpair.type=dgram", "socketpair.protocol=1")
			.withUserConfiguration(CustomizerConfiguration.class)
			.run((context) -> {
				assertThat(defaults(context).type()).isEqualTo(SocketType.DGRAM);
				assertThat(defaults(context).name()).isEqualTo("1, then 2");
			});
	}

	@Test
	void factoryOfTheApplicationWins() {
		this.contextRunner.withUserConfiguration(OwnFactoryConfiguration.class)
			.run((context) -> assertThat(context).hasSingleBean(SocketPairFactory.class).hasBean("ownFactory"));
	}

	@Test
	void disabledApplicationHasNoFactory() {
		this.contextRunner.withPropertyValues("socketpair.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(SocketPairFactory.class)
				.doesNotHaveBean(SocketPairProperties.class));
	}

	@Test
	void closingTheContextClosesWhatTheFactoryStillOwns() {
		this.contextRunner.run((context) -> {
			SocketPairFactory factory = context.getBean(SocketPairFactory.class);
			SocketPair whole = factory.create();
			SocketPair half = factory.create();
			half.first().close();
			context.close();
			assertThat(whole.isOpen()).isFalse();
			assertThat(half.isOpen()).isFalse();
			assertThat(factory.statistics().openPairs()).isEmpty();
		});
	}

	@Test
	void factoryIsNotMadeBeforeSomethingAsksForIt() {
		this.contextRunner.run((context) -> {
			assertThat(context.getBeanFactory().containsSingleton("socketPairFactory")).isFalse();
			context.getBean(SocketPairFactory.class);
			assertThat(context.getBeanFactory().containsSingleton("socketPairFactory")).isTrue();
		});
	}

	@Test
	void applicationThatDoesNotUseTheFactoryStartsOnAnySystem() {
		this.contextRunner.withSystemProperties("os.name=Mac OS X")
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(SocketPairFactory.class));
	}

	@Test
	void applicationThatUsesTheFactoryDoesNotStartOnAnotherSystem() {
		this.contextRunner.withSystemProperties("os.name=Mac OS X")
			.withUserConfiguration(InjectingConfiguration.class)
			.run((context) -> assertThat(context).getFailure().hasRootCauseInstanceOf(NativeBindingException.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "socketpair.send-buffer-size=-1", "socketpair.read-timeout=-1s",
			"socketpair.flags=cloexec,no-cloexec", "socketpair.type=strem", "socketpair.native-binding=jni" })
	void badValueStopsAnApplicationThatDoesNotUseTheFactory(String property) {
		this.contextRunner.withPropertyValues(property).run((context) -> assertThat(context).hasFailed());
	}

	private static SocketPairOptions defaults(AssertableApplicationContext context) {
		return context.getBean(SocketPairFactory.class).defaultOptions();
	}

	private static SocketPairOptions defaultsOfYaml(Path directory, String yaml) throws IOException {
		Files.writeString(directory.resolve("application.yaml"), yaml);
		try (ConfigurableApplicationContext context = FailedStart.application(Application.class)
			.run("--spring.config.location=" + directory.toUri())) {
			return context.getBean(SocketPairFactory.class).defaultOptions();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SocketPairAutoConfiguration.class)
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	static class InjectingConfiguration {

		@Bean
		String binding(SocketPairFactory factory) {
			return factory.nativeBinding();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CustomizerConfiguration {

		@Bean
		@Order(2)
		SocketPairFactoryCustomizer second() {
			return (defaults) -> defaults.name(defaults.build().name() + ", then 2");
		}

		@Bean
		@Order(1)
		SocketPairFactoryCustomizer first() {
			return (defaults) -> defaults.name(Integer.toString(defaults.build().protocol()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnFactoryConfiguration {

		@Bean
		SocketPairFactory ownFactory() {
			return SocketPairs.factory();
		}

	}

}
