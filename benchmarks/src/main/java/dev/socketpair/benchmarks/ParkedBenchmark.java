package dev.socketpair.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

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
 * Many virtual threads are parked in a read, at both ends of their pairs, and one of them
 * is woken by a write. An invocation lasts a while and publishes the median time from the
 * write to the answer of the thread that was woken.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 1)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init")
public class ParkedBenchmark {

	private static final long QUIET = TimeUnit.MICROSECONDS.toNanos(100);

	private static final long TOO_LONG = TimeUnit.SECONDS.toNanos(10);

	/** What is measured. */
	@Param({ "FOREIGN", "JNA", "JDK_UNIX" })
	public Subject subject;

	/** How many threads are parked. */
	@Param({ "1", "100", "1000", "10000" })
	public int threads;

	/** How long an invocation lasts. */
	@Param("400")
	public int milliseconds;

	private final Samples samples = new Samples();

	private final List<Subject.Link> links = new ArrayList<>();

	private final List<Thread> started = new ArrayList<>();

	private final ByteBuffer buffer = ByteBuffer.allocateDirect(1);

	private ByteChannel channel;

	private Thread woken;

	private volatile int answers;

	/**
	 * Park the threads.
	 * @throws IOException if it fails
	 */
	@Setup
	public void open() throws IOException {
		Subject.Link link = connect();
		this.channel = link.first();
		this.woken = Threads.start(true, () -> answer(link.second()));
		this.started.add(this.woken);
		while (this.started.size() < this.threads) {
			Subject.Link idle = connect();
			park(idle.first());
			if (this.started.size() < this.threads) {
				park(idle.second());
			}
		}
		this.started.forEach(ParkedBenchmark::awaitParked);
	}

	private Subject.Link connect() throws IOException {
		Subject.Link link = this.subject.open(Duration.ZERO);
		this.links.add(link);
		return link;
	}

	private void park(ByteChannel idle) {
		this.started.add(Threads.start(true, () -> Transfers.echo(idle, ByteBuffer.allocate(1))));
	}

	@SuppressWarnings("NonAtomicOperationOnVolatileField")
	private void answer(ByteChannel readable) {
		ByteBuffer received = ByteBuffer.allocateDirect(1);
		try {
			while (readable.read(received.clear()) > 0) {
				this.answers = this.answers + 1;
			}
		}
		catch (IOException ex) {
			// The benchmark is over.
		}
	}

	private static void awaitParked(Thread thread) {
		long start = System.nanoTime();
		while (thread.getState() != Thread.State.WAITING) {
			if (System.nanoTime() - start > TOO_LONG) {
				throw new IllegalStateException("Not parked but " + thread.getState());
			}
			Thread.onSpinWait();
		}
	}

	/**
	 * Release the threads.
	 * @throws IOException if it fails
	 * @throws InterruptedException if this thread is interrupted
	 */
	@TearDown
	public void close() throws IOException, InterruptedException {
		for (Subject.Link link : this.links) {
			link.close();
		}
		for (Thread thread : this.started) {
			thread.join();
		}
	}

	/**
	 * Write and await the answer for a while.
	 * @return the last median
	 * @throws IOException if it fails
	 */
	@Benchmark
	public double wake() throws IOException {
		this.samples.clear();
		long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(this.milliseconds);
		boolean room = true;
		while (room && System.nanoTime() - end < 0) {
			awaitParked(this.woken);
			LockSupport.parkNanos(QUIET);
			int before = this.answers;
			long start = System.nanoTime();
			this.channel.write(this.buffer.clear());
			while (this.answers == before) {
				Thread.onSpinWait();
			}
			room = this.samples.add(System.nanoTime() - start);
		}
		this.samples.publish();
		return Samples.lastMedian();
	}

}
