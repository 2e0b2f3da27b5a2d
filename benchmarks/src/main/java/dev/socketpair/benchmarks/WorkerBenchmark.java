package dev.socketpair.benchmarks;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Questions to a child process in another language, and its answers. An invocation asks
 * many and publishes the times of its round trips.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 1)
@Measurement(iterations = 1)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init")
public class WorkerBenchmark {

	/** The number of round trips in an invocation. */
	static final int TRIPS = 10_000;

	/** What carries the messages: a pair of the library, or a peer. */
	@Param({ "FOREIGN", "JNA", "PIPES", "TCP" })
	public Subject subject;

	/** The language of the child process. */
	@Param({ "PYTHON", "NODE" })
	public Worker.Language language;

	private final Samples samples = new Samples();

	private Worker worker;

	/**
	 * Start the child process.
	 * @throws IOException if it fails
	 */
	@Setup
	public void start() throws IOException {
		this.worker = Worker.start(this.subject, this.language);
	}

	/**
	 * End it.
	 * @throws IOException if it fails
	 */
	@TearDown
	public void stop() throws IOException {
		this.worker.close();
	}

	/**
	 * Ask and be answered many times.
	 * @return the last median
	 * @throws IOException if it fails
	 */
	@Benchmark
	public double roundTrips() throws IOException {
		this.samples.clear();
		long before = System.nanoTime();
		for (int i = 0; i < TRIPS; i++) {
			this.worker.roundTrip();
			long after = System.nanoTime();
			this.samples.add(after - before);
			before = after;
		}
		this.samples.publish();
		return Samples.lastMedian();
	}

}
