package dev.socketpair.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.socketpair.Errno;
import dev.socketpair.SocketDomain;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairs;
import dev.socketpair.SocketType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests of what an application prints that cannot start because of its socket pairs.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartUpFailureTests {

	private static final int FIRST_FOREIGN_FEATURE = 22;

	private static final String[] TYPES = { "dgram", "raw", "rdm", "seqpacket", "stream", "number" };

	private static final String[] DOMAINS = { "inet", "inet6", "local", "tipc", "unix", "vsock", "number" };

	@ParameterizedTest
	@ValueSource(strings = { "strem", "''", "1.5", "true" })
	void badTypeIsAnsweredWithTheTypes(String value, @TempDir Path directory, CapturedOutput output)
			throws IOException {
		FailedStart failure = startWithYaml(directory, "type: " + value, output);
		assertThat(failure.description())
			.contains("socketpair.type", "'" + value.replace("'", "") + "'", "application.yaml] - 3:")
			.contains(TYPES);
	}

	@ParameterizedTest
	@ValueSource(strings = { "unx", "AF_", "99999999999" })
	void badDomainIsAnsweredWithTheDomains(String value, @TempDir Path directory, CapturedOutput output)
			throws IOException {
		FailedStart failure = startWithYaml(directory, "domain: " + value, output);
		assertThat(failure.description()).contains("socketpair.domain", "'" + value + "'", "application.yaml] - 3:")
			.contains(DOMAINS);
	}

	@ParameterizedTest
	@ValueSource(strings = { "--socketpair.flags=nonblock,nonblok", "--socketpair.flags[0]=nonblok" })
	void badFlagIsAnsweredWithTheFlags(String argument, CapturedOutput output) {
		FailedStart failure = FailedStart.of(output, Application.class, argument);
		assertThat(failure.description()).contains("socketpair.flags", "'nonblok'", "commandLineArgs");
		assertThat(failure.action()).contains("    nonblock", "    cloexec", "    no-cloexec").doesNotContain("_");
	}

	@Test
	void flagsThatContradictEachOtherAreAnsweredWithTheContradiction(CapturedOutput output) {
		FailedStart failure = FailedStart.of(output, Application.class, "--socketpair.flags=cloexec,no-cloexec");
		assertThat(failure.description()).contains("socketpair.flags", "'cloexec,no-cloexec'", "commandLineArgs",
				"not both");
	}

	@Test
	void badBindingIsAnsweredWithTheBindings(CapturedOutput output) {
		FailedStart failure = FailedStart.of(output, Application.class, "--socketpair.native-binding=jni");
		assertThat(failure.description()).contains("socketpair.native-binding", "'jni'", "auto", "foreign", "jna");
	}

	@ParameterizedTest
	@ValueSource(strings = { "-1", "0", "-256KB", "2GB" })
	void sendBufferSizeOutOfRangeIsAnsweredWithTheRange(String value, CapturedOutput output) {
		FailedStart failure = FailedStart.of(output, Application.class, "--socketpair.send-buffer-size=" + value);
		assertThat(failure.description()).contains("socketpair.send-buffer-size", "'" + value + "'", "commandLineArgs",
				"between 1B and 2147483647B");
	}

	@ParameterizedTest
	@CsvSource({ "read-timeout, -1s", "write-timeout, -1s", "read-timeout, -1", "write-timeout, -20us" })
	void negativeTimeoutIsAnsweredWithTheRange(String property, String value, CapturedOutput output) {
		FailedStart failure = FailedStart.of(output, Application.class, "--socketpair." + property + "=" + value);
		assertThat(failure.description()).contains("socketpair." + property, "'" + value + "'", "commandLineArgs",
				"positive duration such as '5s'", "'0' for none");
	}

	@ParameterizedTest
	@CsvSource({ "protocol, tcp, a whole number", "protocol, 99999999999, a whole number",
			"send-buffer-size, much, '256KB'", "send-buffer-size, 1kB, '256KB'", "read-timeout, soon, '5s'",
			"write-timeout, 5 weeks, '5s'" })
	void valueOfAGeneralTypeIsAnsweredWithWhatItLooksLike(String property, String value, String expected,
			CapturedOutput output) {
		FailedStart failure = FailedStart.of(output, Application.class, "--socketpair." + property + "=" + value);
		assertThat(failure.description()).contains("socketpair." + property, "'" + value + "'", "commandLineArgs");
		assertThat(failure.action()).startsWith("Set 'socketpair." + property + "' to ").contains(expected);
	}

	@ParameterizedTest
	@CsvSource({ "--socketpair.domain=inet", "--socketpair.domain=tipc", "--socketpair.domain=45",
			"--socketpair.protocol=6", "--socketpair.type=75", "--socketpair.type=rdm" })
	void refusalOfTheKernelIsAnsweredWithTheErrnoAndWhatToDo(String argument, CapturedOutput output) {
		FailedStart failure = FailedStart.of(output, CreatingApplication.class, argument);
		Errno errno = errnoOf(argument.substring(argument.indexOf('.') + 1));
		assertThat(failure.description()).contains("socketpair failed with " + errno, errno.description(),
				argument.substring(argument.indexOf('.') + 1));
		assertThat(failure.action()).isEqualTo(SocketPairFailureAnalyzer.action(errno))
			.isNotEqualTo(SocketPairFailureAnalyzer.action(Errno.UNKNOWN));
	}

	@Test
	void foreignBindingThatIsNotThereIsAnsweredWithTheReason(CapturedOutput output) {
		int feature = Runtime.version().feature();
		boolean packaged = Boolean.getBoolean("socketpair.test.packaged");
		if (feature >= FIRST_FOREIGN_FEATURE && packaged) {
			assertThat(FailedStart.class.getResource("/dev/socketpair/libc/ForeignLibc.class")).isNotNull();
			return;
		}
		FailedStart failure = FailedStart.of(output, CreatingApplication.class, "--socketpair.native-binding=foreign");
		if (feature < FIRST_FOREIGN_FEATURE) {
			assertThat(failure.description()).contains("'foreign'", "Java 22", "Java " + feature);
			assertThat(failure.action()).contains("socketpair.native-binding", "'auto'", "'jna'");
		}
		else {
			assertThat(failure.description()).contains("Java 22 layer");
			assertThat(failure.action()).contains("Multi-Release: true");
		}
	}

	@Test
	void anotherSystemIsAnsweredWithItsName(CapturedOutput output) {
		String system = System.setProperty("os.name", "Mac OS X");
		try {
			FailedStart failure = FailedStart.of(output, CreatingApplication.class);
			assertThat(failure.description()).contains("Linux", "'Mac OS X'");
			assertThat(failure.action()).contains("socketpair.enabled");
		}
		finally {
			System.setProperty("os.name", system);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			value = { "type: strem | 'strem' | seqpacket", "type: true | 'true' | seqpacket",
					"domain: unx | 'unx' | vsock", "protocol: tcp | 'tcp' | a whole number such as '0'",
					"flags: nonblok | 'nonblok' | no-cloexec", "flags: [ nonblock, nonblok ] | 'nonblok' | no-cloexec",
					"flags: 'cloexec,no-cloexec' | cloexec | not both",
					"send-buffer-size: 2GB | '2GB' | between 1B and", "send-buffer-size: much | 'much' | '256KB'",
					"read-timeout: -1s | '-1s' | positive duration such as '5s'",
					"write-timeout: -1 | '-1' | '0' for none", "read-timeout: soon | 'soon' | '200ms'",
					"busy-poll: -20us | '-20us' | positive duration", "busy-poll: soon | 'soon' | '20us'" })
	void badValueOfAPairIsAnsweredLikeThatOfADefault(String property, String value, String expected,
			@TempDir Path directory, CapturedOutput output) throws IOException {
		for (String name : new String[] { "control", "[my.pair]" }) {
			FailedStart failure = startWithYaml(directory, "pairs: { '%s': { %s } }".formatted(name, property), output);
			String path = "socketpair.pairs" + (name.startsWith("[") ? "" : ".") + name + "."
					+ property.substring(0, property.indexOf(':'));
			assertThat(failure.description()).contains(path, value.replace("'", ""));
			assertThat(failure.toString()).contains(expected, "application.yaml] - 3:");
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = {
			"pairs: { control: stream } | socketpair.pairs.control | 'stream' is not a pair",
			"pairs: [ control ] | socketpair.pairs[0] | 'control' is not a pair",
			"pairs: control | socketpair.pairs | names with properties below them",
			"pairs: { '': { type: dgram } } | socketpair.pairs.type | 'dgram' is not a pair",
			"pairs: { my.pair: { type: dgram } } | socketpair.pairs.my.pair.type | 'socketpair.pairs[my.pair].type'",
			"pairs: { control: { typ: dgram } } | socketpair.pairs.control.typ | did you mean 'socketpair.pairs.control.type'?" })
	void whatIsNoPairIsAnsweredWithWhatIs(String yaml, String property, String expected, @TempDir Path directory,
			CapturedOutput output) throws IOException {
		FailedStart failure = startWithYaml(directory, yaml, output);
		assertThat(failure.description()).contains(property, "application.yaml] - 3:");
		assertThat(failure.toString()).contains(expected);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "a/b", " ", "a b", "ä", "-a", "a.", "_", "../a", "&a", "a\\u0001b", "a\\u0085", "a\\u000ab" })
	void illegalNameIsAnsweredWithWhatIsLegal(String printed, @TempDir Path directory, CapturedOutput output)
			throws IOException {
		FailedStart failure = startWithYaml(directory, "pairs: { \"[%s]\": { type: dgram } }".formatted(printed),
				output);
		assertThat(failure.description()).contains("The name '" + printed + "' in the configuration property "
				+ "'socketpair.pairs[" + printed + "].type'", "application.yaml] - 3:");
		assertThat(failure.action()).contains("letters and digits", "such as 'control'");
	}

	@Test
	void nameThatIsTooLongIsAnsweredWithTheLength(CapturedOutput output) {
		String name = "a".repeat(65);
		FailedStart failure = FailedStart.of(output, Application.class, "--socketpair.pairs." + name + ".type=dgram");
		assertThat(failure.description()).contains(name, "commandLineArgs", "65 characters");
		assertThat(failure.action()).contains("at most 64");
		FailedStart.application(Application.class)
			.run("--socketpair.pairs." + name.substring(1) + ".type=dgram")
			.close();
	}

	@Test
	void nameThatTheMetersUseIsRefused(CapturedOutput output) {
		FailedStart failure = FailedStart.of(output, Application.class, "--socketpair.pairs.anonymous.type=dgram");
		assertThat(failure.description()).contains("'anonymous'", "commandLineArgs", "meters");
	}

	@ParameterizedTest
	@CsvSource({ "Control, control", "my-pair, mypair", "[my_pair], [my-pair]" })
	void namesThatDifferInNothingThatCountsAreRefused(String one, String two, CapturedOutput output) {
		FailedStart failure = FailedStart.of(output, Application.class, argument(one), argument(two));
		assertThat(failure.description()).contains("'" + one.replaceAll("[\\[\\]]", "") + "'",
				"'" + two.replaceAll("[\\[\\]]", "") + "'");
	}

	private static String argument(String name) {
		return "--socketpair.pairs" + (name.startsWith("[") ? "" : ".") + name + ".type=dgram";
	}

	@ParameterizedTest
	@CsvSource({ "pair, false", "pair, true", "otherName, false", "otherName, true", "registered, false",
			"registered, true", "socketPairRegistry, false", "socketPairRegistry, true", "late, false", "late, true",
			"environment, false" })
	void nameThatIsTakenIsAnsweredWithTheBeanThatHasIt(String name, boolean overriding, CapturedOutput output) {
		FailedStart failure = FailedStart.of(output, CollidingApplication.class,
				"--socketpair.pairs.%s.type=dgram".formatted(name),
				"--spring.main.allow-bean-definition-overriding=" + overriding);
		assertThat(failure.description()).contains("'socketpair.pairs." + name.replaceAll("[A-Z].*", ""),
				"commandLineArgs", "is taken by", switch (name) {
					case "pair" -> "CollidingApplication";
					case "otherName" -> "alias of the bean 'named'";
					case "late" -> "StartUpFailureTests$LateAutoConfiguration.class]";
					case "socketPairRegistry" -> "/SocketPairAutoConfiguration.class]";
					default -> "code";
				});
		assertThat(failure.action()).contains("another name");
	}

	@Test
	void refusalOfTheKernelNamesThePair(CapturedOutput output) {
		FailedStart failure = FailedStart.of(output, Application.class, "--socketpair.pairs.ok.type=dgram",
				"--socketpair.pairs.control.domain=inet");
		assertThat(failure.description()).startsWith("The socket pair 'control' could not be made: ")
			.contains("EOPNOTSUPP");
		assertThat(failure.action()).contains("'socketpair.pairs.control.domain'");
	}

	@Test
	void severalFactoriesAreAnsweredWithTheirNames(CapturedOutput output) {
		FailedStart failure = FailedStart.of(output, TwoFactoriesApplication.class,
				"--socketpair.pairs.control.type=dgram");
		assertThat(failure.description()).contains("single bean", "one", "two");
	}

	private static FailedStart startWithYaml(Path directory, String property, CapturedOutput output)
			throws IOException {
		Files.writeString(directory.resolve("application.yaml"), """
				# The origin is line 3
				socketpair:
				  %s
				""".formatted(property));
		return FailedStart.of(output, Application.class, "--spring.config.location=" + directory.toUri());
	}

	private static Errno errnoOf(String property) {
		SocketPairOptions.Builder options = SocketPairOptions.builder();
		String value = property.substring(property.indexOf('=') + 1);
		switch (property.substring(0, property.indexOf('='))) {
			case "domain" -> options.domain(SocketDomain.of(value));
			case "type" -> options.type(SocketType.of(value));
			default -> options.protocol(Integer.parseInt(value));
		}
		try (SocketPairFactory factory = SocketPairs.factory(options.build())) {
			return catchThrowableOfType(SocketPairException.class, factory::create).errno();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SocketPairAutoConfiguration.class)
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SocketPairAutoConfiguration.class)
	static class CreatingApplication {

		@Bean
		SocketPair pair(SocketPairFactory factory) throws IOException {
			return factory.create();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SocketPairAutoConfiguration.class, LateAutoConfiguration.class })
	@Import(RegisteringConfiguration.class)
	static class CollidingApplication {

		@Bean
		SocketPair pair(SocketPairFactory factory) throws IOException {
			return factory.create();
		}

		@Bean({ "named", "otherName" })
		Object named() {
			return new Object();
		}

	}

	static class RegisteringConfiguration implements BeanRegistrar {

		@Override
		public void register(BeanRegistry registry, Environment environment) {
			registry.registerBean("registered", Object.class);
		}

	}

	@AutoConfiguration(after = SocketPairAutoConfiguration.class)
	static class LateAutoConfiguration {

		@Bean
		Object late() {
			return new Object();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SocketPairAutoConfiguration.class)
	static class TwoFactoriesApplication {

		@Bean
		SocketPairFactory one() {
			return SocketPairs.factory();
		}

		@Bean
		SocketPairFactory two() {
			return SocketPairs.factory();
		}

	}

}
