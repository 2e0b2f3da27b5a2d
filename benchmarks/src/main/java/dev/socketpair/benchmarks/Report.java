package dev.socketpair.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;

/**
 * Makes tables of what the rounds have measured: ratios within a round, their medians and
 * quartiles, and whether they meet the targets.
 */
public final class Report {

	private static final String PARKED = "parked virtual threads ";

	private static final String VIRTUAL = "ping-pong of virtual threads 64";

	private static final List<String> PEERS = List.of("JDK_UNIX", "JUNIXSOCKET", "PIPES", "TCP");

	private static final List<Target> TARGETS = List.of(
			// Bindings that call the C library without JNI
			Target.atMost("25 FOREIGN", "same-thread (64|4096) .*", 1.10),
			Target.atMost("25 FOREIGN", "ping-pong on one core.*", 1.10), Target.atMost("25 FOREIGN", VIRTUAL, 1.0),
			Target.atMost("25 FOREIGN", "ping-pong across cores.*", 0.15),
			Target.atLeast("25 FOREIGN", "stream .*", 0.95), Target.atMost("25 FOREIGN", "create and close", 1.4),
			Target.atMost("25 FOREIGN", PARKED + "10000", 1.5), Target.atMost("25 FOREIGN", Round.STATISTICS, 1.03),
			Target.atMost("25 FOREIGN", Round.MESSAGES_TOGETHER, 0.1),
			Target.atMost("25 FOREIGN", Round.MESSAGES_ONE_BY_ONE, 0.5),
			// JNA, where it is the only one
			Target.atMost("17 JNA", "same-thread 64 .*", 1.7), Target.atMost("17 JNA", "same-thread 4096 .*", 1.4),
			Target.atMost("17 JNA", "ping-pong on one core.*", 1.25),
			Target.atMost("17 JNA", "ping-pong across cores.*", 0.25), Target.atLeast("17 JNA", "stream .*", 0.9),
			Target.atMost("17 JNA", Round.MESSAGES_TOGETHER, 0.1),
			Target.atMost("17 JNA", Round.MESSAGES_ONE_BY_ONE, 0.5), Target.atMost("17 JNA", "create and close", 2.5),
			Target.atMost("17 JNA", Round.STATISTICS, 1.03),
			// JNA on a Java with virtual threads
			Target.atMost("25 JNA", VIRTUAL, 1.5), Target.atMost("25 JNA", PARKED + "10000", 1.5));

	private static final String NO_ALLOCATION = "(17 JNA|25 FOREIGN) same-thread .*";

	private static final double SECOND = 1e9;

	private static final double MICROSECOND = 1e3;

	private static final Map<String, String> CARRIERS = new TreeMap<>(Map.of("FOREIGN", "a socket pair (foreign)",
			"JNA", "a socket pair (jna)", "PIPES", "two pipes of ProcessBuilder", "TCP", "loopback TCP"));

	/**
	 * No object is that small: less is what JMH itself allocates beside the operations.
	 */
	private static final double NOTHING = 4;

	private final List<Line> lines;

	private final StringBuilder text = new StringBuilder();

	private int missed;

	private Report(List<Line> lines) {
		this.lines = lines;
	}

	/**
	 * Write the report.
	 * @param arguments the file of results, the report to write, and the compiler's
	 * version
	 * @throws IOException if a file cannot be read or written
	 */
	public static void main(String[] arguments) throws IOException {
		Report report = new Report(Files.readAllLines(Path.of(arguments[0])).stream().map(Line::of).toList());
		report.write(arguments[2]);
		Files.writeString(Path.of(arguments[1]), report.text);
		System.out.print(report.text);
	}

	private void write(String compiler) throws IOException {
		TreeSet<String> javas = new TreeSet<>(this.lines.stream().map(Line::java).toList());
		long rounds = this.lines.stream()
			.filter((line) -> !line.key.startsWith(Round.WORKER))
			.mapToInt(Line::round)
			.distinct()
			.count();
		print("# Results");
		print("");
		print("Written by `benchmarks/run`. Read the ratios: absolute times move between machines. Each is taken within");
		print("a round, in which C and Java alternate; the table has the median of %d rounds and the quartiles.",
				rounds);
		print("");
		print("| | |");
		print("| --- | --- |");
		print("| processor | %s, %d cores |", processor(), Runtime.getRuntime().availableProcessors());
		print("| system | %s %s, %s |", System.getProperty("os.name"), System.getProperty("os.version"),
				System.getProperty("os.arch"));
		print("| Java | %s |", String.join(", ", javas.descendingSet()));
		print("| C | %s, -O2 |", compiler);
		for (String java : javas.descendingSet()) {
			for (String subject : List.of("FOREIGN", "JNA")) {
				if (this.lines.stream().anyMatch((line) -> line.java.equals(java) && line.subject.equals(subject))) {
					section(java, subject);
				}
			}
		}
		for (String java : javas.descendingSet()) {
			workers(java);
		}
		print("");
		print("%s", (this.missed == 0) ? "Every target is met." : "Targets that are missed: " + this.missed);
	}

	private static String processor() throws IOException {
		return Files.readAllLines(Path.of("/proc/cpuinfo"))
			.stream()
			.filter((line) -> line.startsWith("model name"))
			.findFirst()
			.map((line) -> line.substring(line.indexOf(':') + 1).strip())
			.orElse("unknown");
	}

	private void section(String java, String subject) {
		print("");
		print("## Java %s, %s", java, subject.toLowerCase(Locale.ROOT));
		print("");
		print("| | compared with | its median | ratio | quartiles | B/op | target | | JDK unix | junixsocket | pipes | TCP |");
		print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
		TreeSet<String> keys = new TreeSet<>(this.lines.stream().map(Line::key).toList());
		keys.removeIf((key) -> key.startsWith(Round.WORKER));
		for (String key : keys) {
			row(java, subject, key);
		}
	}

	private void row(String java, String subject, String key) {
		String baseKey = key.startsWith(PARKED) ? PARKED + "00001" : key;
		String base = baseline(key, subject);
		double[] ratios = ratios(java, key, subject, baseKey, base);
		if (ratios.length == 0) {
			return;
		}
		double ratio = quantile(ratios, 0.5);
		String section = feature(java) + " " + subject;
		Target target = TARGETS.stream()
			.filter((candidate) -> candidate.section.equals(section) && key.matches(candidate.keys))
			.findFirst()
			.orElse(null);
		double[] allocated = values(java, key, subject, Line::allocated);
		boolean mustNotAllocate = Pattern.matches(NO_ALLOCATION, section + " " + key);
		boolean met = (target == null || target.isMetBy(ratio))
				&& (!mustNotAllocate || allocated.length == 0 || quantile(allocated, 0.5) < NOTHING);
		if (!met) {
			this.missed++;
		}
		print("| %s | %s | %s | **%.2f** | %.2f to %.2f | %s | %s | %s | %s |", label(key), label(key, base),
				absolute(key, quantile(values(java, baseKey, base, Line::value), 0.5)), ratio, quantile(ratios, 0.25),
				quantile(ratios, 0.75), (allocated.length > 0) ? format("%.1f", quantile(allocated, 0.5)) : "",
				((target != null) ? target.toString() : "") + ((mustNotAllocate) ? " 0 B" : ""),
				(target != null || mustNotAllocate) ? (met ? "PASS" : "**MISS**") : "",
				String.join(" | ", PEERS.stream().map((peer) -> peer(java, key, peer)).toList()));
	}

	private void workers(String java) {
		List<Line> ofWorkers = this.lines.stream()
			.filter((line) -> line.java.equals(java) && line.key.startsWith(Round.WORKER))
			.toList();
		if (ofWorkers.isEmpty()) {
			return;
		}
		long rounds = ofWorkers.stream().mapToInt(Line::round).distinct().count();
		print("");
		print("## Java %s, round trips of 64 bytes to a child process", java);
		print("");
		print("%d rounds of %d round trips each; the medians of the rounds, in microseconds.", rounds,
				WorkerBenchmark.TRIPS);
		print("");
		print("| | over | p50 | ratio to pipes | p99 | messages a second |");
		print("| --- | --- | --- | --- | --- | --- |");
		for (String key : new TreeSet<>(ofWorkers.stream().map(Line::key).toList())) {
			if (!key.endsWith(Round.P99) && !key.endsWith(Round.MEAN)) {
				for (Map.Entry<String, String> carrier : CARRIERS.entrySet()) {
					worker(java, key, carrier.getKey(), carrier.getValue());
				}
			}
		}
	}

	private void worker(String java, String key, String subject, String name) {
		double[] ratios = ratios(java, key, subject, key, "PIPES");
		if (ratios.length > 0) {
			double mean = quantile(values(java, key + Round.MEAN, subject, Line::value), 0.5);
			print("| %s | %s | %.1f | %.2f | %.1f | %.0f |", key, name,
					quantile(values(java, key, subject, Line::value), 0.5) / MICROSECOND, quantile(ratios, 0.5),
					quantile(values(java, key + Round.P99, subject, Line::value), 0.5) / MICROSECOND, SECOND / mean);
		}
	}

	private static String baseline(String key, String subject) {
		if (key.startsWith(PARKED)) {
			return subject;
		}
		return switch (key) {
			case VIRTUAL -> "JDK_UNIX";
			case Round.STATISTICS -> Round.UNCOUNTED;
			default -> Round.C;
		};
	}

	private static String label(String key) {
		return key.replace(PARKED + "0000", PARKED)
			.replace(PARKED + "00", PARKED)
			.replace(PARKED + "0", PARKED)
			.replaceFirst("^statistics$", "statistics on, same-thread 64 direct");
	}

	private static String label(String key, String base) {
		if (key.startsWith(PARKED)) {
			return "1 parked";
		}
		return switch (base) {
			case "JDK_UNIX" -> "JDK unix";
			case Round.UNCOUNTED -> "statistics off";
			default -> base;
		};
	}

	private String peer(String java, String key, String peer) {
		double[] ratios = ratios(java, key, peer, key.startsWith(PARKED) ? PARKED + "00001" : key, baseline(key, peer));
		return (ratios.length > 0) ? format("%.2f", quantile(ratios, 0.5)) : "";
	}

	private double[] ratios(String java, String key, String subject, String baseKey, String base) {
		Map<Integer, List<Double>> above = byRound(java, key, subject);
		Map<Integer, List<Double>> below = byRound(java, baseKey, base);
		return above.entrySet()
			.stream()
			.filter((entry) -> below.containsKey(entry.getKey()))
			.mapToDouble((entry) -> mean(entry.getValue()) / mean(below.getOrDefault(entry.getKey(), List.of())))
			.toArray();
	}

	private Map<Integer, List<Double>> byRound(String java, String key, String subject) {
		Map<Integer, List<Double>> byRound = new TreeMap<>();
		this.lines.stream()
			.filter((line) -> line.matches(java, key, subject))
			.forEach((line) -> byRound.computeIfAbsent(line.round, (missing) -> new ArrayList<>()).add(line.value));
		return byRound;
	}

	private static double mean(List<Double> values) {
		return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
	}

	private double[] values(String java, String key, String subject, ToDoubleFunction<Line> value) {
		return this.lines.stream()
			.filter((line) -> line.matches(java, key, subject))
			.mapToDouble(value)
			.filter((number) -> !Double.isNaN(number))
			.toArray();
	}

	private static double quantile(double[] values, double at) {
		double[] sorted = DoubleStream.of(values).sorted().toArray();
		if (sorted.length == 0) {
			return Double.NaN;
		}
		double position = at * (sorted.length - 1);
		int below = (int) position;
		int above = Math.min(below + 1, sorted.length - 1);
		return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
	}

	private static String absolute(String key, double value) {
		return key.startsWith("stream") ? format("%.2f GB/s", value / 1e9) : format("%.0f ns", value);
	}

	private static String feature(String java) {
		return java.split("\\.")[0];
	}

	private static String format(String format, Object... arguments) {
		return String.format(Locale.ROOT, format, arguments);
	}

	private void print(String format, Object... arguments) {
		this.text.append(format(format, arguments)).append('\n');
	}

	/**
	 * What was measured once.
	 *
	 * @param java the version of Java
	 * @param round the number of the round
	 * @param key what was done
	 * @param subject the implementation that did it
	 * @param value nanoseconds, or bytes a second
	 * @param allocated bytes allocated an operation, or not a number
	 */
	private record Line(String java, int round, String key, String subject, double value, double allocated) {

		static Line of(String line) {
			String[] fields = line.split("\t");
			return new Line(fields[0], Integer.parseInt(fields[1]), fields[2], fields[3], Double.parseDouble(fields[4]),
					Double.parseDouble(fields[5]));
		}

		boolean matches(String java, String key, String subject) {
			return this.java.equals(java) && this.key.equals(key) && this.subject.equals(subject);
		}

	}

	/**
	 * What a ratio should be.
	 *
	 * @param section the feature of Java and the binding
	 * @param keys what was done, a pattern
	 * @param limit the limit
	 * @param most whether the limit is the most, not the least
	 */
	private record Target(String section, String keys, double limit, boolean most) {

		static Target atMost(String section, String keys, double limit) {
			return new Target(section, keys, limit, true);
		}

		static Target atLeast(String section, String keys, double limit) {
			return new Target(section, keys, limit, false);
		}

		boolean isMetBy(double ratio) {
			return this.most ? ratio <= this.limit : ratio >= this.limit;
		}

		@Override
		public String toString() {
			return format("%s %.2f", this.most ? "at most" : "at least", this.limit);
		}

	}

}
