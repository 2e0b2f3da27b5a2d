package dev.socketpair.message;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.socketpair.PairedSocket;

/**
 * A socket to which no thread can write until it is let go, or closed.
 */
final class HeldSocket {

	private final PairedSocket socket;

	private final CountDownLatch released = new CountDownLatch(1);

	private volatile Runnable beforeEachWrite = () -> {
	};

	HeldSocket(PairedSocket socket) {
		this.socket = socket;
	}

	PairedSocket asSocket() {
		return (PairedSocket) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { PairedSocket.class },
				(proxy, method, arguments) -> {
					if (method.getName().equals("write")) {
						await();
						this.beforeEachWrite.run();
					}
					try {
						return method.invoke(this.socket, arguments);
					}
					catch (InvocationTargetException ex) {
						throw ex.getCause();
					}
				});
	}

	private void await() {
		try {
			while (!this.released.await(5, TimeUnit.MILLISECONDS) && this.socket.isOpen()) {
				// Until one of both.
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	void beforeEachWrite(Runnable action) {
		this.beforeEachWrite = action;
	}

	void letGo() {
		this.released.countDown();
	}

}
