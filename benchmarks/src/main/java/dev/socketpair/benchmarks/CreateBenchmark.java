package dev.socketpair.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A pair is made and closed.
 */
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CreateBenchmark {

	/** How many pairs a peer makes in an invocation. */
	static final int FEW = 1000;

	/**
	 * Make and close a pair of the library.
	 * @param state the factory
	 * @throws IOException if it fails
	 */
	@Benchmark
	@BenchmarkMode(Mode.AverageTime)
	public void ours(Ours state) throws IOException {
		SocketPair pair = state.factory.create();
		pair.close();
	}

	/**
	 * Make and close connections of a peer: not too many, because junixsocket loses
	 * descriptors, and TCP has only so many ports.
	 * @param state the peer
	 * @throws IOException if it fails
	 */
	@Benchmark
	@BenchmarkMode(Mode.SingleShotTime)
	@Warmup(iterations = 2)
	@Measurement(iterations = 1)
	public void peer(Peer state) throws IOException {
		for (int i = 0; i < FEW; i++) {
			state.subject.open(Duration.ZERO).close();
		}
	}

	/** A factory of the library. */
	@State(Scope.Benchmark)
	@SuppressWarnings("NullAway.Init")
	public static class Ours {

		/** The binding. */
		@Param({ "FOREIGN", "JNA" })
		public Subject subject;

		private SocketPairFactory factory;

		/** Open the factory. */
		@Setup
		public void open() {
			this.factory = this.subject.factory(true);
		}

	}

	/** A peer. */
	@State(Scope.Benchmark)
	@SuppressWarnings("NullAway.Init")
	public static class Peer {

		/** The peer. */
		@Param({ "JDK_UNIX", "JUNIXSOCKET", "PIPES", "TCP" })
		public Subject subject;

	}

}
