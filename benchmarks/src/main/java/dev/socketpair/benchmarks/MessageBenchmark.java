package dev.socketpair.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.socketpair.SocketPair;
import dev.socketpair.message.Framing;
import dev.socketpair.message.MessageConnection;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Small messages one way over a stream, with another thread that receives them.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init")
public class MessageBenchmark {

	/** The number of bytes in a message. */
	static final int SIZE = 64;

	/** The number of messages that are sent together. */
	static final int BATCH = 64;

	/** The binding. */
	@Param({ "FOREIGN", "JNA" })
	public Subject subject;

	private final byte[] message = new byte[SIZE];

	private final List<ByteBuffer> batch = Stream.generate(() -> ByteBuffer.allocate(SIZE)).limit(BATCH).toList();

	private SocketPair pair;

	private MessageConnection sender;

	private Thread receiver;

	/**
	 * Start the thread that receives.
	 * @throws IOException if it fails
	 */
	@Setup
	public void open() throws IOException {
		this.pair = this.subject.factory(true).create();
		this.sender = MessageConnection.over(this.pair.first(), Framing.LENGTH_PREFIX);
		MessageConnection connection = MessageConnection.over(this.pair.second(), Framing.LENGTH_PREFIX);
		this.receiver = Threads.start(false, () -> receiveAll(connection));
	}

	private static void receiveAll(MessageConnection connection) {
		try {
			ByteBuffer received;
			do {
				received = connection.receive();
			}
			while (received != null && received.remaining() == SIZE);
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
		this.pair.close();
		this.receiver.join();
	}

	/**
	 * Send messages that are there together.
	 * @throws IOException if it fails
	 */
	@Benchmark
	@OperationsPerInvocation(BATCH)
	public void together() throws IOException {
		for (ByteBuffer buffer : this.batch) {
			buffer.clear();
		}
		this.sender.sendAll(this.batch);
	}

	/**
	 * Send one message.
	 * @throws IOException if it fails
	 */
	@Benchmark
	public void oneByOne() throws IOException {
		this.sender.send(this.message);
	}

}
