package dev.socketpair.benchmarks.spring;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Measures what the starter adds to the start-up: whole processes, with it and without
 * it, in turn.
 */
public final class Startup {

	/** What the starter brings. */
	private static final Pattern STARTER = Pattern.compile("(socketpair|jna|junixsocket).*");

	/** What {@code spring-boot-starter} brings. */
	private static final Pattern PLAIN = Pattern
		.compile("(spring-boot-\\d|spring-boot-autoconfigure|spring-(aop|beans|context|core|expression)-"
				+ "|commons-logging|jakarta.annotation|jspecify|jul-to-slf4j|log4j|logback|micrometer-(commons|observation)-"
				+ "|slf4j|snakeyaml).*");

	private static final List<String> OPTIONS = List.of("--spring.main.banner-mode=off", "--server.port=0",
			"--logging.level.root=warn", "--management.endpoints.web.exposure.include=health,metrics,socketpairs");

	private static final int FIRST_FOREIGN = 22;

	private static final int FIRST_AOT_CACHE = 25;

	private static final int PATIENCE_SECONDS = 120;

	private static final double COLD_TARGET = 250;

	private static final double CACHED_TARGET = 100;

	private final Path libraries;

	private final Path classes;

	private final Path work;

	private final int runs;

	private Startup(String[] arguments) {
		this.libraries = Path.of(arguments[0]);
		this.classes = Path.of(arguments[1]);
		this.work = Path.of(arguments[2]);
		this.runs = Integer.parseInt(arguments[3]);
	}

	/**
	 * Measure, and print a table.
	 * @param arguments a directory with the jars of an application that has the starter,
	 * the jar with the applications to start, a directory for files, how many runs to
	 * count, and the homes of the JDKs
	 * @throws IOException if a process cannot be started
	 * @throws InterruptedException if this thread is interrupted
	 */
	public static void main(String[] arguments) throws IOException, InterruptedException {
		Startup startup = new Startup(arguments);
		System.out.println("| application | Java | without, ms | with, ms | added, ms | target | load |");
		System.out.println("| --- | --- | --- | --- | --- | --- | --- |");
		for (String home : Arrays.asList(arguments).subList(4, arguments.length)) {
			Jdk jdk = Jdk.at(Path.of(home));
			for (boolean web : new boolean[] { false, true }) {
				startup.compare(jdk, web, false);
				if (jdk.feature >= FIRST_AOT_CACHE) {
					startup.compare(jdk, web, true);
				}
			}
		}
	}

	private void compare(Jdk jdk, boolean web, boolean cached) throws IOException, InterruptedException {
		List<String> without = command(jdk, web, false, cached);
		List<String> with = command(jdk, web, true, cached);
		run(without);
		run(with);
		List<Long> withoutTimes = new ArrayList<>();
		List<Long> withTimes = new ArrayList<>();
		for (int i = 0; i < this.runs; i++) {
			// Each comes first as often as the other
			if (i % 2 == 0) {
				withoutTimes.add(run(without));
				withTimes.add(run(with));
			}
			else {
				withTimes.add(run(with));
				withoutTimes.add(run(without));
			}
		}
		report(jdk, web, cached, Quartiles.of(withoutTimes), Quartiles.of(withTimes));
	}

	private static void report(Jdk jdk, boolean web, boolean cached, Quartiles without, Quartiles with)
			throws IOException {
		double added = with.median() - without.median();
		double target = cached ? CACHED_TARGET : COLD_TARGET;
		System.out.printf(Locale.ROOT, "| %s | %s%s | %s | %s | **%.0f** | at most %.0f %s | %s |%n",
				web ? "web and actuator" : "plain", jdk.version, cached ? ", AOT cache" : "", without.cell(0),
				with.cell(0), added, target, (added <= target) ? "PASS" : "**MISS**",
				Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
	}

	private List<String> command(Jdk jdk, boolean web, boolean starter, boolean cached)
			throws IOException, InterruptedException {
		List<String> command = new ArrayList<>();
		command.add(jdk.home.resolve("bin/java").toString());
		if (jdk.feature >= FIRST_FOREIGN) {
			command.add("--enable-native-access=ALL-UNNAMED");
		}
		List<String> rest = new ArrayList<>(List.of("-cp", classPath(web, starter),
				(starter ? PairApplication.class : BareApplication.class).getName()));
		rest.addAll(OPTIONS);
		if (cached) {
			Path cache = this.work.resolve("%s-%s-%s.aot".formatted(jdk.version, web, starter));
			List<String> training = new ArrayList<>(command);
			training.add("-XX:AOTCacheOutput=" + cache);
			training.addAll(rest);
			run(training);
			command.addAll(List.of("-XX:AOTMode=on", "-XX:AOTCache=" + cache));
		}
		command.addAll(rest);
		return command;
	}

	private String classPath(boolean web, boolean starter) throws IOException {
		try (Stream<Path> jars = Files.list(this.libraries)) {
			return Stream
				.concat(Stream.of(this.classes), jars.filter((jar) -> isOn(jar.getFileName().toString(), web, starter)))
				.map(Path::toString)
				.sorted()
				.collect(Collectors.joining(File.pathSeparator));
		}
	}

	private static boolean isOn(String jar, boolean web, boolean starter) {
		return STARTER.matcher(jar).matches() ? starter : (web || PLAIN.matcher(jar).matches());
	}

	/** Run a process to its end and return the nanoseconds that it took. */
	private long run(List<String> command) throws IOException, InterruptedException {
		File log = this.work.resolve("log").toFile();
		long start = System.nanoTime();
		Process process = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(Redirect.to(log))
			.start();
		if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
			process.destroyForcibly();
			throw new IOException("Did not end: " + command);
		}
		long time = System.nanoTime() - start;
		if (process.exitValue() != 0) {
			throw new IOException("%s failed, see %s".formatted(command, log));
		}
		return time;
	}

	/** A JDK, as the file {@code release} in its home describes it. */
	private record Jdk(Path home, String version, int feature) {

		private static final String VERSION = "JAVA_VERSION=";

		static Jdk at(Path home) throws IOException {
			@Nullable String version = null;
			for (String line : Files.readAllLines(home.resolve("release"))) {
				if (line.startsWith(VERSION)) {
					version = line.substring(VERSION.length()).replace("\"", "");
				}
			}
			if (version == null) {
				throw new IOException("The file 'release' in %s has no version".formatted(home));
			}
			return new Jdk(home, version, Runtime.Version.parse(version).feature());
		}

	}

}
