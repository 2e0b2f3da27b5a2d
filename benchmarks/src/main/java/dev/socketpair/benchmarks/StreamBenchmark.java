package dev.socketpair.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One thread writes pieces, the other reads them.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init")
public class StreamBenchmark {

	/** The number of bytes in a piece. */
	static final int SIZE = 64 * 1024;

	/** What is measured. */
	@Param({ "FOREIGN", "JNA", "JDK_UNIX", "JUNIXSOCKET", "PIPES", "TCP" })
	public Subject subject;

	/** The kind of the buffers. */
	@Param({ "heap", "direct" })
	public String buffer;

	private Subject.Link link;

	private ByteChannel channel;

	private ByteBuffer piece;

	private Thread drain;

	/**
	 * Start the thread that reads.
	 * @throws IOException if it fails
	 */
	@Setup
	public void open() throws IOException {
		this.link = this.subject.open(Duration.ZERO);
		this.channel = this.link.first();
		this.piece = Transfers.buffer(this.buffer, SIZE);
		ByteChannel readable = this.link.second();
		this.drain = Threads.start(false, () -> drain(readable));
	}

	private void drain(ByteChannel readable) {
		ByteBuffer received = Transfers.buffer(this.buffer, SIZE);
		try {
			int count;
			do {
				count = readable.read(received.clear());
			}
			while (count > 0);
		}
		catch (IOException ex) {
			// The benchmark is over.
		}
	}

	/**
	 * End it.
	 * @throws IOException if it fails
	 * @throws InterruptedException if this thread is interrupted
	 */
	@TearDown
	public void close() throws IOException, InterruptedException {
		this.link.first().close();
		this.link.second().close();
		this.drain.join();
	}

	/**
	 * Write one piece.
	 * @throws IOException if it fails
	 */
	@Benchmark
	public void stream() throws IOException {
		Transfers.write(this.channel, this.piece);
	}

}
