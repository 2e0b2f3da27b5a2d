package dev.socketpair.autoconfigure.process;

import dev.socketpair.autoconfigure.ConfiguredNames;
import dev.socketpair.process.RestartsExhaustedException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * A {@link AbstractFailureAnalyzer failure analyzer} for a child process that has ended
 * too often to be started again.
 */
class RestartsExhaustedFailureAnalyzer extends AbstractFailureAnalyzer<RestartsExhaustedException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, RestartsExhaustedException cause) {
		String property = ConfiguredNames.path(SocketPairProcessProperties.PROCESSES, cause.name());
		return new FailureAnalysis(cause.getMessage(),
				("Mend what makes the command end. If it needs more attempts, raise '%1$s.restart.max-restarts' or "
						+ "'%1$s.restart.max-delay'. 'SocketPairProcess.start()' begins anew.")
					.formatted(property),
				cause);
	}

}
