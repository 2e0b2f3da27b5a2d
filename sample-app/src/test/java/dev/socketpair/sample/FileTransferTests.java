package dev.socketpair.sample;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.SocketTimeoutException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairStatistics.Direction;
import dev.socketpair.SocketPairStatistics.End;
import dev.socketpair.SocketPairs;
import dev.socketpair.SocketType;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link FileTransfer}.
 */
@Timeout(60)
class FileTransferTests {

	private static final String SHA256_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

	@TempDir
	private Path directory;

	private final SocketPairFactory factory = SocketPairs.factory();

	private final FileTransfer transfer = new FileTransfer(this.factory);

	private List<Path> descriptors = List.of();

	@BeforeEach
	void rememberDescriptors() throws IOException {
		this.descriptors = descriptors();
	}

	@AfterEach
	void nothingIsLeftBehind() throws IOException {
		assertThat(this.factory.statistics().openPairs()).isEmpty();
		assertThat(descriptors()).isEqualTo(this.descriptors);
		Awaitility.await()
			.untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
				.doesNotContain(FileTransfer.THREAD_NAME));
	}

	@Test
	void fileArrivesUnchanged() throws Exception {
		byte[] bytes = new byte[3_000_017];
		new Random(1).nextBytes(bytes);
		Path file = Files.write(this.directory.resolve("odd"), bytes);
		TransferResult result = this.transfer.transfer(file);
		assertThat(result.path()).isEqualTo(file);
		assertThat(result.bytes()).isEqualTo(bytes.length);
		assertThat(result.duration()).isPositive();
		assertThat(result.receivedSha256()).isEqualTo(sha256(bytes));
		assertThat(result.matches()).isTrue();
	}

	@Test
	void emptyFileArrives() throws Exception {
		TransferResult result = this.transfer.transfer(Files.createFile(this.directory.resolve("empty")));
		assertThat(result.bytes()).isZero();
		assertThat(result.receivedSha256()).isEqualTo(SHA256_OF_NOTHING);
		assertThat(result.matches()).isTrue();
	}

	@Test
	void fileArrivesThroughNonBlockingSockets() throws Exception {
		Path file = Files.write(this.directory.resolve("file"), new byte[300_001]);
		SocketPairOptions options = SocketPairOptions.builder().nonBlocking(true).build();
		try (SocketPairFactory nonBlocking = SocketPairs.factory(options)) {
			TransferResult result = new FileTransfer(nonBlocking).transfer(file);
			assertThat(result.bytes()).isEqualTo(300_001);
			assertThat(result.matches()).isTrue();
		}
	}

	@Test
	void fileThatDoesNotExistIsRefused() {
		assertThatExceptionOfType(FileSystemException.class)
			.isThrownBy(() -> this.transfer.transfer(this.directory.resolve("missing")))
			.withMessage(this.directory.resolve("missing") + ": does not exist");
	}

	@Test
	void directoryIsRefused() {
		assertThatExceptionOfType(FileSystemException.class).isThrownBy(() -> this.transfer.transfer(this.directory))
			.withMessage(this.directory + ": is a directory");
	}

	@Test
	void deviceIsRefused() {
		assertThatExceptionOfType(FileSystemException.class)
			.isThrownBy(() -> this.transfer.transfer(Path.of("/dev/zero")))
			.withMessage("/dev/zero: is not a regular file");
	}

	@Test
	void failureOfTheSenderEndsTheTransfer() {
		// The page at address 0 is never mapped, so reading it fails with EIO
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.transfer.transfer(Path.of("/proc/self/mem")))
			.withMessageContaining("Input/output error");
	}

	@Test
	void failureOfTheReceiverEndsTheTransfer() throws Exception {
		Path file = Files.createFile(this.directory.resolve("empty"));
		// A datagram socket does not see that its peer is closed
		SocketPairOptions options = SocketPairOptions.builder()
			.type(SocketType.DGRAM)
			.readTimeout(Duration.ofMillis(1))
			.build();
		try (SocketPairFactory datagrams = SocketPairs.factory(options)) {
			assertThatExceptionOfType(SocketTimeoutException.class)
				.isThrownBy(() -> new FileTransfer(datagrams).transfer(file));
			assertThat(datagrams.statistics().openPairs()).isEmpty();
		}
	}

	@Test
	void interruptEndsTheTransfer() throws Exception {
		FutureTask<TransferResult> task = new FutureTask<>(() -> this.transfer.transfer(endlessFile()));
		Thread thread = start(task);
		thread.interrupt();
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(task::get)
			.withCauseInstanceOf(InterruptedException.class);
		thread.join();
	}

	@Test
	void closingTheFactoryEndsTheTransfer() throws Exception {
		FutureTask<TransferResult> task = new FutureTask<>(() -> this.transfer.transfer(endlessFile()));
		Thread thread = start(task);
		this.factory.close();
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(task::get)
			.withCauseInstanceOf(IOException.class);
		thread.join();
	}

	private static String sha256(byte[] bytes) throws GeneralSecurityException {
		return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
	}

	/** Start a transfer and wait until it is under way. */
	private Thread start(FutureTask<TransferResult> task) {
		Thread thread = new Thread(task);
		thread.start();
		Awaitility.await()
			.until(() -> this.factory.statistics()
				.totals()
				.stream()
				.anyMatch((totals) -> totals.bytes(End.SECOND, Direction.RECEIVED) > 0));
		return thread;
	}

	/** A file without any block on the disk that would take an hour. */
	private Path endlessFile() throws IOException {
		Path path = this.directory.resolve("endless");
		try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
			file.setLength(1L << 40);
		}
		return path;
	}

	/** The sockets and the files of the test that this process has open. */
	private List<Path> descriptors() throws IOException {
		try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
			return links.map(FileTransferTests::target)
				.filter((target) -> target.toString().startsWith("socket:") || target.startsWith(this.directory))
				.sorted()
				.toList();
		}
	}

	private static Path target(Path link) {
		try {
			return Files.readSymbolicLink(link);
		}
		catch (IOException ex) {
			// Closed meanwhile, or what lists them
			return link;
		}
	}

}
