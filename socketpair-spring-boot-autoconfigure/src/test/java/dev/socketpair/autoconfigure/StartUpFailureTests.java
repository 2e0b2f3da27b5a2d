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

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

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

}
