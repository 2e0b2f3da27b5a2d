package dev.socketpair.benchmarks;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * One round: every variant for a moment in this JVM, and C in turn. This JVM is the fork
 * that JMH would otherwise start, so that it can be pinned to a core and all variants
 * share it.
 */
public final class Round {

	/** What C is called in the results. */
	static final String C = "C";

	/** What the library is called where it counts nothing. */
	static final String UNCOUNTED = "FOREIGN-uncounted";

	/** On, off, off, on: so it is not turned by one. */
	static final String STATISTICS = "statistics";

	/** One way over a stream, sent many at a time. */
	static final String MESSAGES_TOGETHER = "messages 64, batches of %s".formatted(MessageBenchmark.BATCH);

	/** One way over a stream, each sent by itself. */
	static final String MESSAGES_ONE_BY_ONE = "messages 64, eight threads";

	/** Round trips to a child process. */
	static final String WORKER = "worker ";

	/** Added to the key of a worker. */
	static final String P99 = " p99";

	/** Added to the key of a worker. */
	static final String MEAN = " mean";

	private static final int SENDERS = 8;

	private static final int C_MILLISECONDS = 300;

	private final Path limit;

	private final Path results;

	private final Path log;

	private final int number;

	private final Pattern only;

	private final Map<String, List<Variant>> variants = new LinkedHashMap<>();

	private Round(Map<String, String> arguments) {
		this.limit = Path.of(required(arguments, "limit"));
		this.results = Path.of(required(arguments, "results"));
		this.log = Path.of(required(arguments, "log"));
		this.number = Integer.parseInt(required(arguments, "round"));
		this.only = Pattern.compile(arguments.getOrDefault("only", ""));
		boolean peers = Boolean.parseBoolean(arguments.get("peers"));
		if (Boolean.parseBoolean(arguments.get("pinned"))) {
			pinned(peers);
		}
		else {
			sameThread(peers);
			pingPong();
			stream(peers);
			create(peers);
			messages();
			workers();
			parked(peers);
			statistics();
		}
	}

	/**
	 * Run one round.
	 * @param arguments {@code name=value}: limit, results, log, round, peers, pinned,
	 * only
	 * @throws IOException if a file cannot be written or C cannot be run
	 * @throws InterruptedException if this thread is interrupted
	 */
	public static void main(String[] arguments) throws IOException, InterruptedException {
		System.setProperty("jmh.ignoreLock", "true");
		Map<String, String> named = new TreeMap<>();
		for (String argument : arguments) {
			int at = argument.indexOf('=');
			named.put(argument.substring(0, at), argument.substring(at + 1));
		}
		new Round(named).run();
		// Threads of a benchmark that failed must not keep this JVM alive.
		System.exit(0);
	}

	private static String required(Map<String, String> arguments, String name) {
		return Objects.requireNonNull(arguments.get(name), name);
	}

	private void sameThread(boolean peers) {
		for (String buffer : List.of("heap", "direct")) {
			for (int size : new int[] { 1, 64, 4096, 65536 }) {
				String key = "same-thread %s %s".formatted(size, buffer);
				for (Subject subject : subjects(true)) {
					add(key, new Variant(subject.name(), SameThreadBenchmark.class, "ours",
							Map.of("subject", subject, "size", size, "buffer", buffer), true, Variant::score));
				}
				if (peers && size != 1) {
					for (Subject subject : subjects(false)) {
						add(key, new Variant(subject.name(), SameThreadBenchmark.class, "peer",
								Map.of("subject", subject, "size", size, "buffer", buffer), true, Variant::score));
					}
				}
				add(key, new Variant("same", size));
			}
		}
	}

	private void pinned(boolean peers) {
		String key = "ping-pong on one core 64";
		add(key, new Variant("pingpong", 64));
		for (Subject subject : Subject.values()) {
			if (subject.isAvailable() && (subject.isOurs() || peers)) {
				add(key, pingPong(subject, false, 0));
			}
		}
	}

	private void pingPong() {
		String busy = "ping-pong across cores, busy polling 64";
		add(busy, new Variant("across", 64));
		for (Subject subject : subjects(true)) {
			add(busy, pingPong(subject, false, 200));
			if (Threads.hasVirtual()) {
				add("ping-pong of virtual threads 64", pingPong(subject, true, 0));
			}
		}
		if (Threads.hasVirtual()) {
			add("ping-pong of virtual threads 64", pingPong(Subject.JDK_UNIX, true, 0));
		}
	}

	private Variant pingPong(Subject subject, boolean virtual, int busyPoll) {
		return new Variant(subject.name(), PingPongBenchmark.class, "pingPong",
				Map.of("subject", subject, "virtual", virtual, "busyPoll", busyPoll), false,
				(result) -> Samples.lastMedian());
	}

	private void stream(boolean peers) {
		for (String buffer : List.of("heap", "direct")) {
			String key = "stream %s %s".formatted(StreamBenchmark.SIZE, buffer);
			add(key, new Variant("stream", StreamBenchmark.SIZE));
			for (Subject subject : Subject.values()) {
				if (subject.isAvailable() && (subject.isOurs() || peers)) {
					add(key, new Variant(subject.name(), StreamBenchmark.class, "stream",
							Map.of("subject", subject, "buffer", buffer), false,
							(result) -> Variant.score(result) * StreamBenchmark.SIZE));
				}
			}
		}
	}

	private void create(boolean peers) {
		String key = "create and close";
		for (Subject subject : subjects(true)) {
			add(key, new Variant(subject.name(), CreateBenchmark.class, "ours", Map.of("subject", subject), true,
					Variant::score));
		}
		if (peers) {
			for (Subject subject : subjects(false)) {
				add(key, new Variant(subject.name(), CreateBenchmark.class, "peer", Map.of("subject", subject), false,
						(result) -> Variant.score(result) / CreateBenchmark.FEW));
			}
		}
		add(key, new Variant("create", 0));
	}

	private void messages() {
		for (Subject subject : subjects(true)) {
			add(MESSAGES_TOGETHER, new Variant(subject.name(), MessageBenchmark.class, "together",
					Map.of("subject", subject), true, Variant::nanoseconds));
			add(MESSAGES_ONE_BY_ONE, new Variant(subject.name(), MessageBenchmark.class, "oneByOne",
					Map.of("subject", subject), true, Variant::nanoseconds));
		}
		add(MESSAGES_TOGETHER, new Variant("messages", MessageBenchmark.SIZE));
		add(MESSAGES_ONE_BY_ONE, new Variant("messages", MessageBenchmark.SIZE));
	}

	private void workers() {
		for (Worker.Language language : Worker.Language.values()) {
			String key = WORKER + language.name().toLowerCase(Locale.ROOT);
			for (Subject subject : List.of(Subject.FOREIGN, Subject.JNA, Subject.PIPES, Subject.TCP)) {
				if (subject.isAvailable()) {
					add(key, new Variant(subject.name(), WorkerBenchmark.class, "roundTrips",
							Map.of("subject", subject, "language", language), false, (result) -> Samples.lastMedian()));
				}
			}
		}
	}

	private void parked(boolean peers) {
		if (!Threads.hasVirtual()) {
			return;
		}
		for (int threads : new int[] { 1, 100, 1000, 10_000 }) {
			for (Subject subject : List.of(Subject.FOREIGN, Subject.JNA, Subject.JDK_UNIX)) {
				if (subject.isAvailable() && (subject.isOurs() || peers)) {
					add(String.format(Locale.ROOT, "parked virtual threads %05d", threads),
							new Variant(subject.name(), ParkedBenchmark.class, "wake",
									Map.of("subject", subject, "threads", threads), false,
									(result) -> Samples.lastMedian()));
				}
			}
		}
	}

	private void statistics() {
		Subject subject = Subject.FOREIGN.isAvailable() ? Subject.FOREIGN : Subject.JNA;
		for (boolean statistics : new boolean[] { true, false, false, true }) {
			add("statistics",
					new Variant(statistics ? subject.name() : UNCOUNTED, SameThreadBenchmark.class, "ours",
							Map.of("subject", subject, "size", 64, "buffer", "direct", "statistics", statistics), false,
							Variant::score));
		}
	}

	private static List<Subject> subjects(boolean ours) {
		List<Subject> subjects = new ArrayList<>();
		for (Subject subject : Subject.values()) {
			if (subject.isOurs() == ours && subject.isAvailable()) {
				subjects.add(subject);
			}
		}
		return subjects;
	}

	private void add(String key, Variant variant) {
		if (this.only.matcher(key).find()) {
			this.variants.computeIfAbsent(key, (missing) -> new ArrayList<>()).add(variant);
		}
	}

	private void run() throws IOException, InterruptedException {
		for (Map.Entry<String, List<Variant>> entry : this.variants.entrySet()) {
			// No variant is always the first, or always next to the same neighbour.
			int step = entry.getKey().equals(STATISTICS) ? 2 : 1;
			Collections.rotate(entry.getValue(), this.number * step);
			for (Variant variant : entry.getValue()) {
				measure(entry.getKey(), variant);
			}
		}
	}

	private void measure(String key, Variant variant) throws IOException, InterruptedException {
		if (variant.benchmark == null) {
			double value = runC(variant);
			write(key, C, value, Double.NaN);
			return;
		}
		try {
			RunResult result = new Runner(variant.options(this.log)).runSingle();
			write(key, variant.subject, variant.value.applyAsDouble(result), allocated(result));
			if (key.startsWith(WORKER)) {
				write(key + P99, variant.subject, Samples.last99th(), Double.NaN);
				write(key + MEAN, variant.subject, Samples.lastMean(), Double.NaN);
			}
		}
		catch (RunnerException ex) {
			System.err.printf(Locale.ROOT, "%s, %s failed: %s; see %s%n", key, variant.subject, ex.getMessage(),
					this.log);
		}
	}

	private double runC(Variant variant) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(List.of(this.limit.toString(), variant.subject));
		if (variant.size > 0) {
			command.add(Integer.toString(variant.size));
		}
		command.add(String.format(Locale.ROOT, "%.2f", C_MILLISECONDS / 1000.0));
		Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
		if (process.waitFor() != 0) {
			throw new IOException("%s ended with %s".formatted(command, process.exitValue()));
		}
		return Double.parseDouble(output.strip());
	}

	private static double allocated(RunResult result) {
		for (String name : result.getSecondaryResults().keySet()) {
			if (name.endsWith("gc.alloc.rate.norm")) {
				return result.getSecondaryResults().get(name).getScore();
			}
		}
		return Double.NaN;
	}

	private void write(String key, String subject, double value, double allocated) throws IOException {
		String line = String.format(Locale.ROOT, "%s\t%d\t%s\t%s\t%.3f\t%.3f", System.getProperty("java.version"),
				this.number, key, subject, value, allocated);
		System.out.println(line);
		try (BufferedWriter writer = Files.newBufferedWriter(this.results, StandardOpenOption.CREATE,
				StandardOpenOption.APPEND)) {
			writer.write(line);
			writer.newLine();
		}
	}

	/**
	 * One thing to measure: a benchmark with its parameters, or a call of C.
	 *
	 * @param subject the implementation that is measured, or the call of C
	 * @param size the number of bytes for C
	 * @param benchmark the benchmark, or {@code null} for C
	 * @param parameters the benchmark's parameters
	 * @param allocation whether to count allocated bytes
	 * @param value how to find the value in the result
	 */
	private record Variant(String subject, int size, @Nullable String benchmark, Map<String, Object> parameters,
			boolean allocation, ToDoubleFunction<RunResult> value) {

		Variant(String operation, int size) {
			this(operation, size, null, Map.of(), false, Variant::score);
		}

		Variant(String subject, Class<?> type, String method, Map<String, Object> parameters, boolean allocation,
				ToDoubleFunction<RunResult> value) {
			this(subject, 0, type.getName() + "." + method, parameters, allocation, value);
		}

		static double score(RunResult result) {
			return result.getPrimaryResult().getScore();
		}

		/** Of what is counted by the second. */
		static double nanoseconds(RunResult result) {
			return TimeUnit.SECONDS.toNanos(1) / score(result);
		}

		Options options(Path log) {
			ChainedOptionsBuilder options = new OptionsBuilder()
				.include(Pattern.quote(Objects.requireNonNull(this.benchmark)) + "$")
				.forks(0)
				.threads(Objects.requireNonNull(this.benchmark).endsWith("oneByOne") ? SENDERS : 1)
				.shouldFailOnError(true)
				.syncIterations(false)
				.output(log.toString());
			if (timed()) {
				options.warmupIterations(2)
					.warmupTime(TimeValue.milliseconds(250))
					.measurementIterations(1)
					.measurementTime(TimeValue.milliseconds(400));
			}
			if (this.allocation) {
				options.addProfiler(GCProfiler.class);
			}
			this.parameters.forEach((name, argument) -> options.param(name, argument.toString()));
			return options.build();
		}

		private boolean timed() {
			return !Objects.requireNonNull(this.benchmark).matches(".*(pingPong|roundTrips|wake|CreateBenchmark.peer)");
		}

	}

}
