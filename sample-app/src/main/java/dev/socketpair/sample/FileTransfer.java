package dev.socketpair.sample;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

import dev.socketpair.PairedSocket;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;

import org.springframework.stereotype.Service;

/**
 * Streams a file from one thread to another through a socket pair.
 */
@Service
public class FileTransfer {

	static final String THREAD_NAME = "file-transfer";

	private static final int BUFFER_SIZE = 64 * 1024;

	private final SocketPairFactory factory;

	/**
	 * Create the service.
	 * @param factory makes the pairs, as the {@code socketpair.*} properties say
	 */
	public FileTransfer(SocketPairFactory factory) {
		this.factory = factory;
	}

	/**
	 * Return how many bytes there are to stream.
	 * @param path a regular file
	 * @return its size in bytes
	 * @throws IOException if it is none, or cannot be read
	 */
	long size(Path path) throws IOException {
		requireReadable(path);
		return Files.size(path);
	}

	/**
	 * Stream a file through a new pair. Both threads have ended and both sockets are
	 * closed when this method returns or throws.
	 * @param path a regular file
	 * @return what was sent and what arrived
	 * @throws IOException if the file cannot be read or the sockets fail
	 * @throws InterruptedException if the current thread is interrupted while it waits
	 */
	public TransferResult transfer(Path path) throws IOException, InterruptedException {
		return transfer(path, (bytes) -> {
		});
	}

	/**
	 * Stream a file, and tell of its progress.
	 * @param path a regular file
	 * @param arrived is told how many bytes have arrived since it was told last, by the
	 * thread that receives them
	 * @return what was sent and what arrived
	 * @throws IOException if the file cannot be read or the sockets fail
	 * @throws InterruptedException if the current thread is interrupted while it waits
	 */
	TransferResult transfer(Path path, LongConsumer arrived) throws IOException, InterruptedException {
		requireReadable(path);
		long start = System.nanoTime();
		try (SocketPair pair = this.factory.create()) {
			List<Side> sides = runTogether(() -> receive(pair.second(), arrived), () -> send(path, pair.first()));
			Duration duration = Duration.ofNanos(System.nanoTime() - start);
			Side receiver = sides.get(0);
			Side sender = sides.get(1);
			return new TransferResult(path, receiver.bytes, duration, sender.sha256, receiver.sha256);
		}
	}

	private static void requireReadable(Path path) throws FileSystemException {
		if (Files.notExists(path)) {
			throw new FileSystemException(path.toString(), null, "does not exist");
		}
		if (Files.isDirectory(path)) {
			throw new FileSystemException(path.toString(), null, "is a directory");
		}
		if (!Files.isReadable(path)) {
			throw new FileSystemException(path.toString(), null, "cannot be read");
		}
		if (!Files.isRegularFile(path)) {
			throw new FileSystemException(path.toString(), null, "is not a regular file");
		}
	}

	/** Closes its socket at the end of the file: the end of the stream for the other. */
	private static Side send(Path path, PairedSocket socket) throws IOException {
		try (socket; FileChannel file = FileChannel.open(path)) {
			MessageDigest digest = sha256();
			ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE);
			long bytes = 0;
			while (file.read(buffer) != -1) {
				digest.update(buffer.flip());
				buffer.rewind();
				while (buffer.hasRemaining()) {
					bytes += socket.write(buffer);
				}
				buffer.clear();
			}
			return new Side(bytes, digest);
		}
	}

	/** Closes its socket if it fails, too: the other gets {@code EPIPE} then. */
	private static Side receive(PairedSocket socket, LongConsumer arrived) throws IOException {
		try (socket) {
			MessageDigest digest = sha256();
			ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE);
			long bytes = 0;
			while (socket.read(buffer) != -1) {
				bytes += buffer.position();
				arrived.accept(buffer.position());
				digest.update(buffer.flip());
				buffer.clear();
			}
			return new Side(bytes, digest);
		}
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	/** Run each task in a thread of its own; the first that failed throws. */
	private static List<Side> runTogether(Callable<Side> first, Callable<Side> second)
			throws IOException, InterruptedException {
		ExecutorService threads = Executors.newFixedThreadPool(2, (task) -> new Thread(task, THREAD_NAME));
		try {
			List<Future<Side>> sides = threads.invokeAll(List.of(first, second));
			return List.of(resultOf(sides.get(0)), resultOf(sides.get(1)));
		}
		finally {
			threads.shutdown();
			threads.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
		}
	}

	private static Side resultOf(Future<Side> side) throws IOException, InterruptedException {
		try {
			return side.get();
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof IOException failure) {
				throw failure;
			}
			throw new IllegalStateException(ex.getCause());
		}
	}

	/** What one side has seen. */
	private record Side(long bytes, String sha256) {

		Side(long bytes, MessageDigest digest) {
			this(bytes, HexFormat.of().formatHex(digest.digest()));
		}

	}

}
