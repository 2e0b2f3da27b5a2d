package dev.socketpair.autoconfigure;

import java.util.EnumSet;
import java.util.Set;

import dev.socketpair.Errno;
import dev.socketpair.SocketPairException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketPairFailureAnalyzer}.
 */
class SocketPairFailureAnalyzerTests {

	/** The errors of socketpair(2). */
	private static final Set<Errno> DOCUMENTED = EnumSet.of(Errno.EAFNOSUPPORT, Errno.EFAULT, Errno.EMFILE,
			Errno.ENFILE, Errno.EOPNOTSUPP, Errno.EPROTONOSUPPORT);

	private final MockEnvironment environment = new MockEnvironment();

	private final SocketPairFailureAnalyzer analyzer = new SocketPairFailureAnalyzer(this.environment);

	@Test
	void everyErrnoOfTheManualPageHasAnActionOfItsOwn() {
		assertThat(DOCUMENTED).extracting(SocketPairFailureAnalyzer::action)
			.doesNotHaveDuplicates()
			.doesNotContain(SocketPairFailureAnalyzer.action(Errno.UNKNOWN));
	}

	@ParameterizedTest
	@CsvSource({ "EAFNOSUPPORT, modprobe tipc, socketpair.domain", "EOPNOTSUPP, 'unix', socketpair.domain",
			"EPROTONOSUPPORT, '0', socketpair.protocol", "ESOCKTNOSUPPORT, seqpacket, socketpair.type",
			"EPROTOTYPE, seqpacket, socketpair.type", "EINVAL, seqpacket, socketpair.type",
			"EMFILE, ulimit -n, LimitNOFILE=", "ENFILE, sysctl, fs.file-max", "ENOMEM, memory, container",
			"ENOBUFS, memory, container", "EACCES, seccomp, SELinux", "EPERM, seccomp, SELinux",
			"ENODEV, device, socketpair.domain", "EFAULT, defect, library", "EIO, socketpair(2), socketpair.domain" })
	void actionSaysWhatToDo(Errno errno, String first, String second) {
		assertThat(SocketPairFailureAnalyzer.action(errno)).contains(first, second);
	}

	@ParameterizedTest
	@EnumSource(Errno.class)
	void descriptionAndActionAreSentences(Errno errno) {
		FailureAnalysis analysis = analyze(new SocketPairException("socketpair", errno.number(), "domain=unix"));
		assertThat(analysis.getDescription()).startsWith("A socket pair could not be made: ")
			.contains(errno.name(), errno.description(), "domain=unix")
			.endsWith(".");
		assertThat(analysis.getAction()).matches("(?s)[A-Z].*\\.");
	}

	@Test
	void failureIsFoundWhereItIsWrapped() {
		SocketPairException failure = new SocketPairException("socketpair", Errno.EMFILE.number(), null);
		FailureAnalysis analysis = this.analyzer.analyze(new BeanCreationException("pair", "failed", failure));
		assertThat(analysis).isNotNull();
		assertThat(analysis.getCause()).isSameAs(failure);
	}

	@Test
	void failureOfAnotherCallIsNoFailureToMakeAPair() {
		assertThat(this.analyzer.analyze(new SocketPairException("recv", Errno.ECONNRESET.number(), null))).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "EAFNOSUPPORT, domain", "EOPNOTSUPP, domain", "EPROTONOSUPPORT, protocol", "EPROTOTYPE, type",
			"EINVAL, type", "EPERM, domain", "EIO, flags" })
	void failureOfAConfiguredPairNamesThePairAndItsProperty(Errno errno, String property) {
		FailureAnalysis analysis = analyze("my.pair", errno);
		assertThat(analysis.getDescription()).startsWith("The socket pair 'my.pair' could not be made: socketpair")
			.contains(errno.name());
		assertThat(analysis.getAction()).contains("'socketpair.pairs[my.pair]." + property + "'")
			.doesNotContain("'socketpair." + property)
			.doesNotContain("code");
	}

	@Test
	void failureOfAConfiguredPairMayBeOfAnyCall() {
		SocketPairException failure = new SocketPairException("setsockopt", Errno.EPERM.number(), null);
		FailureAnalysis analysis = this.analyzer.analyze(failureOf("control", failure));
		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription()).contains("'control'", "setsockopt", "EPERM");
	}

	@Test
	void exhaustionOfDescriptorsIsAnsweredWithTheNumberOfConfiguredPairs() {
		assertThat(analyze("b", Errno.EMFILE).getAction()).doesNotContain("socketpair.pairs");
		this.environment.withProperty("socketpair.pairs.a.type", "stream")
			.withProperty("socketpair.pairs.b.type", "stream")
			.withProperty("socketpair.pairs.b.domain", "unix");
		assertThat(analyze("b", Errno.EMFILE).getAction()).startsWith(SocketPairFailureAnalyzer.action(Errno.EMFILE))
			.endsWith(" The configuration has 2 under 'socketpair.pairs', and each takes two descriptors.");
		assertThat(analyze("b", Errno.ENFILE).getAction()).doesNotContain("socketpair.pairs");
	}

	private FailureAnalysis analyze(String name, Errno errno) {
		return this.analyzer
			.analyze(failureOf(name, new SocketPairException("socketpair", errno.number(), "domain=unix")));
	}

	private static ConfiguredSocketPairException failureOf(String name, SocketPairException cause) {
		return new ConfiguredSocketPairException("The socket pair '%s'".formatted(name),
				(option) -> ConfiguredNames.path("socketpair.pairs", name) + "." + option, cause);
	}

	private FailureAnalysis analyze(SocketPairException failure) {
		return this.analyzer.analyze(failure);
	}

}
