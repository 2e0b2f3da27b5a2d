package dev.socketpair;

import org.jspecify.annotations.Nullable;

/**
 * The C library cannot be called from this process: the system is not Linux, native
 * access is denied, or a native library cannot be loaded.
 */
public class NativeBindingException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	/** The problem, as a sentence. */
	private final String problem;

	/** The remedy, as a sentence. */
	private final String action;

	/**
	 * Create the exception.
	 * @param problem what is wrong, as a sentence
	 * @param action what to change, as a sentence
	 * @param cause the cause, or {@code null}
	 */
	public NativeBindingException(String problem, String action, @Nullable Throwable cause) {
		super(problem + " " + action, cause);
		this.problem = problem;
		this.action = action;
	}

	/**
	 * Return what is wrong.
	 * @return a sentence
	 */
	public String problem() {
		return this.problem;
	}

	/**
	 * Return what to change.
	 * @return a sentence
	 */
	public String action() {
		return this.action;
	}

}
