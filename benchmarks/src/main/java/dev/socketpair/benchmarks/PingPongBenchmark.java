package dev.socketpair.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.time.Duration;
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
 * Two threads send a small piece back and forth. An invocation lasts a while and
 * publishes the median of its round trips.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 1)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init")
public class PingPongBenchmark {

	/** What is measured. */
	@Param({ "FOREIGN", "JNA", "JDK_UNIX", "JUNIXSOCKET", "PIPES", "TCP" })
	public Subject subject;

	/** Whether the threads are virtual. */
	@Param("false")
	public boolean virtual;

	/** For how many microseconds a reader of the library looks again. */
	@Param("0")
	public int busyPoll;

	/** The number of bytes. */
	@Param("64")
	public int size;

	/** How long an invocation lasts. */
	@Param("400")
	public int milliseconds;

	private final Samples samples = new Samples();

	private Subject.Link link;

	private Thread echo;

	/**
	 * Start the thread that answers.
	 * @throws IOException if it fails
	 */
	@Setup
	public void open() throws IOException {
		this.link = this.subject.open(Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(this.busyPoll)));
		ByteChannel channel = this.link.second();
		this.echo = Threads.start(this.virtual, () -> Transfers.echo(channel, Transfers.buffer("direct", this.size)));
	}

	/**
	 * End it.
	 * @throws IOException if it fails
	 * @throws InterruptedException if this thread is interrupted
	 */
	@TearDown
	public void close() throws IOException, InterruptedException {
		this.link.close();
		this.echo.join();
	}

	/**
	 * Send and receive for a while.
	 * @return the last median
	 * @throws InterruptedException if this thread is interrupted
	 */
	@Benchmark
	public double pingPong() throws InterruptedException {
		this.samples.clear();
		Threads.start(this.virtual, this::trips).join();
		this.samples.publish();
		return Samples.lastMedian();
	}

	private void trips() {
		ByteChannel channel = this.link.first();
		ByteBuffer buffer = Transfers.buffer("direct", this.size);
		long before = System.nanoTime();
		long end = before + TimeUnit.MILLISECONDS.toNanos(this.milliseconds);
		try {
			boolean room = true;
			while (room && before - end < 0) {
				Transfers.write(channel, buffer);
				Transfers.read(channel, buffer);
				long after = System.nanoTime();
				room = this.samples.add(after - before);
				before = after;
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
