package dev.socketpair.autoconfigure;

import java.util.Objects;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * A {@link AbstractFailureAnalyzer failure analyzer} for names in the configuration that
 * are illegal or taken.
 */
class ConfiguredNameFailureAnalyzer extends AbstractFailureAnalyzer<ConfiguredNameException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, ConfiguredNameException cause) {
		return new FailureAnalysis(Objects.requireNonNull(cause.getMessage()), cause.action(), cause);
	}

}
