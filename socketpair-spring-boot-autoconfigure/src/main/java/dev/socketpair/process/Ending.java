package dev.socketpair.process;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * How a child ended, and what comes after it.
 *
 * @param status its exit status
 * @param tail the last lines of its standard error
 * @param restartDelay how long its restart waits, or {@code null} if there is none
 * @param gaveUp whether there is none because there were too many
 * @param restartFailure why the last restart failed, or {@code null}
 */
record Ending(ExitStatus status, List<String> tail, @Nullable Duration restartDelay, boolean gaveUp,
		@Nullable Exception restartFailure) {

	/**
	 * Return whether those who receive are told of a clean end.
	 */
	boolean isClean() {
		return this.status.isSuccess() && !this.gaveUp;
	}

	/**
	 * Return the same end with nothing to come.
	 */
	Ending withoutRestart() {
		return new Ending(this.status, this.tail, null, false, this.restartFailure);
	}

	ProcessExitedException exception(ChildSpecification specification, @Nullable Throwable cause) {
		String detail = outlook() + StandardErrorTail.describe(this.tail);
		ProcessExitedException exception = this.gaveUp
				? new RestartsExhaustedException(specification.name(), specification.command(), this.status, detail)
				: new ProcessExitedException(specification.name(), specification.command(), this.status, detail);
		if (cause != null) {
			exception.initCause(cause);
		}
		if (this.restartFailure != null) {
			exception.addSuppressed(this.restartFailure);
		}
		return exception;
	}

	/** What comes, as the end of a sentence. */
	String outlook() {
		String failed = (this.restartFailure != null)
				? ", and its restart failed (%s)".formatted(this.restartFailure.getMessage()) : "";
		if (this.gaveUp) {
			return failed + ", and is not started again: too many restarts in a row";
		}
		return (this.restartDelay != null)
				? "%s, and is started again after %s ms".formatted(failed, this.restartDelay.toMillis()) : failed;
	}

}
