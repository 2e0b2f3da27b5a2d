package dev.socketpair.health;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairStatistics.DescriptorUse;
import dev.socketpair.process.ExitStatus;
import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessState;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * {@link HealthIndicator} that is up if a pair can be made now and no child process is
 * missing.
 * <p>
 * A process is missing, and down, if its child ended by itself and no other serves: while
 * it waits for its restart, when it has been restarted too often, when it failed and is
 * not to be restarted, and when it runs but nothing can be exchanged with it. One that
 * was not started, is just being started or stopped, was stopped, or ended with success
 * is neither up nor down.
 */
public class SocketPairHealthIndicator extends AbstractHealthIndicator {

	private final Supplier<? extends SocketPairFactory> factory;

	private final Supplier<? extends Collection<SocketPairProcess>> processes;

	/**
	 * Create the indicator.
	 * @param factory the factory that is to be able to make a pair, asked for at every
	 * check
	 * @param processes the processes, asked for at every check
	 */
	public SocketPairHealthIndicator(Supplier<? extends SocketPairFactory> factory,
			Supplier<? extends Collection<SocketPairProcess>> processes) {
		super("Socket pair health check failed");
		this.factory = factory;
		this.processes = processes;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) throws Exception {
		SocketPairFactory factory = this.factory.get();
		builder.up()
			.withDetail("binding", factory.nativeBinding())
			.withDetail("descriptors", details(factory.statistics().descriptors()));
		Map<String, Object> processes = new LinkedHashMap<>();
		for (SocketPairProcess process : this.processes.get()) {
			Status status = status(process);
			if (status.equals(Status.DOWN)) {
				builder.down();
			}
			if (process.name() != null) {
				// Not a mock
				processes.put(process.name(), details(process, status));
			}
		}
		if (!processes.isEmpty()) {
			builder.withDetail("processes", processes);
		}
		factory.probe();
	}

	private static Map<String, Object> details(DescriptorUse use) {
		Map<String, Object> details = new LinkedHashMap<>();
		if (use.open() >= 0) {
			details.put("used", use.open());
		}
		if (use.limit() >= 0) {
			details.put("limit", use.limit());
		}
		return details;
	}

	private static Status status(SocketPairProcess process) {
		if (process.isDown()) {
			return Status.DOWN;
		}
		return (process.state() == SocketPairProcessState.RUNNING) ? Status.UP : Status.UNKNOWN;
	}

	private static Map<String, Object> details(SocketPairProcess process, Status status) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("status", status.getCode());
		details.put("state", process.state());
		long pid = process.pid();
		if (pid != SocketPairProcess.NO_PID) {
			details.put("pid", pid);
		}
		details.put("restarts", process.restarts());
		ExitStatus lastExit = process.lastExit();
		if (lastExit != null) {
			details.put("lastExit", lastExit.toString());
		}
		return details;
	}

}
