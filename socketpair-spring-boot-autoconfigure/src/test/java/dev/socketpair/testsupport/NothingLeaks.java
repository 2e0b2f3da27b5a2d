package dev.socketpair.testsupport;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fails a test class that leaves a descriptor, a thread or a child process behind.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NothingLeaks.Extension.class)
public @interface NothingLeaks {

	/**
	 * Compares before and after.
	 */
	class Extension implements BeforeAllCallback, AfterAllCallback {

		private static final Duration PATIENCE = Duration.ofSeconds(10);

		private Map<Integer, String> descriptors = Map.of();

		private Set<Thread> threads = Set.of();

		@Override
		public void beforeAll(ExtensionContext context) {
			// What is made once and kept: the marker, the JDK's own pipes and threads.
			makeWhatIsKept();
			this.threads = threads();
			this.descriptors = Resources.descriptors();
		}

		@Override
		public void afterAll(ExtensionContext context) {
			Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
				Set<Thread> left = threads();
				left.removeAll(this.threads);
				assertThat(left).as("threads left behind").isEmpty();
				Map<Integer, String> leftOpen = Resources.descriptors();
				leftOpen.entrySet().removeAll(this.descriptors.entrySet());
				assertThat(leftOpen).as("descriptors left behind").isEmpty();
				assertThat(ProcessHandle.current().children()).as("child processes left behind").isEmpty();
			});
		}

		private static void makeWhatIsKept() {
			try (SocketPairFactory factory = SocketPairs.factory(); Selector selector = Selector.open()) {
				selector.selectNow();
				SocketPair pair = factory.create();
				new ProcessBuilder("true").redirectInput(pair.first().toRedirect()).start().waitFor();
				if (Virtual.isAvailable()) {
					InBackground<Integer> reader = InBackground.call(true,
							() -> pair.first().read(ByteBuffer.allocate(1)));
					reader.untilBlocked();
					pair.second().close();
					reader.get();
				}
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

		private static Set<Thread> threads() {
			return Thread.getAllStackTraces()
				.keySet()
				.stream()
				.filter((thread) -> !belongsToTheVirtualMachine(thread))
				.collect(Collectors.toSet());
		}

		private static boolean belongsToTheVirtualMachine(Thread thread) {
			return thread.getThreadGroup() == null || thread.getThreadGroup().getName().equals("system")
					|| thread.getThreadGroup().getName().equals("InnocuousThreadGroup")
					|| thread.getName().startsWith("awaitility") || thread.getName().equals("socketpair-poller")
					|| thread.getName().startsWith("surefire") || thread.getName().startsWith("junit-")
					|| thread.getName().startsWith("ForkJoinPool") || thread.getName().startsWith("process reaper");
		}

	}

}
