package dev.socketpair.tipc;

import java.io.ObjectInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.socketpair.testsupport.ChildJvm;
import dev.socketpair.testsupport.Command;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The contract of the domain {@code tipc}, which few kernels have. So it runs in a guest,
 * user-mode Linux with the kernel's own module; each of its tests shows here. It fails
 * where the guest does not come up, or does not run or does not pass all of it.
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
	Stream<DynamicTest> tipcKeepsItsContract() throws Exception {
		Command.assumeInstalled(UserModeLinux.COMMAND);
		UserModeLinux guest = new UserModeLinux(this.directory);
		List<String> arguments = new ArrayList<>(List.of(UserModeLinux.nameInGuest("results")));
		arguments.addAll(UserModeLinux.modules("net/tipc/tipc.ko"));
		String output = guest.run(ChildJvm.commandWithAllJars(UserModeLinux.jvmOptions(), TipcGuest.class,
				arguments.toArray(String[]::new)));
		List<TipcResult> results = read(guest.shared().resolve("results"), output);
		return results.stream().map((result) -> DynamicTest.dynamicTest(result.name(), () -> passes(result)));
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
