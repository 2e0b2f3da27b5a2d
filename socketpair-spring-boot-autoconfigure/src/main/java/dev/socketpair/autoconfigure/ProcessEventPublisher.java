package dev.socketpair.autoconfigure;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketpair.autoconfigure.process.SocketPairProcessEvent;
import dev.socketpair.autoconfigure.process.SocketPairProcessExitedEvent;
import dev.socketpair.autoconfigure.process.SocketPairProcessGaveUpEvent;
import dev.socketpair.autoconfigure.process.SocketPairProcessStartedEvent;
import dev.socketpair.process.ExitStatus;
import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeansException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;

/**
 * Publishes application events for the processes. It is the last of the listeners, so
 * that all others have been called when an exit is published.
 */
class ProcessEventPublisher implements SocketPairProcessListener, Ordered {

	private static final Log logger = LogFactory.getLog(ProcessEventPublisher.class);

	private final ConfigurableApplicationContext context;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition published = this.lock.newCondition();

	/** Guarded by the lock. */
	private final Map<SocketPairProcess, Long> exits = new HashMap<>();

	ProcessEventPublisher(ConfigurableApplicationContext context) {
		this.context = context;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void started(SocketPairProcess process, long pid) {
		publish(new SocketPairProcessStartedEvent(process, pid));
	}

	@Override
	public void exited(SocketPairProcess process, long pid, ExitStatus status, @Nullable Duration restartDelay) {
		try {
			publish(new SocketPairProcessExitedEvent(process, pid, status, restartDelay));
		}
		finally {
			countExit(process);
		}
	}

	@Override
	public void gaveUp(SocketPairProcess process, ExitStatus status) {
		publish(new SocketPairProcessGaveUpEvent(process, status));
	}

	private void publish(SocketPairProcessEvent event) {
		try {
			this.context.publishEvent(event);
		}
		catch (IllegalStateException | BeansException ex) {
			if (this.context.isActive() && !this.context.isClosed()) {
				throw ex;
			}
			// Neither listeners nor what publishes are there any more.
			logger.debug("%s comes after the end of the application".formatted(event), ex);
		}
	}

	private void countExit(SocketPairProcess process) {
		this.lock.lock();
		try {
			this.exits.merge(process, 1L, Long::sum);
			this.published.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait until all exits of a process have been published.
	 * @param process the process
	 * @param patience how long to wait for a slow listener, which may itself be stopping
	 * the application
	 */
	void awaitExitsOf(SocketPairProcess process, Duration patience) {
		long expected = process.exits().values().stream().mapToLong(Long::longValue).sum();
		long left = patience.toNanos();
		this.lock.lock();
		try {
			while (left > 0 && this.exits.getOrDefault(process, 0L) < expected) {
				left = this.published.awaitNanos(left);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.lock.unlock();
		}
	}

}
