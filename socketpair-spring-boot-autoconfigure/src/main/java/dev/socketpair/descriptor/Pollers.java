package dev.socketpair.descriptor;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketpair.SocketPairException;
import dev.socketpair.libc.EarlyLoading;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi.EpollEvent;
import org.jspecify.annotations.Nullable;

/**
 * The pollers of this process, one for each binding.
 */
final class Pollers {

	private static final Map<String, AtomicReference<@Nullable Poller>> INSTANCES = new ConcurrentHashMap<>();

	private Pollers() {
	}

	/** Load what the first virtual thread that waits needs. */
	static void prepare() {
		EarlyLoading.initialize(EpollPoller.class, EpollEvent.class, WatchedDescriptors.class, BackgroundThreads.class,
				Interruption.class, WaitCancelledException.class);
	}

	/**
	 * Return the poller of a binding, which is made when the first virtual thread has to
	 * wait and stays for the life of the process.
	 * @param libc the C library
	 * @throws SocketPairException if it cannot be made, which costs nothing; the next
	 * thread tries again
	 */
	static Poller of(Libc libc) throws SocketPairException {
		AtomicReference<@Nullable Poller> instance = INSTANCES.computeIfAbsent(libc.binding(),
				(binding) -> new AtomicReference<>());
		Poller existing = instance.get();
		if (existing != null) {
			return existing;
		}
		synchronized (instance) {
			existing = instance.get();
			if (existing == null) {
				existing = EpollPoller.start(libc);
				instance.set(existing);
			}
			return existing;
		}
	}

}
