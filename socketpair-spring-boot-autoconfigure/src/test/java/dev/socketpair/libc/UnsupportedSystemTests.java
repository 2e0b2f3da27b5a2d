package dev.socketpair.libc;

import dev.socketpair.NativeBindingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests of what {@link LinuxAbi} says where it does not hold.
 */
class UnsupportedSystemTests {

	@Test
	void thisSystemIsSupported() {
		assertThatCode(LinuxAbi::check).doesNotThrowAnyException();
	}

	@ParameterizedTest
	@ValueSource(strings = { "amd64", "x86_64", "aarch64", "riscv64", "loongarch64", "s390x" })
	void architectureWithTheGenericNumbersIsSupported(String architecture) {
		assertThatCode(() -> LinuxAbi.check("Linux", architecture)).doesNotThrowAnyException();
	}

	@ParameterizedTest
	@CsvSource({ "Mac OS X, aarch64", "Windows 11, amd64", "FreeBSD, amd64" })
	void anotherSystemIsRefusedByName(String system, String architecture) {
		NativeBindingException refusal = refusal(system, architecture);
		assertThat(refusal.problem()).contains("Linux", "'" + system + "'").endsWith(".");
		assertThat(refusal.action()).contains("Linux", "socketpair.enabled").endsWith(".");
	}

	@ParameterizedTest
	@ValueSource(strings = { "mips64el", "sparcv9", "alpha", "i386", "arm", "ppc64le" })
	void architectureWithOtherNumbersIsRefusedByName(String architecture) {
		NativeBindingException refusal = refusal("Linux", architecture);
		assertThat(refusal.problem()).contains("'" + architecture + "'").endsWith(".");
		assertThat(refusal.action()).contains("x86-64", "aarch64", "socketpair.enabled").endsWith(".");
	}

	@Test
	void messageHasTheProblemAndTheAction() {
		NativeBindingException refusal = refusal("Mac OS X", "aarch64");
		assertThat(refusal).hasMessage(refusal.problem() + " " + refusal.action());
	}

	private static NativeBindingException refusal(String system, String architecture) {
		return catchThrowableOfType(NativeBindingException.class, () -> LinuxAbi.check(system, architecture));
	}

}
