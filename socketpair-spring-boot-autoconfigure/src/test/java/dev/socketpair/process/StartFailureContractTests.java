package dev.socketpair.process;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

import dev.socketpair.Errno;
import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairs;
import dev.socketpair.SocketType;
import dev.socketpair.message.Framing;
import dev.socketpair.process.ProcessStartException.Reason;
import dev.socketpair.testsupport.ChildJvm;
import dev.socketpair.testsupport.NothingLeaks;
import dev.socketpair.testsupport.Resources;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Children that cannot be started: the failure, and that nothing is left.
 */
@NothingLeaks
class StartFailureContractTests {

	private final SocketPairFactory factory = SocketPairs.factory();

	@AfterEach
	void close() {
		assertThat(this.factory.statistics().openPairs()).isEmpty();
		this.factory.close();
	}

	private SocketPairProcessBuilder process(Attachment attachment, String... command) {
		return new SocketPairProcessBuilder(this.factory).attach(attachment).command(command);
	}

	private static ProcessStartException refused(SocketPairProcessBuilder builder) {
		SocketPairProcess process = builder.build();
		ProcessStartException failure = catchThrowableOfType(ProcessStartException.class, process::start);
		assertThat(failure).isNotNull();
		assertThat(process.state()).isEqualTo(SocketPairProcessState.STOPPED);
		assertThat(process.isAlive()).isFalse();
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> process.messages().receive());
		return failure;
	}

	private static Path file(Path directory, String content, boolean executable) throws IOException {
		Path file = Files.writeString(directory.resolve("command"), content);
		assertThat(file.toFile().setExecutable(executable)).isTrue();
		return file;
	}

	@ParameterizedTest
	@EnumSource(Attachment.class)
	void missingCommandIsNamed(Attachment attachment) {
		ProcessStartException failure = refused(process(attachment, "no-such-command", "argument"));
		assertThat(failure.reason()).isEqualTo(Reason.COMMAND_NOT_FOUND);
		assertThat(failure.command()).containsExactly("no-such-command", "argument");
		assertThat(failure.name()).isEqualTo("no-such-command");
		assertThat(failure)
			.hasMessageStartingWith("Process 'no-such-command' (no-such-command with 1 argument) cannot be "
					+ "started: there is no command 'no-such-command' on the child's PATH (");
		assertThat(refused(process(attachment, "./no/such")).reason()).isEqualTo(Reason.COMMAND_NOT_FOUND);
	}

	@ParameterizedTest
	@EnumSource(Attachment.class)
	void commandThatIsNotExecutableIsNamed(Attachment attachment, @TempDir Path directory) throws Exception {
		Path file = file(directory, "#!/bin/sh\n", false);
		assertThat(refused(process(attachment, file.toString())))
			.hasMessageContaining("'%s' is not executable: 'chmod +x' it".formatted(file))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.NOT_EXECUTABLE));
		assertThat(refused(process(attachment, "command").environment("PATH", directory.toString())).reason())
			.isEqualTo(Reason.NOT_EXECUTABLE);
		assertThat(refused(process(attachment, directory.toString())))
			.hasMessageContaining("'%s' is a directory".formatted(directory));
	}

	/** ETXTBSY: it has its permissions already. */
	@ParameterizedTest
	@EnumSource(Attachment.class)
	void commandThatIsBeingWrittenIsNotCalledNotExecutable(Attachment attachment, @TempDir Path directory)
			throws Exception {
		Path file = file(directory, "#!/bin/sh\nexit 0\n", true);
		try (OutputStream writer = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
			ProcessStartException failure = refused(
					process(attachment, file.toString()).settleTime(Duration.ofSeconds(20)));
			assertThat(failure.reason()).isEqualTo(Reason.REFUSED);
			assertThat(failure.detail()).startsWith("it is being written (").contains("Text file busy");
			assertThat(failure).hasMessageNotContaining("chmod");
			writer.write('\n');
		}
		try (SocketPairProcess process = process(attachment, file.toString()).start()) {
			Children.until(() -> process.lastExit() != null);
			assertThat(process.lastExit()).isEqualTo(new ExitStatus(0));
		}
	}

	/** The status of the shell is the same, and the text that tells is not read. */
	@ParameterizedTest
	@EnumSource(names = { "DISCARD", "INHERIT" })
	void commandThatMayBeBeingWrittenIsNotOnlyCalledNotExecutable(Output stderr, @TempDir Path directory)
			throws Exception {
		Path file = file(directory, "#!/bin/sh\nexit 0\n", true);
		try (OutputStream writer = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
			ProcessStartException failure = refused(
					process(Attachment.DESCRIPTOR, file.toString()).stderr(stderr).settleTime(Duration.ofSeconds(20)));
			assertThat(failure.detail()).contains("is not executable, or it is being written")
				.contains("which is not logged");
			writer.write('\n');
		}
	}

	@ParameterizedTest
	@EnumSource(Attachment.class)
	void missingInterpreterIsNoticed(Attachment attachment, @TempDir Path directory) throws Exception {
		Path file = file(directory, "#!/no/such/interpreter\n", true);
		ProcessStartException failure = refused(process(attachment, file.toString()));
		assertThat(failure.reason()).isEqualTo(Reason.COMMAND_NOT_FOUND);
		assertThat(failure).hasMessageContaining("what runs it");
	}

	@ParameterizedTest
	@EnumSource(Attachment.class)
	void directoryThatIsNoneIsNamed(Attachment attachment, @TempDir Path directory) throws Exception {
		Path missing = directory.resolve("missing");
		assertThat(refused(process(attachment, "cat").directory(missing)))
			.hasMessageContaining("its working directory '%s' does not exist".formatted(missing))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.NO_DIRECTORY));
		Path file = file(directory, "", false);
		assertThat(refused(process(attachment, "cat").directory(file)))
			.hasMessageContaining("its working directory '%s' is not a directory".formatted(file));
	}

	@ParameterizedTest
	@EnumSource(Attachment.class)
	void childThatFailsAtOnceFailsTheStartWithItsStandardError(Attachment attachment) {
		ProcessStartException failure = refused(
				process(attachment, "sh", "-c", "echo no such option >&2; exit 2").restart(RestartPolicy.always()));
		assertThat(failure.reason()).isEqualTo(Reason.EXITED_AT_ONCE);
		assertThat(failure).hasMessageContaining("it exited with 2 after ")
			.hasMessageEndingWith("; its standard error ends with: no such option");
		assertThat(failure.standardErrorTail()).containsExactly("no such option");
		assertThat(failure.detail()).startsWith("it exited with 2 after ");
	}

	@ParameterizedTest
	@EnumSource(Attachment.class)
	void childThatSucceedsAtOnceIsNoFailure(Attachment attachment) throws Exception {
		try (SocketPairProcess process = process(attachment, "true").settleTime(Duration.ofMinutes(1)).start()) {
			Children.until(() -> process.state() == SocketPairProcessState.STOPPED);
			assertThat(process.messages().receive()).isNull();
		}
	}

	@Test
	void pairThatCannotBeMadeIsNamedByItsErrno() {
		SocketPairProcess process = process(Attachment.STDIO, "cat")
			.options(SocketPairOptions.builder().protocol(77).build())
			.build();
		assertThatExceptionOfType(SocketPairException.class).isThrownBy(process::start)
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EPROTONOSUPPORT));
		assertThat(process.state()).isEqualTo(SocketPairProcessState.STOPPED);
		process.close();
	}

	@Test
	void argumentsThatAreTooLongAreRefusedByTheSystem() {
		ProcessStartException failure = refused(process(Attachment.DESCRIPTOR, "echo", "x".repeat(3_000_000)));
		assertThat(failure.reason()).isEqualTo(Reason.REFUSED);
		assertThat(failure.getMessage()).containsPattern("error(=|: )7").hasSizeLessThan(500).doesNotContain("\n");
	}

	@Test
	void failedStartsLeaveNothing() {
		int before = 0;
		for (int i = 0; i < 40; i++) {
			refused(process(Attachment.STDIO, "no-such-command"));
			refused(process(Attachment.DESCRIPTOR, "sh", "-c", "exit 1").settleTime(Duration.ofSeconds(20)));
			refused(process(Attachment.STDIO, "echo", "x".repeat(3_000_000)));
			if (i == 20) {
				before = settledCount();
			}
		}
		assertThat(settledCount()).isLessThanOrEqualTo(before);
	}

	private static int settledCount() {
		Children.until(() -> ProcessHandle.current().children().findAny().isEmpty());
		return Resources.descriptorCount();
	}

	@Test
	void startWithoutDescriptorsLeavesNothingAndWorksAgainLater() {
		ChildJvm child = ChildJvm.run(ChildJvm.commandWithLimit(120, Exhausted.class));
		assertThat(child.output()).contains("refused with EMFILE", "left 0", "works again");
		assertThat(child.status()).isZero();
	}

	@Test
	void processCanBeStartedAgainAndAgain() throws Exception {
		try (SocketPairProcess process = process(Attachment.STDIO, "sh", "-c", "read line || exit 1; echo $line")
			.type(SocketType.STREAM)
			.framing(Framing.LINE)
			.build()) {
			for (int i = 0; i < 3; i++) {
				process.start();
				process.messages().send("again");
				assertThat(Children.receive(process)).isEqualTo("again");
				process.stop();
			}
		}
	}

	/**
	 * A machine without descriptors.
	 */
	public static final class Exhausted {

		private Exhausted() {
		}

		public static void main(String[] arguments) throws Exception {
			SocketPairFactory factory = SocketPairs.factory();
			SocketPairProcess process = Children.cat(factory).build();
			process.start();
			assertThat(factory.statistics().openPairs()).hasSize(2);
			process.stop();
			process.messages().receive();
			Deque<FileInputStream> hoard = new ArrayDeque<>();
			try {
				while (true) {
					hoard.add(new FileInputStream("/dev/zero"));
				}
			}
			catch (IOException ex) {
				// All taken.
			}
			for (int free = 0; free < 14; free++) {
				int before = hoard.size();
				try {
					process.start();
					System.out.println("started with " + free);
					process.stop();
					process.messages().receive();
				}
				catch (ProcessStartException ex) {
					System.out.println("refused with " + ex.reason());
				}
				catch (SocketPairException ex) {
					System.out.println("refused with " + ex.errno());
				}
				System.out.println("left " + factory.statistics().openPairs().size());
				if (!factory.statistics().openPairs().isEmpty() || before != hoard.size()) {
					System.exit(1);
				}
				hoard.remove().close();
			}
			for (FileInputStream stream : hoard) {
				stream.close();
			}
			process.start();
			process.messages().send("works again");
			System.out.println(Children.receive(process));
			process.close();
			factory.close();
		}

	}

}
