package dev.socketpair.autoconfigure.process;

import java.time.Duration;

import dev.socketpair.process.ExitStatus;
import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessListener;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes what happens to a process as events of the application.
 */
class ProcessEventPublisher implements SocketPairProcessListener {

	private final ApplicationEventPublisher publisher;

	ProcessEventPublisher(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
	}

	@Override
	public void started(SocketPairProcess process, long pid) {
		this.publisher.publishEvent(new SocketPairProcessStartedEvent(process, pid));
	}

	@Override
	public void exited(SocketPairProcess process, long pid, ExitStatus status, @Nullable Duration restartDelay) {
		this.publisher.publishEvent(new SocketPairProcessExitedEvent(process, pid, status, restartDelay));
	}

	@Override
	public void gaveUp(SocketPairProcess process, ExitStatus status) {
		this.publisher.publishEvent(new SocketPairProcessGaveUpEvent(process, status));
	}

}
