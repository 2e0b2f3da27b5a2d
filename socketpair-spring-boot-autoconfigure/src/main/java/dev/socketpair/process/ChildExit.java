package dev.socketpair.process;

import java.time.Duration;
import java.util.List;

import dev.socketpair.message.IncompleteMessageException;
import org.jspecify.annotations.Nullable;

/**
 * How a child exited, and what comes after it.
 *
 * @param status its exit status
 * @param tail the last lines of its standard error
 * @param breakdown why nothing could be exchanged with it before, or {@code null}
 * @param restartDelay how long its restart waits, or {@code null} if there is none
 * @param gaveUp whether there is none because there were too many
 * @param restartFailure why the last restart failed, or {@code null}
 * @param hint what the exit hints at, as the end of a sentence, or nothing
 */
record ChildExit(ExitStatus status, List<String> tail, @Nullable Breakdown breakdown, @Nullable Duration restartDelay,
		boolean gaveUp, @Nullable Exception restartFailure, String hint) {

	/**
	 * Return whether a caller that receives is told of a clean end.
	 */
	boolean isClean() {
		return !isFailure() && !this.gaveUp;
	}

	/**
	 * Return whether the child has failed: by its status, or because it could not be used
	 * any more.
	 */
	boolean isFailure() {
		return !this.status.isSuccess() || this.breakdown != null;
	}

	/**
	 * Return the same exit with nothing to come.
	 */
	ChildExit withoutRestart() {
		return new ChildExit(this.status, this.tail, this.breakdown, null, false, this.restartFailure, "");
	}

	/**
	 * Return the exception for a caller.
	 * @param specification the specification of the child
	 * @param cause what the caller found, or {@code null}
	 * @return the exception. A half message is not its cause but suppressed, so that it
	 * has no {@code EOFException} in its chain.
	 */
	ProcessExitedException exception(ChildSpecification specification, @Nullable Throwable cause) {
		boolean cut = cause instanceof IncompleteMessageException;
		String detail = (cut ? ", inside a message" : "") + outlook();
		ProcessExitedException exception = this.gaveUp
				? new RestartsExhaustedException(specification.name(), specification.launch().command(), this.status,
						detail, this.tail)
				: new ProcessExitedException(specification.name(), specification.launch().command(), this.status,
						detail, this.tail);
		if (cause != null && cut) {
			exception.addSuppressed(cause);
		}
		else if (cause != null) {
			exception.initCause(cause);
		}
		if (this.restartFailure != null) {
			exception.addSuppressed(this.restartFailure);
		}
		return exception;
	}

	/** Return what comes next, as the end of a sentence. */
	String outlook() {
		String failed = (this.breakdown != null) ? ", after %s".formatted(this.breakdown.reason()) : "";
		if (this.restartFailure != null) {
			failed += ", and its restart failed (%s)".formatted(this.restartFailure.getMessage());
		}
		if (this.gaveUp) {
			return failed + ", and is not started again: too many restarts in a row";
		}
		return (this.restartDelay != null)
				? "%s, and is started again after %s ms".formatted(failed, this.restartDelay.toMillis())
				: failed + this.hint;
	}

}
