package dev.socketpair.tipc;

import java.io.ObjectInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.socketpair.testsupport.ChildJvm;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The contract of the domain {@code tipc}, which few kernels have. So it runs in a guest
 * with the kernel's own module; each of its tests shows here. The guest is user-mode
 * Linux, or QEMU where that does not come up;
 * {@code -Dsocketpair.test.tipc-guest=uml|qemu} takes one of them.
 * <p>
 * On a kernel that has the domain the parts can run by themselves:
 * {@code mvn test -pl socketpair-spring-boot-autoconfigure -Dtest='Tipc*Contract'}.
 */
@NothingLeaks
class TipcContractTests {

	/** So many tests there are at least: all types must have been tried. */
	private static final int EXPECTED = 107;

	@TempDir
	private Path directory;

	@TestFactory
	@Timeout(value = 10, unit = TimeUnit.MINUTES)
	Stream<DynamicTest> tipcKeepsItsContract() throws Exception {
		GuestChoice choice = GuestChoice.of(System.getProperty(GuestChoice.PROPERTY, "auto"), this.directory,
				Path.of("target"));
		try {
			return choice.run(TipcContractTests::resultsOf)
				.stream()
				.map((result) -> DynamicTest.dynamicTest(result.name(), () -> passes(result)));
		}
		catch (GuestNotUpException ex) {
			// A test, as what a factory does itself is in no report of Surefire
			return Stream.of(DynamicTest.dynamicTest("guestComesUp",
					() -> GuestChoice.report(ex, "true".equals(System.getenv("CI")))));
		}
	}

	private static List<TipcResult> resultsOf(GuestMachine guest) throws Exception {
		List<String> arguments = new ArrayList<>(List.of(GuestMachine.nameInGuest("results")));
		arguments.addAll(guest.modules("net/tipc/tipc.ko"));
		String output = guest
			.run(ChildJvm.commandWithAllJars(guest.jvmOptions(), TipcGuest.class, arguments.toArray(String[]::new)));
		// The summary of the build reads it
		System.out.println("The contract of tipc ran in " + guest.name());
		return read(guest.shared().resolve("results"), output);
	}

	@SuppressWarnings("unchecked")
	private static List<TipcResult> read(Path file, String output) throws Exception {
		assertThat(file).as("the results of the guest, which said:%n%s", output).exists();
		try (ObjectInputStream stream = new ObjectInputStream(Files.newInputStream(file))) {
			List<TipcResult> results = (List<TipcResult>) stream.readObject();
			assertThat(results).as("the tests of the guest, which said:%n%s", output)
				.hasSizeGreaterThanOrEqualTo(EXPECTED);
			return results;
		}
	}

	private static void passes(TipcResult result) {
		assertThat(result.status()).as("in the guest: %s", result.detail()).isEqualTo("SUCCESSFUL");
	}

}
