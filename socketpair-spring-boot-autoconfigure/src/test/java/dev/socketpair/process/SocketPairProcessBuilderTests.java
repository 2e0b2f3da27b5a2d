package dev.socketpair.process;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.socketpair.SocketDomain;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairs;
import dev.socketpair.SocketType;
import dev.socketpair.message.Framing;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * Settings, good and bad.
 */
class SocketPairProcessBuilderTests {

	private final SocketPairFactory factory = SocketPairs.factory();

	@AfterEach
	void close() {
		this.factory.close();
	}

	static Stream<Arguments> badSettings() {
		return Stream.of(
				bad((builder) -> builder.command(), "'command' must start with the command to run, but is empty"),
				bad((builder) -> builder.command(List.of(" ")), "'command' must start with the command to run"),
				bad((builder) -> builder.command("a\0b"),
						"'command' must not have the character NUL in it, but has it at index 1 of a value of 3 characters"),
				bad((builder) -> builder.name(" "), "'name' must not be blank"),
				bad((builder) -> builder.name("a\u2028b"),
						"'name' must not be blank or have control characters, but is 'a\\u2028b'"),
				bad((builder) -> builder.name("a\nb"), "'name' must not be blank or have control characters"),
				bad((builder) -> builder.environment("", "x"), "The name of an environment variable must not be empty"),
				bad((builder) -> builder.environment("A=B", "x"),
						"The name of an environment variable must not be empty or have '=' or NUL in it, but is 'A=B'"),
				bad((builder) -> builder.environment("A", "\0"), "'environment' must not have the character NUL"),
				bad((builder) -> builder.removeEnvironment("A=B"), "The name of an environment variable"),
				bad((builder) -> builder.announce("A=B"), "The name of an environment variable"),
				bad((builder) -> builder.environment("my.name", "x").build(),
						"The environment variable 'my.name' would not get through '/bin/sh'"),
				bad((builder) -> builder.descriptor(2), "'descriptor' must be from 3 to 9, but is 2"),
				bad((builder) -> builder.descriptor(10), "'descriptor' must be from 3 to 9, but is 10"),
				bad((builder) -> builder.maxMessageSize(0), "'maxMessageSize' must be 1 or more, but is 0"),
				bad((builder) -> builder.stopTimeout(Duration.ofNanos(-1)), "'stopTimeout' must be zero or more"),
				bad((builder) -> builder.settleTime(Duration.ofNanos(-1)), "'settleTime' must be zero or more"),
				bad((builder) -> builder.framing(Framing.NONE).build(),
						"'framing' none does not suit the type 'stream': 'none' needs messages"),
				bad((builder) -> builder.framing(Framing.LINE).type(SocketType.SEQPACKET).build(),
						"'framing' line does not suit the type 'seqpacket': leave it out"),
				bad((builder) -> builder.options(SocketPairOptions.builder().domain(SocketDomain.TIPC).build()).build(),
						"'options' must not have the domain 'tipc'"));
	}

	private static Arguments bad(Consumer<SocketPairProcessBuilder> setting, String message) {
		return Arguments.of(setting, message);
	}

	@ParameterizedTest
	@MethodSource("badSettings")
	void badSettingIsRefusedByName(Consumer<SocketPairProcessBuilder> setting, String message) {
		SocketPairProcessBuilder builder = new SocketPairProcessBuilder(this.factory).command("cat");
		assertThatIllegalArgumentException().isThrownBy(() -> setting.accept(builder)).withMessageStartingWith(message);
	}

	@Test
	void commandIsNeeded() {
		assertThatIllegalArgumentException().isThrownBy(() -> new SocketPairProcessBuilder(this.factory).build())
			.withMessage("'command' must be set");
		assertThatNullPointerException()
			.isThrownBy(() -> new SocketPairProcessBuilder(this.factory).command(Arrays.asList("cat", null)));
	}

	@Test
	void settingsCanBeRead() {
		SocketPairProcess process = new SocketPairProcessBuilder(this.factory).command("/usr/bin/cat", "-u")
			.maxMessageSize(77)
			.type(SocketType.SEQPACKET)
			.build();
		assertThat(process.name()).isEqualTo("cat");
		assertThat(process.command()).containsExactly("/usr/bin/cat", "-u");
		assertThat(process.messages().maxMessageSize()).isEqualTo(77);
		assertThat(process.messages().framing()).isEqualTo(Framing.NONE);
		assertThat(process).hasToString("SocketPairProcess[cat, /usr/bin/cat, STOPPED]");
	}

	@Test
	void variableThatTheShellWouldDropReachesAChildAtStandardInput() throws Exception {
		try (SocketPairProcess process = new SocketPairProcessBuilder(this.factory).command("env")
			.inheritEnvironment(false)
			.environment("my.name", "x")
			.attach(Attachment.STDIO)
			.framing(Framing.LINE)
			.start()) {
			List<String> variables = new ArrayList<>();
			for (ByteBuffer line; (line = process.messages().receive(Children.PATIENCE)) != null;) {
				variables.add(Children.text(line));
			}
			assertThat(variables).contains("my.name=x");
		}
	}

}
