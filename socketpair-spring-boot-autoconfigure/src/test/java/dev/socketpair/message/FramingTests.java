package dev.socketpair.message;

import dev.socketpair.SocketFlag;
import dev.socketpair.SocketType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of {@link Framing}.
 */
class FramingTests {

	@ParameterizedTest
	@EnumSource
	void namesAreReadInAnySpelling(Framing framing) {
		assertThat(Framing.of(framing.name())).isEqualTo(framing);
		assertThat(Framing.of(framing.text())).isEqualTo(framing);
		assertThat(Framing.of(" " + framing.text().toUpperCase() + " ")).isEqualTo(framing);
		assertThat(framing).hasToString(framing.text());
	}

	@Test
	void unknownNameIsRefusedWithWhatWouldBeRight() {
		assertThat(Framing.LENGTH_PREFIX.text()).isEqualTo("length-prefix");
		assertThatIllegalArgumentException().isThrownBy(() -> Framing.of("lines"))
			.withMessage("'lines' is not a framing: use one of none, length-prefix, line, content-length");
	}

	@ParameterizedTest
	@EnumSource
	void framingSuitsEitherStreamsOrMessages(Framing framing) {
		boolean messages = framing == Framing.NONE;
		assertThat(framing.suits(SocketType.STREAM)).isEqualTo(!messages);
		assertThat(framing.suits(SocketType.of(SocketType.STREAM.value() | SocketFlag.NONBLOCK.value())))
			.isEqualTo(!messages);
		assertThat(framing.suits(SocketType.SEQPACKET)).isEqualTo(messages);
		assertThat(framing.suits(SocketType.DGRAM)).isEqualTo(messages);
	}

	@Test
	void everyTypeHasADefaultThatSuitsIt() {
		assertThat(Framing.defaultFor(SocketType.STREAM)).isEqualTo(Framing.LENGTH_PREFIX);
		assertThat(Framing.defaultFor(SocketType.SEQPACKET)).isEqualTo(Framing.NONE);
		assertThat(Framing.defaultFor(SocketType.DGRAM)).isEqualTo(Framing.NONE);
	}

}
