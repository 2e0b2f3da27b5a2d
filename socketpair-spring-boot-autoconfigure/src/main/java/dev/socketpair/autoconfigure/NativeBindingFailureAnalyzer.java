package dev.socketpair.autoconfigure;

import dev.socketpair.NativeBindingException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * A {@link AbstractFailureAnalyzer failure analyzer} that tells what to change when the C
 * library cannot be called.
 */
class NativeBindingFailureAnalyzer extends AbstractFailureAnalyzer<NativeBindingException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, NativeBindingException cause) {
		return new FailureAnalysis(cause.problem(), cause.action(), cause);
	}

}
