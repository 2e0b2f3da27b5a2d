package dev.socketpair.autoconfigure;

import java.io.IOException;

import dev.socketpair.SocketPairException;
import dev.socketpair.process.ProcessStartException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * A {@link AbstractFailureAnalyzer failure analyzer} for an end of a pair that cannot be
 * given to a child process, for which junixsocket is needed.
 */
class ProcessHandOverFailureAnalyzer extends AbstractFailureAnalyzer<SocketPairProcessStartFailedException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, SocketPairProcessStartFailedException cause) {
		IOException reason = findCause(cause, IOException.class);
		if (reason == null || reason instanceof ProcessStartException || reason instanceof SocketPairException) {
			return null;
		}
		return new FailureAnalysis("%s: %s.".formatted(cause.getMessage(), reason.getMessage()),
				"Child processes need 'com.kohlschutter.junixsocket:junixsocket-core', which the starter "
						+ "'socketpair-spring-boot-starter' has. Without it remove 'socketpair.processes'.",
				reason);
	}

}
