package dev.socketpair.process;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

import dev.socketpair.process.ProcessStartException.Reason;

/**
 * Explains why a child failed within its settle time, and what an early exit with success
 * may mean.
 */
final class EarlyExit {

	private static final int COMMAND_NOT_EXECUTABLE = 126;

	private static final int COMMAND_NOT_FOUND = 127;

	/** Within this time such a status is the shell's, and not the command's. */
	private static final Duration STATUS_OF_SHELL = Duration.ofSeconds(1);

	/** What strerror(3) calls ETXTBSY, which the shell has no status for. */
	private static final String BUSY = "Text file busy";

	private EarlyExit() {
	}

	/**
	 * Return why a start fails.
	 * @param specification the specification of the child
	 * @param child the child that failed within its settle time
	 * @param exit its exit
	 */
	static ProcessStartException failed(ChildSpecification specification, Child child, ChildExit exit) {
		Duration age = child.age();
		List<String> tail = child.output().standardErrorTail();
		return (exit.breakdown() != null) ? brokenDown(specification, exit.breakdown(), age, tail)
				: failed(specification, exit.status(), age, tail);
	}

	private static ProcessStartException failed(ChildSpecification specification, ExitStatus status, Duration age,
			List<String> tail) {
		boolean shell = specification.link().isAtDescriptor() && age.compareTo(STATUS_OF_SHELL) <= 0;
		Reason reason = Reason.EXITED_AT_ONCE;
		String detail = "it exited with %s after %s ms".formatted(status, age.toMillis());
		if (shell && status.code() == COMMAND_NOT_FOUND) {
			reason = Reason.COMMAND_NOT_FOUND;
			detail = "it, or what runs it (the first line of a script), was not found";
		}
		else if (shell && status.code() == COMMAND_NOT_EXECUTABLE) {
			boolean busy = tail.stream().anyMatch((line) -> line.contains(BUSY));
			boolean logged = specification.launch().stderr() == Output.LOG;
			reason = busy ? Reason.REFUSED : Reason.NOT_EXECUTABLE;
			detail = busy ? "it is being written (%s)".formatted(BUSY)
					: "it, or what runs it (the first line of a script), is not executable" + (logged ? ""
							: ", or it is being written: its standard error, which is not logged, tells");
		}
		return new ProcessStartException(specification.name(), specification.launch().command(), reason, detail, tail,
				null);
	}

	private static ProcessStartException brokenDown(ChildSpecification specification, Breakdown breakdown, Duration age,
			List<String> tail) {
		return new ProcessStartException(specification.name(), specification.launch().command(), Reason.EXITED_AT_ONCE,
				"%s, and was ended after %s ms".formatted(breakdown.reason(), age.toMillis()), tail, null);
	}

	/**
	 * Return what follows an exit with 0 that was not requested, as the end of a
	 * sentence.
	 * @param specification the specification of the child
	 * @param age how long it has lived
	 */
	static String afterSuccess(ChildSpecification specification, Duration age) {
		String policy = specification.lifetime().restart().when().name().toLowerCase(Locale.ROOT).replace('_', '-');
		String next = ", and is not started again: restart.policy is '%s'".formatted(policy);
		Duration settleTime = specification.lifetime().settleTime();
		Duration early = settleTime.isZero() ? STATUS_OF_SHELL : settleTime;
		if (age.compareTo(early) > 0) {
			return next;
		}
		return next + ". It ended after %s ms: ".formatted(age.toMillis()) + (specification.link().isAtDescriptor()
				? "a program that reads its standard input needs 'attach: stdio', one that looks for a variable "
						+ "of its own 'announce', such as Node with NODE_CHANNEL_FD"
				: "a program that uses the descriptor that SOCKETPAIR_FD tells needs 'attach: descriptor'");
	}

	static ProcessStartException stopped(ChildSpecification specification) {
		return new ProcessStartException(specification.name(), specification.launch().command(), Reason.STOPPED,
				"it was stopped while it was starting", List.of(), null);
	}

}
