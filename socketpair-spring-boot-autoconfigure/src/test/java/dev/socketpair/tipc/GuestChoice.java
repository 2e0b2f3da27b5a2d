package dev.socketpair.tipc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

/**
 * Runs something in the first guest that comes up. One that did not is not tried again
 * until this machine is started anew, or the directory is cleaned.
 */
final class GuestChoice {

	/**
	 * The system property that takes a guest: {@code auto}, {@code uml}, {@code qemu}.
	 */
	static final String PROPERTY = "socketpair.test.tipc-guest";

	private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

	private final List<GuestMachine> guests;

	private final Path memory;

	/**
	 * @param guests the guests, in the order in which they are tried
	 * @param memory the directory that remembers which did not come up
	 */
	GuestChoice(List<GuestMachine> guests, Path memory) {
		this.guests = guests;
		this.memory = memory;
	}

	/**
	 * Return the guests that a value of {@link #PROPERTY} allows.
	 * @param value the value
	 * @param directory an empty directory, for their files
	 * @param target the directory of the build
	 */
	static GuestChoice of(String value, Path directory, Path target) throws IOException {
		return new GuestChoice(switch (value) {
			case "auto" -> List.of(new UserModeLinux(directory), qemu(directory, target));
			case "uml" -> List.of(new UserModeLinux(directory));
			case "qemu" -> List.of(qemu(directory, target));
			default -> throw new IllegalArgumentException(
					"%s is 'auto', 'uml' or 'qemu', not '%s'".formatted(PROPERTY, value));
		}, target);
	}

	private static GuestMachine qemu(Path directory, Path target) throws IOException {
		return new Qemu(directory, target.resolve("tipc-kernel"));
	}

	/**
	 * Run something in a guest.
	 * @param <T> what comes of it
	 * @param task what is run
	 * @return what comes of it
	 * @throws GuestNotUpException if no guest came up
	 */
	<T> T run(Task<T> task) throws Exception {
		List<String> reasons = new ArrayList<>();
		for (GuestMachine guest : this.guests) {
			Optional<String> obstacle = guest.obstacle()
				.map((reason) -> "%s: %s".formatted(guest.name(), reason))
				.or(() -> remembered(guest));
			if (obstacle.isPresent()) {
				reasons.add(obstacle.get());
				continue;
			}
			try {
				return task.runIn(guest);
			}
			catch (GuestNotUpException ex) {
				remember(guest, ex.getMessage());
				reasons.add(ex.getMessage());
			}
		}
		throw new GuestNotUpException(String.join(System.lineSeparator(), reasons));
	}

	private Path file(GuestMachine guest) {
		return this.memory.resolve(guest.name().replace(' ', '-') + ".not-up");
	}

	private void remember(GuestMachine guest, String reason) throws IOException {
		Files.createDirectories(this.memory);
		Files.writeString(file(guest), Files.readString(BOOT) + reason);
	}

	/** The only one is tried always. */
	private Optional<String> remembered(GuestMachine guest) {
		try {
			if (this.guests.size() > 1 && Files.exists(file(guest))) {
				String boot = Files.readString(BOOT);
				String text = Files.readString(file(guest));
				return text.startsWith(boot) ? Optional.of(text.substring(boot.length())) : Optional.empty();
			}
			return Optional.empty();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Report that no guest came up: a machine need not have one, unless it is there to
	 * test everything.
	 * @param reason why not
	 * @param mustBeThere whether it has to
	 */
	static void report(GuestNotUpException reason, boolean mustBeThere) {
		String message = "No guest for the domain tipc came up, so its contract was not tried:%n%s"
			.formatted(reason.getMessage());
		if (mustBeThere) {
			fail(message);
		}
		abort(message);
	}

	/**
	 * What runs in a guest.
	 *
	 * @param <T> what comes of it
	 */
	interface Task<T> {

		/**
		 * Run in a guest.
		 * @param guest the guest
		 * @return what comes of it
		 * @throws Exception if it fails, {@link GuestNotUpException} if the guest does
		 */
		T runIn(GuestMachine guest) throws Exception;

	}

}
