package dev.socketpair.nio;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.Callable;

import dev.socketpair.libc.Libc;
import dev.socketpair.libc.NativeBinding;

/**
 * A C library of which each call can be looked at, and answered in its place.
 */
final class InterceptedLibc {

	/** Comes before every call. */
	private volatile Answer answer = (name, arguments, call) -> call.call();

	private final Libc libc;

	InterceptedLibc() {
		Libc real = NativeBinding.fromSystemProperty().load();
		this.libc = (Libc) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Libc.class },
				(proxy, method, arguments) -> this.answer.to(method.getName(), arguments, () -> {
					try {
						return method.invoke(real, arguments);
					}
					catch (InvocationTargetException ex) {
						throw new IllegalStateException(ex.getCause());
					}
				}));
	}

	Libc libc() {
		return this.libc;
	}

	void answer(Answer answer) {
		this.answer = answer;
	}

	/** What the C library answers. */
	@FunctionalInterface
	interface Answer {

		Object to(String name, Object[] arguments, Callable<Object> call) throws Exception;

	}

}
