package dev.socketpair.process;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.message.Framing;
import dev.socketpair.testsupport.ChildJvm;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The environment, directory and command of a child.
 */
@NothingLeaks
class EnvironmentContractTests {

	private final SocketPairFactory factory = SocketPairs.factory();

	@AfterEach
	void close() {
		this.factory.close();
	}

	private SocketPairProcessBuilder env(Attachment attachment) {
		String out = (attachment == Attachment.STDIO) ? "exec env" : "exec env >&3";
		return new SocketPairProcessBuilder(this.factory).command("/bin/sh", "-c", out)
			.attach(attachment)
			.framing(Framing.LINE)
			.settleTime(Duration.ZERO);
	}

	private static Map<String, String> environment(SocketPairProcessBuilder builder) throws Exception {
		Map<String, String> environment = new TreeMap<>();
		try (SocketPairProcess process = builder.start()) {
			for (ByteBuffer line; (line = process.messages().receive(Children.PATIENCE)) != null;) {
				String[] parts = Children.text(line).split("=", 2);
				environment.put(parts[0], (parts.length > 1) ? parts[1] : "");
			}
		}
		return environment;
	}

	@ParameterizedTest
	@EnumSource(Attachment.class)
	void environmentIsInheritedChangedAndCutDown(Attachment attachment) throws Exception {
		String home = System.getenv("HOME");
		assertThat(environment(env(attachment)).get("HOME")).isEqualTo(home);
		assertThat(environment(env(attachment).removeEnvironment("HOME").environment("GREETING", "a = b ' \"")))
			.doesNotContainKey("HOME")
			.containsEntry("GREETING", "a = b ' \"");
		assertThat(environment(env(attachment).inheritEnvironment(false).environment(Map.of("ONLY", "this"))))
			.containsEntry("ONLY", "this")
			.doesNotContainKey("HOME");
	}

	/** The environment of a child, and the search for its descendants. */
	@ParameterizedTest
	@EnumSource(Attachment.class)
	void everyStartIsMarkedWithWhatNoOtherHas(Attachment attachment) throws Exception {
		SocketPairProcessBuilder builder = env(attachment).name("marked").inheritEnvironment(false);
		Set<String> marks = new HashSet<>();
		for (int i = 0; i < 3; i++) {
			marks.add(environment(builder).get("SOCKETPAIR_PROCESS"));
		}
		assertThat(marks).hasSize(3).allSatisfy((mark) -> assertThat(mark).startsWith("marked/"));
	}

	/** The shell that attaches a descriptor sets, drops or refuses some of them. */
	@ParameterizedTest
	@EnumSource(Attachment.class)
	void variablesThatAShellHasForItselfReachTheChild(Attachment attachment) throws Exception {
		Map<String, String> variables = new TreeMap<>();
		for (String name : List.of("IFS", "PPID", "OPTIND", "OPTERR", "PS1", "PS2", "PS4", "LINENO", "RANDOM", "BASH",
				"SHELLOPTS", "BASH_VERSION", "POSIXLY_CORRECT", "ENV", "PWD")) {
			variables.put(name, "abc '\"$x -" + name);
		}
		assertThat(environment(program(attachment).environment(variables))).containsAllEntriesOf(variables);
	}

	@ParameterizedTest
	@EnumSource(Attachment.class)
	void workingDirectoryIsInTheEnvironment(Attachment attachment, @TempDir Path directory) throws Exception {
		Path real = directory.toRealPath();
		Path link = Files.createSymbolicLink(real.resolve("link"), Files.createDirectory(real.resolve("work")));
		Path here = Path.of("").toAbsolutePath();
		assertThat(environment(program(attachment).directory(real))).containsEntry("PWD", real.toString());
		assertThat(environment(program(attachment).directory(link))).containsEntry("PWD", link.toString());
		assertThat(environment(program(attachment).directory(link.resolve("..")))).containsEntry("PWD",
				real.toString());
		assertThat(environment(program(attachment).inheritEnvironment(false))).containsEntry("PWD", here.toString());
		assertThat(environment(program(attachment).directory(real).environment("PWD", "/own"))).containsEntry("PWD",
				"/own");
		assertThat(environment(program(attachment).directory(real).removeEnvironment("PWD"))).doesNotContainKey("PWD");
	}

	/** No shell between: it would change what is looked at. */
	private SocketPairProcessBuilder program(Attachment attachment) throws Exception {
		int number = (attachment == Attachment.STDIO) ? 1 : 3;
		String program = """
				import os
				for name, value in os.environ.items():
				    os.write(%s, (name + "=" + value + "\\n").encode())
				""".formatted(number);
		return new SocketPairProcessBuilder(this.factory).command(Children.pythonInterpreter(), "-c", program)
			.attach(attachment)
			.framing(Framing.LINE)
			.settleTime(Duration.ZERO);
	}

	@ParameterizedTest
	@ValueSource(strings = { "command", "directory", "environment", "UTF-8" })
	void textThatTheLocaleCannotEncodeIsRefused(String property) {
		List<String> command = new ArrayList<>(
				List.of("env", "LC_ALL=" + (property.equals("UTF-8") ? "C.UTF-8" : "POSIX")));
		command.addAll(ChildJvm.command(List.of(), Encoding.class, property));
		ChildJvm child = ChildJvm.run(command);
		assertThat(child.output()).contains("as it should be");
		assertThat(child.status()).isZero();
	}

	@Test
	void descriptorIsAnnounced() throws Exception {
		assertThat(environment(env(Attachment.DESCRIPTOR))).containsEntry("SOCKETPAIR_FD", "3");
		assertThat(environment(env(Attachment.DESCRIPTOR).command("/bin/sh", "-c", "env >&7")
			.descriptor(7)
			.announce("NODE_CHANNEL_FD", "OTHER_FD"))).containsEntry("SOCKETPAIR_FD", "7")
			.containsEntry("NODE_CHANNEL_FD", "7")
			.containsEntry("OTHER_FD", "7");
	}

	@Test
	void childAtStandardInputSeesOnlyWhatItWasAskedToAnnounce() throws Exception {
		assertThat(environment(env(Attachment.STDIO).announce("NODE_CHANNEL_FD"))).containsEntry("NODE_CHANNEL_FD", "0")
			.doesNotContainKey("SOCKETPAIR_FD");
	}

	/** This process's own descriptor is none of its child's. */
	@Test
	void announcementOfTheParentIsNotInherited() throws Exception {
		try (SocketPairProcess java = new SocketPairProcessBuilder(this.factory)
			.command(ChildJvm.command(List.of(), ParentOfStdio.class))
			.announce("NODE_CHANNEL_FD")
			.environment("NODE_CHANNEL_SERIALIZATION_MODE", "advanced")
			.framing(Framing.LINE)
			.start()) {
			assertThat(Children.receive(java)).isEqualTo("parent 3 3 advanced");
			assertThat(Children.receive(java)).isEqualTo("child none none none");
		}
	}

	@Test
	void childWorksInItsDirectoryAndRelativeCommandsAreThere(@TempDir Path directory) throws Exception {
		Path real = directory.toRealPath();
		Path command = Files.writeString(real.resolve("command"), "#!/bin/sh\npwd\n");
		assertThat(command.toFile().setExecutable(true)).isTrue();
		for (String name : new String[] { "./command", command.toString() }) {
			try (SocketPairProcess process = new SocketPairProcessBuilder(this.factory).command(name)
				.directory(real)
				.attach(Attachment.STDIO)
				.framing(Framing.LINE)
				.start()) {
				assertThat(process.name()).isEqualTo("command");
				assertThat(Children.receive(process)).isEqualTo(real.toString());
			}
		}
	}

	@ParameterizedTest
	@EnumSource(Attachment.class)
	void commandIsLookedUpOnThePathOfTheChild(Attachment attachment, @TempDir Path directory) throws Exception {
		Path command = Files.writeString(directory.resolve("only-there"), "#!/bin/sh\nexit 0\n");
		assertThat(command.toFile().setExecutable(true)).isTrue();
		for (String path : new String[] { "/nowhere:" + directory + ":/bin", "/nowhere:" }) {
			try (SocketPairProcess process = new SocketPairProcessBuilder(this.factory).command("only-there")
				.directory(directory)
				.attach(attachment)
				.environment("PATH", path)
				.start()) {
				assertThat(process.lastExit()).isEqualTo(new ExitStatus(0));
			}
		}
	}

	@Test
	void commandThatLooksLikeAnOptionIsNone(@TempDir Path directory) throws Exception {
		Path bin = Files.createDirectory(directory.resolve("-bin"));
		Path command = Files.writeString(bin.resolve("-c"), "#!/bin/sh\nexit 0\n");
		assertThat(command.toFile().setExecutable(true)).isTrue();
		for (String name : new String[] { "-c", "-bin/-c" }) {
			try (SocketPairProcess process = new SocketPairProcessBuilder(this.factory).command(name)
				.directory(directory)
				.environment("PATH", bin.toString())
				.start()) {
				assertThat(process.lastExit()).isEqualTo(new ExitStatus(0));
			}
		}
	}

	/**
	 * A child that has a child of its own.
	 */
	public static final class ParentOfStdio {

		private ParentOfStdio() {
		}

		public static void main(String[] arguments) throws Exception {
			SocketPairFactory factory = SocketPairs.factory();
			try (SocketPairProcess process = new SocketPairProcessBuilder(factory)
				.command("/bin/sh", "-c",
						"echo ${SOCKETPAIR_FD:-none} ${NODE_CHANNEL_FD:-none} ${NODE_CHANNEL_SERIALIZATION_MODE:-none}")
				.attach(Attachment.STDIO)
				.framing(Framing.LINE)
				.start()) {
				String answer = "parent %s %s %s\nchild %s\n".formatted(System.getenv("SOCKETPAIR_FD"),
						System.getenv("NODE_CHANNEL_FD"), System.getenv("NODE_CHANNEL_SERIALIZATION_MODE"),
						Children.receive(process));
				SocketPairs.inherited().orElseThrow().write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
			}
			factory.close();
		}

	}

	/**
	 * A machine with another locale.
	 */
	public static final class Encoding {

		private Encoding() {
		}

		public static void main(String[] arguments) throws Exception {
			try (SocketPairFactory factory = SocketPairs.factory()) {
				SocketPairProcessBuilder builder = new SocketPairProcessBuilder(factory).framing(Framing.LINE)
					.attach(Attachment.STDIO);
				try {
					switch (arguments[0]) {
						case "command" -> builder.command("echo", "Gr\u00fc\u00dfe");
						case "directory" -> builder.directory(Path.of("/tmp/Gr\u00fc\u00dfe"));
						default -> builder.environment("GREETING", "\u65e5\u672c");
					}
				}
				catch (InvalidPathException ex) {
					System.out.println("refused by the JDK, as it should be");
					return;
				}
				catch (IllegalArgumentException ex) {
					boolean refusable = !arguments[0].equals("UTF-8");
					boolean told = ex.getMessage().contains("LC_ALL=C.UTF-8");
					System.out.println((refusable && told) ? "refused, as it should be" : ex);
					return;
				}
				if (!arguments[0].equals("UTF-8")) {
					System.out.println("not refused");
					return;
				}
				try (SocketPairProcess process = builder.command("printenv", "GREETING").start()) {
					ByteBuffer greeting = process.messages().receive(Children.PATIENCE);
					System.out.println(
							"\u65e5\u672c".equals(Children.text(greeting)) ? "unchanged, as it should be" : "changed");
				}
			}
		}

	}

}
