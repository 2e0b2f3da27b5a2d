package dev.socketpair.health;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.testsupport.ChildJvm;
import org.junit.jupiter.api.Test;

import org.springframework.boot.health.contributor.Health;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketPairHealthIndicator} where descriptors run out.
 */
class SocketPairHealthIndicatorTests {

	/** Every jar costs the child a descriptor. */
	private static final int LIMIT = 400;

	@Test
	void processWithoutDescriptorsIsDownAndSaysSo() {
		String command = ChildJvm.commandWithAllJars(List.of(), Exhaust.class)
			.stream()
			.map((word) -> "'" + word + "'")
			.collect(Collectors.joining(" "));
		ChildJvm child = ChildJvm.run(List.of("/bin/sh", "-c", "ulimit -n %d; exec %s".formatted(LIMIT, command)));
		assertThat(child.output()).contains("before: UP")
			.containsPattern("exhausted: DOWN .*EMFILE.* limit of 400 descriptors")
			.containsPattern("exhausted: DOWN .*used=\\d+, limit=400")
			.contains("after: UP")
			.contains("failures: 1");
		assertThat(child.status()).isZero();
	}

	/** Opens pairs until there are no more descriptors. */
	public static final class Exhaust {

		private Exhaust() {
		}

		/**
		 * Run it.
		 * @param arguments none
		 */
		public static void main(String[] arguments) {
			try (SocketPairFactory factory = SocketPairs.factory()) {
				SocketPairHealthIndicator indicator = new SocketPairHealthIndicator(() -> factory, List::of);
				print("before", indicator.health());
				List<SocketPair> pairs = new ArrayList<>();
				try {
					while (true) {
						pairs.add(factory.create());
					}
				}
				catch (SocketPairException ex) {
					print("exhausted", indicator.health());
				}
				pairs.forEach(Exhaust::close);
				print("after", indicator.health());
				System.out.println("failures: " + factory.statistics().failures().get(0).count());
			}
		}

		private static void close(SocketPair pair) {
			try {
				pair.close();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		private static void print(String when, Health health) {
			System.out.println(when + ": " + health.getStatus() + " " + health.getDetails());
		}

	}

}
