package dev.socketpair.tipc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of the choice of a guest, with commands in the place of kernels.
 */
@NothingLeaks
class GuestChoiceTests {

	private static final String PANICS = "echo 'Kernel panic - not syncing: ptrace set fp regs failed'; exit 7";

	@TempDir
	private Path directory;

	@Test
	void guestThatPanicsIsToldAndTheNextOneRuns() throws Exception {
		String output = choice(guest("first", PANICS), runs("second"))
			.run((guest) -> guest.run(List.of("echo", "it's")));
		assertThat(output).contains("it's", "status 0");
	}

	@Test
	void guestThatHangsBeforeTheCommandIsEndedAndTheNextOneRuns() throws Exception {
		assertThat(choice(guest("first", "sleep 100 & exec sleep 100"), runs("second")).run(GuestChoiceTests::name))
			.isEqualTo("second");
	}

	@Test
	void firstThatComesUpRunsAlone() throws Exception {
		assertThat(choice(runs("first"), guest("second", PANICS)).run(GuestChoiceTests::name)).isEqualTo("first");
	}

	@Test
	void guestThatDidNotComeUpIsNotTriedAgain() throws Exception {
		choice(guest("first", PANICS), runs("second")).run(GuestChoiceTests::name);
		Path again = Files.createDirectory(this.directory.resolve("again"));
		assertThat(choice(new Script(again, "first", "sh " + this.directory.resolve("first/shared/command")),
				runs("third"))
			.run(GuestChoiceTests::name)).isEqualTo("third");
	}

	@Test
	void whatFailsInTheGuestIsNoReasonToTryAnother() throws Exception {
		GuestChoice choice = choice(runs("first"), runs("second"));
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> choice.run((guest) -> {
			guest.run(List.of("true"));
			throw new IllegalStateException(guest.name());
		})).withMessage("first");
	}

	@Test
	void noGuestIsASkipWithAllReasonsAndAFailureWhereAllMustRun() throws Exception {
		GuestChoice choice = choice(guest("first", PANICS), new Script(this.directory, "second", "") {

			@Override
			Optional<String> obstacle() {
				return Optional.of("it is not installed");
			}

		});
		assertThatExceptionOfType(GuestNotUpException.class).isThrownBy(() -> choice.run(GuestChoiceTests::name))
			.satisfies((ex) -> {
				assertThat(ex).hasMessageContaining("first did not come up: it ended with 7, having said:")
					.hasMessageContaining("ptrace set fp regs failed")
					.hasMessageContaining("second: it is not installed");
				assertThatExceptionOfType(TestAbortedException.class).isThrownBy(() -> GuestChoice.report(ex, false))
					.withMessageContaining("No guest for the domain tipc came up")
					.withMessageContaining("second: it is not installed");
				assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> GuestChoice.report(ex, true))
					.withMessageContaining("No guest for the domain tipc came up");
			});
	}

	@Test
	void switchTakesOneGuest() throws IOException {
		assertThatIllegalArgumentException().isThrownBy(() -> GuestChoice.of("xen", this.directory, this.directory))
			.withMessage("socketpair.test.tipc-guest is 'auto', 'uml' or 'qemu', not 'xen'");
	}

	private static String name(GuestMachine guest) throws Exception {
		guest.run(List.of("true"));
		return guest.name();
	}

	private GuestChoice choice(GuestMachine... guests) {
		return new GuestChoice(List.of(guests), this.directory);
	}

	private GuestMachine guest(String name, String script) throws IOException {
		return new Script(this.directory, name, script);
	}

	private GuestMachine runs(String name) throws IOException {
		return guest(name, "exec sh " + this.directory.resolve(name).resolve("shared/command"));
	}

	/** A shell script that stands for a kernel. */
	private static class Script extends GuestMachine {

		private final String script;

		Script(Path directory, String name, String script) throws IOException {
			super(directory, name);
			this.script = script;
		}

		@Override
		Optional<String> obstacle() {
			return Optional.empty();
		}

		@Override
		ProcessBuilder starter() {
			return new ProcessBuilder("sh", "-c", this.script);
		}

		@Override
		List<String> modules(String module) {
			return List.of();
		}

		@Override
		int heapMegabytes() {
			return 1;
		}

		@Override
		Duration bootTime() {
			return Duration.ofSeconds(5);
		}

		@Override
		Duration runTime() {
			return Duration.ofSeconds(30);
		}

		@Override
		Duration testTime() {
			return Duration.ofSeconds(1);
		}

	}

}
