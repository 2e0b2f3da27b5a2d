package dev.socketpair.descriptor;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketpair.SocketPairException;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi.EpollEvent;
import org.jspecify.annotations.Nullable;

/**
 * The pollers of this process, one for each binding.
 */
final class Pollers {

	private static final Map<String, AtomicReference<@Nullable Poller>> INSTANCES = new ConcurrentHashMap<>();

	/**
	 * Loaded with this class: when descriptors have run out, a class of a class directory
	 * cannot be loaded, and its failure would be permanent.
	 */
	private static final List<Class<?>> NEEDED_WITHOUT_DESCRIPTORS = List.of(EpollPoller.class, EpollEvent.class,
			WatchedDescriptors.class, BackgroundThreads.class, Interruption.class, WaitCancelledException.class);

	private Pollers() {
	}

	/**
	 * Load the classes that the first virtual thread which waits will need.
	 * @return how many there are
	 */
	static int prepare() {
		return NEEDED_WITHOUT_DESCRIPTORS.size();
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
