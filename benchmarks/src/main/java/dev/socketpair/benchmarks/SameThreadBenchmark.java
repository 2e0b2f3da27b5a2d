package dev.socketpair.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.socketpair.PairedSocket;
import dev.socketpair.SocketPair;
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
 * One thread writes a piece and reads it: what an operation costs beyond the kernel.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SameThreadBenchmark {

	/**
	 * Write and read through the library.
	 * @param state the sockets
	 * @return the number of bytes
	 * @throws IOException if it fails
	 */
	@Benchmark
	public int ours(Ours state) throws IOException {
		ByteBuffer out = state.out;
		ByteBuffer in = state.in;
		state.first.write(out.clear());
		in.clear();
		do {
			state.second.read(in);
		}
		while (in.hasRemaining());
		return in.position();
	}

	/**
	 * Write and read through a peer.
	 * @param state the channels
	 * @return the number of bytes
	 * @throws IOException if it fails
	 */
	@Benchmark
	public int peer(Peer state) throws IOException {
		Transfers.write(state.first, state.out);
		Transfers.read(state.second, state.in);
		return state.in.position();
	}

	/** A pair of the library. */
	@State(Scope.Thread)
	@SuppressWarnings("NullAway.Init")
	public static class Ours {

		/** The binding. */
		@Param({ "FOREIGN", "JNA" })
		public Subject subject;

		/** The number of bytes. */
		@Param({ "1", "64", "4096", "65536" })
		public int size;

		/** The kind of the buffers. */
		@Param({ "heap", "direct" })
		public String buffer;

		/** Whether bytes and operations are counted. */
		@Param("true")
		public boolean statistics;

		private SocketPair pair;

		private PairedSocket first;

		private PairedSocket second;

		private ByteBuffer out;

		private ByteBuffer in;

		/**
		 * Open the pair.
		 * @throws IOException if it fails
		 */
		@Setup
		public void open() throws IOException {
			this.pair = this.subject.factory(this.statistics).create();
			this.first = this.pair.first();
			this.second = this.pair.second();
			this.out = Transfers.buffer(this.buffer, this.size);
			this.in = Transfers.buffer(this.buffer, this.size);
		}

		/**
		 * Close the pair.
		 * @throws IOException if it fails
		 */
		@TearDown
		public void close() throws IOException {
			this.pair.close();
		}

	}

	/** Two channels of a peer. */
	@State(Scope.Thread)
	@SuppressWarnings("NullAway.Init")
	public static class Peer {

		/** The peer. */
		@Param({ "JDK_UNIX", "JUNIXSOCKET", "PIPES", "TCP" })
		public Subject subject;

		/** The number of bytes. */
		@Param({ "1", "64", "4096", "65536" })
		public int size;

		/** The kind of the buffers. */
		@Param({ "heap", "direct" })
		public String buffer;

		private Subject.Link link;

		private ByteChannel first;

		private ByteChannel second;

		private ByteBuffer out;

		private ByteBuffer in;

		/**
		 * Open the channels.
		 * @throws IOException if it fails
		 */
		@Setup
		public void open() throws IOException {
			this.link = this.subject.open(Duration.ZERO);
			this.first = this.link.first();
			this.second = this.link.second();
			this.out = Transfers.buffer(this.buffer, this.size);
			this.in = Transfers.buffer(this.buffer, this.size);
		}

		/**
		 * Close the channels.
		 * @throws IOException if it fails
		 */
		@TearDown
		public void close() throws IOException {
			this.link.close();
		}

	}

}
