package dev.socketpair.benchmarks;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.socketpair.PairedSocket;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.libc.NativeBinding;
import dev.socketpair.nio.NativeSocketPairFactory;
import org.newsclub.net.unix.AFUNIXSocketChannel;
import org.newsclub.net.unix.AFUNIXSocketPair;

/**
 * What is measured: the library on each of its bindings, and its peers.
 */
public enum Subject {

	/** The library over {@code java.lang.foreign}. */
	FOREIGN,

	/** The library over JNA. */
	JNA,

	/** The JDK's own Unix-domain channel: bound, connected and accepted. */
	JDK_UNIX {

		@Override
		Link open(Duration busyPoll) throws IOException {
			return Listeners.UNIX.connect();
		}

	},

	/** junixsocket, whose pairs lose two descriptors each. */
	JUNIXSOCKET {

		@Override
		Link open(Duration busyPoll) throws IOException {
			AFUNIXSocketPair<AFUNIXSocketChannel> pair = AFUNIXSocketPair.open();
			return Link.of(pair.getSocket1(), pair.getSocket2());
		}

	},

	/** Two pipes of the JDK. */
	PIPES {

		@Override
		Link open(Duration busyPoll) throws IOException {
			Pipe there = Pipe.open();
			Pipe back = Pipe.open();
			return Link.of(new PipeEnd(back.source(), there.sink()), new PipeEnd(there.source(), back.sink()));
		}

	},

	/** TCP over the loopback interface. */
	TCP {

		@Override
		Link open(Duration busyPoll) throws IOException {
			return Listeners.TCP.connect();
		}

	};

	private static final int FIRST_FOREIGN_FEATURE = 22;

	private static final Map<String, SocketPairFactory> FACTORIES = new ConcurrentHashMap<>();

	/**
	 * Return whether this is the library.
	 * @return whether it is
	 */
	boolean isOurs() {
		return this == FOREIGN || this == JNA;
	}

	/**
	 * Return whether this Java has it.
	 * @return whether it does
	 */
	boolean isAvailable() {
		return this != FOREIGN || Runtime.version().feature() >= FIRST_FOREIGN_FEATURE;
	}

	/**
	 * Return a factory of the library over this binding. It is one of several in this
	 * JVM, for which all bindings have been at work.
	 * @param countsBytes whether it counts bytes and operations
	 * @return the factory, which is shared
	 */
	SocketPairFactory factory(boolean countsBytes) {
		Mixed.ensure();
		return newFactory(countsBytes);
	}

	private SocketPairFactory newFactory(boolean countsBytes) {
		return FACTORIES.computeIfAbsent(this + " " + countsBytes,
				(key) -> NativeSocketPairFactory.builder(NativeBinding.of(name()).load())
					.countsBytes(countsBytes)
					.build());
	}

	/**
	 * Open two connected ends.
	 * @param busyPoll how long a reader of the library looks again
	 * @return the ends
	 * @throws IOException if it fails
	 */
	Link open(Duration busyPoll) throws IOException {
		SocketPairFactory factory = factory(true);
		SocketPair pair = busyPoll.isZero() ? factory.create()
				: factory.create(SocketPairOptions.builder().busyPoll(busyPoll).build());
		return Link.of(pair.first(), pair.second());
	}

	/**
	 * Two connected ends.
	 *
	 * @param first the one
	 * @param second the other
	 */
	record Link(ByteChannel first, ByteChannel second) implements Closeable {

		static Link of(ByteChannel first, ByteChannel second) {
			return new Link(first, second);
		}

		@Override
		public void close() throws IOException {
			this.first.close();
			this.second.close();
		}

	}

	/** The two ends of pipes that make one end of a connection. */
	private record PipeEnd(Pipe.SourceChannel source, Pipe.SinkChannel sink) implements ByteChannel {

		@Override
		public int read(ByteBuffer dst) throws IOException {
			return this.source.read(dst);
		}

		@Override
		public int write(ByteBuffer src) throws IOException {
			return this.sink.write(src);
		}

		@Override
		public boolean isOpen() {
			return this.source.isOpen();
		}

		@Override
		public void close() throws IOException {
			this.source.close();
			this.sink.close();
		}

	}

	/** One listener for all connections, or the listener would be measured. */
	private static final class Listeners {

		static final Listeners UNIX = new Listeners(StandardProtocolFamily.UNIX);

		static final Listeners TCP = new Listeners(StandardProtocolFamily.INET);

		private final ServerSocketChannel server;

		private final boolean tcp;

		private Listeners(StandardProtocolFamily family) {
			this.tcp = family != StandardProtocolFamily.UNIX;
			try {
				this.server = ServerSocketChannel.open(family);
				if (this.tcp) {
					this.server.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 1024);
				}
				else {
					Path directory = Files.createTempDirectory("benchmarks");
					Path path = directory.resolve("socket");
					this.server.bind(UnixDomainSocketAddress.of(path), 1024);
					directory.toFile().deleteOnExit();
					path.toFile().deleteOnExit();
				}
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

		synchronized Link connect() throws IOException {
			SocketChannel first = SocketChannel.open(this.server.getLocalAddress());
			SocketChannel second = this.server.accept();
			if (this.tcp) {
				first.setOption(StandardSocketOptions.TCP_NODELAY, true);
				second.setOption(StandardSocketOptions.TCP_NODELAY, true);
			}
			return Link.of(first, second);
		}

	}

	/**
	 * All bindings at work once, so that no call site in the library is monomorphic by
	 * luck.
	 */
	private static final class Mixed {

		private static final int OPERATIONS = 20_000;

		static {
			try {
				for (Subject binding : Arrays.asList(FOREIGN, JNA, FOREIGN)) {
					if (binding.isAvailable()) {
						work(binding);
					}
				}
			}
			catch (IOException ex) {
				throw new ExceptionInInitializerError(ex);
			}
		}

		private Mixed() {
		}

		static void ensure() {
			// The initializer did it.
		}

		private static void work(Subject binding) throws IOException {
			try (SocketPair pair = binding.newFactory(true).create()) {
				PairedSocket first = pair.first();
				PairedSocket second = pair.second();
				ByteBuffer[] buffers = { ByteBuffer.allocate(64), ByteBuffer.allocateDirect(64) };
				for (int i = 0; i < OPERATIONS; i++) {
					ByteBuffer buffer = buffers[i & 1];
					first.write(buffer.clear());
					second.read(buffer.clear());
				}
			}
		}

	}

}
