package dev.socketpair.process;

import org.jspecify.annotations.Nullable;

/**
 * How a child process ended, as the shell has it in {@code $?}.
 *
 * @param code 0 to 255: what the process passed to {@code exit(3)}, or 128 and the number
 * of the signal that ended it. A process that passes such a number itself cannot be told
 * from one that was killed.
 * @see <a href="https://man7.org/linux/man-pages/man7/signal.7.html">signal(7)</a>
 */
public record ExitStatus(int code) {

	private static final int SIGNALLED = 128;

	/** In the order of their numbers from 1 on, signal(7): x86, ARM and most others. */
	private static final String[] SIGNALS = { "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS",
			"SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT",
			"SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ",
			"SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS" };

	/**
	 * Return whether the process reported success.
	 * @return whether the code is 0
	 */
	public boolean isSuccess() {
		return this.code == 0;
	}

	/**
	 * Return the signal that ended the process.
	 * @return its name, such as {@code SIGKILL}, or {@code null} if the code stands for
	 * no signal
	 */
	public @Nullable String signal() {
		int number = this.code - SIGNALLED;
		return (number >= 1 && number <= SIGNALS.length) ? SIGNALS[number - 1] : null;
	}

	/**
	 * Return the code, and the signal where it stands for one: {@code 0}, {@code 1},
	 * {@code 137 (SIGKILL)}.
	 */
	@Override
	public String toString() {
		String signal = signal();
		return (signal != null) ? "%s (%s)".formatted(this.code, signal) : Integer.toString(this.code);
	}

}
