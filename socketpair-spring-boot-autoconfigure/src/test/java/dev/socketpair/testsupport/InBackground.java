package dev.socketpair.testsupport;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.awaitility.Awaitility;

/**
 * A call that runs in a thread of its own.
 *
 * @param <T> the type of its result
 */
public final class InBackground<T> {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final CompletableFuture<T> result = new CompletableFuture<>();

	private final Thread thread;

	private final boolean virtual;

	private InBackground(Callable<T> call, boolean virtual) {
		this.virtual = virtual;
		Runnable task = () -> {
			try {
				this.result.complete(call.call());
			}
			catch (Throwable ex) {
				this.result.completeExceptionally(ex);
			}
		};
		if (virtual) {
			this.thread = Virtual.start(task);
		}
		else {
			this.thread = new Thread(task, "in-background");
			this.thread.start();
		}
	}

	/**
	 * Start a call.
	 * @param call the call
	 * @param <T> the type of its result
	 * @return the running call
	 */
	public static <T> InBackground<T> call(Callable<T> call) {
		return new InBackground<>(call, false);
	}

	/**
	 * Start a call in a platform or a virtual thread.
	 * @param virtual whether the thread is virtual
	 * @param call the call
	 * @param <T> the type of its result
	 * @return the running call
	 */
	public static <T> InBackground<T> call(boolean virtual, Callable<T> call) {
		return new InBackground<>(call, virtual);
	}

	/**
	 * Wait until the thread is blocked in a system call, as the kernel sees it, or
	 * parked.
	 * @return this call
	 */
	public InBackground<T> untilBlocked() {
		Awaitility.await()
			.atMost(PATIENCE)
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(2))
			.until(() -> this.result.isDone() || isBlocked());
		return this;
	}

	private boolean isBlocked() {
		StackTraceElement[] stack = this.thread.getStackTrace();
		if (this.thread.getState() == Thread.State.WAITING || this.thread.getState() == Thread.State.TIMED_WAITING) {
			return true;
		}
		if (this.virtual) {
			// It waits nowhere else, and is in the kernel for no longer than a call
			// takes.
			return false;
		}
		boolean inSystemCall = false;
		for (int i = 0; i < Math.min(6, stack.length); i++) {
			inSystemCall |= stack[i].isNativeMethod()
					|| stack[i].getClassName().matches("dev\\.socketpair\\.libc\\.(Foreign|Jna)Libc.*");
		}
		return inSystemCall;
	}

	/**
	 * Return the thread.
	 * @return the thread
	 */
	public Thread thread() {
		return this.thread;
	}

	/**
	 * Wait for the result.
	 * @return the result
	 * @throws Exception what the call threw
	 */
	public T get() throws Exception {
		try {
			T value = this.result.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
			this.thread.join(PATIENCE.toMillis());
			return value;
		}
		catch (ExecutionException ex) {
			this.thread.join(PATIENCE.toMillis());
			if (ex.getCause() instanceof Exception cause) {
				throw cause;
			}
			throw ex;
		}
		catch (TimeoutException ex) {
			StringBuilder stack = new StringBuilder("Still running:");
			for (StackTraceElement element : this.thread.getStackTrace()) {
				stack.append("\n\t").append(element);
			}
			throw new AssertionError(stack.toString(), ex);
		}
	}

}
