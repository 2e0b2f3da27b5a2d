package dev.socketpair.autoconfigure;

import java.util.List;

import dev.socketpair.process.RestartsExhaustedException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/**
 * A {@link AbstractFailureAnalyzer failure analyzer} for a child process that has ended
 * too often to be started again.
 */
class RestartsExhaustedFailureAnalyzer extends AbstractFailureAnalyzer<RestartsExhaustedException> {

	private final Environment environment;

	RestartsExhaustedFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, RestartsExhaustedException cause) {
		return new FailureAnalysis(cause.getMessage() + tail(cause),
				"Mend what makes the command end. If it needs more attempts, " + attempts(cause.name())
						+ " 'SocketPairProcess.start()' begins anew.",
				cause);
	}

	private static String tail(RestartsExhaustedException cause) {
		List<String> lines = cause.standardErrorTail();
		return lines.isEmpty() ? ""
				: ". Its standard error ends with:%n%n%s".formatted(String.join("%n".formatted(), lines));
	}

	private String attempts(String name) {
		ConfiguredNames names = ConfiguredNames.in(this.environment, SocketPairProperties.PROCESSES);
		return names.names().contains(name)
				? "raise '%1$s.restart.max-restarts' or '%1$s.restart.max-delay'.".formatted(names.path(name))
				: "give it another restart policy.";
	}

}
