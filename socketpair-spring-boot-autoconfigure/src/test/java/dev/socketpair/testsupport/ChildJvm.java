package dev.socketpair.testsupport;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A second Java virtual machine with the class path, binding and version of this one.
 *
 * @param status its exit status
 * @param output what it wrote to its standard output and error
 */
public record ChildJvm(int status, String output) {

	/**
	 * A directory that is not there, and that not even root can make: it is below a file.
	 */
	public static final String NO_DIRECTORY = "/proc/version/none";

	/** What the library itself needs: every jar costs the child a descriptor. */
	private static final Pattern NEEDED = Pattern
		.compile("/(jna|jspecify|junixsocket|socketpair|awaitility|hamcrest|assertj)[^/]*$");

	private static final Pattern ALL = Pattern.compile("");

	private static final long PATIENCE_SECONDS = 120;

	/**
	 * Return the command that runs a main class.
	 * @param options options of the virtual machine
	 * @param main the class
	 * @param arguments its arguments
	 * @return the command
	 */
	public static List<String> command(List<String> options, Class<?> main, String... arguments) {
		return command(NEEDED, options, main, arguments);
	}

	/**
	 * Return the command that runs a main class with all jars of this virtual machine.
	 * @param options options of the virtual machine
	 * @param main the class
	 * @param arguments its arguments
	 * @return the command
	 */
	public static List<String> commandWithAllJars(List<String> options, Class<?> main, String... arguments) {
		return command(ALL, options, main, arguments);
	}

	private static List<String> command(Pattern jars, List<String> options, Class<?> main, String... arguments) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.add("--enable-native-access=ALL-UNNAMED");
		command.add("-Dsocketpair.native-binding=" + System.getProperty("socketpair.native-binding", "auto"));
		command.add("-XX:TieredStopAtLevel=1");
		command.addAll(options);
		command.add("-cp");
		command.add(classPath(jars));
		command.add(main.getName());
		command.addAll(List.of(arguments));
		return command;
	}

	/**
	 * Return the command that runs a main class with a limit of descriptors.
	 * @param limit the limit
	 * @param main the class
	 * @return the command
	 */
	public static List<String> commandWithLimit(int limit, Class<?> main) {
		String command = command(List.of(), main).stream()
			.map((word) -> "'" + word + "'")
			.collect(Collectors.joining(" "));
		return List.of("/bin/sh", "-c", "ulimit -n %d; exec %s".formatted(limit, command));
	}

	/**
	 * Return the class path of this virtual machine, which Surefire hides in a manifest.
	 * @return the class path
	 */
	public static String classPath() {
		return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
	}

	private static String classPath(Pattern jars) {
		return Arrays.stream(classPath().split(File.pathSeparator))
			.filter((entry) -> !entry.endsWith(".jar") || jars.matcher(entry).find())
			.collect(Collectors.joining(File.pathSeparator));
	}

	/**
	 * Run a command and wait for its end.
	 * @param command the command
	 * @return how it ended
	 */
	public static ChildJvm run(List<String> command) {
		try {
			Path output = Files.createTempFile("child", ".log");
			try {
				Process process = new ProcessBuilder(command).redirectErrorStream(true)
					.redirectOutput(output.toFile())
					.start();
				process.getOutputStream().close();
				if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
					process.destroyForcibly().waitFor();
				}
				return new ChildJvm(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
			}
			finally {
				Files.delete(output);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
