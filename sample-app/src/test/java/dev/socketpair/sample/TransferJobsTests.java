package dev.socketpair.sample;

import java.io.RandomAccessFile;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.sample.TransferStatus.State;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TransferJobs}.
 */
@Timeout(60)
class TransferJobsTests {

	@TempDir
	private Path directory;

	private final SocketPairFactory factory = SocketPairs.factory();

	private final TransferJobs jobs = new TransferJobs(new FileTransfer(this.factory));

	@AfterEach
	void nothingIsLeftBehind() throws Exception {
		this.jobs.destroy();
		assertThat(this.factory.statistics().openPairs()).isEmpty();
		// A thread is there for a moment after its executor has ended
		Awaitility.await()
			.untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
				.doesNotContain(TransferJob.THREAD_NAME));
		this.factory.close();
	}

	@Test
	void thereIsNoneBeforeTheFirst() {
		assertThat(this.jobs.latest()).isEmpty();
	}

	@Test
	void emptyFileIsDone() throws Exception {
		this.jobs.start(Files.createFile(this.directory.resolve("empty")), 5, 2);
		TransferStatus ended = awaitEnd();
		assertThat(ended.state()).isEqualTo(State.DONE);
		assertThat(ended.percent()).isEqualTo(100);
		assertThat(ended.bytes()).isZero();
	}

	@Test
	void oneRunsAtATimeThroughAsManyPairsAsAskedForAndTheEndOfTheApplicationEndsIt() throws Exception {
		Path endless = endlessFile();
		assertThat(this.jobs.start(endless, 4, 3)).isPresent();
		assertThat(this.jobs.start(endless, 1, 1)).isEmpty();
		Awaitility.await().until(() -> this.jobs.latest().orElseThrow().bytes() > 0);
		Awaitility.await().until(() -> this.factory.statistics().openPairs().size() == 3);
		assertThat(this.jobs.latest().orElseThrow().percent()).isZero();
		this.jobs.destroy();
		TransferStatus ended = this.jobs.latest().orElseThrow();
		assertThat(ended.state()).isEqualTo(State.FAILED);
		assertThat(ended.error()).isEqualTo("The application is being stopped");
	}

	@Test
	void failureIsToldAndTheNextMayStart() throws Exception {
		// The page at address 0 is never mapped, so reading it fails with EIO
		this.jobs.start(Path.of("/proc/self/mem"), 3, 1);
		TransferStatus ended = awaitEnd();
		assertThat(ended.state()).isEqualTo(State.FAILED);
		assertThat(ended.error()).contains("Input/output error");
		assertThat(this.jobs.start(Files.createFile(this.directory.resolve("empty")), 1, 1)).isPresent();
		assertThat(awaitEnd().id()).isEqualTo(2);
	}

	@Test
	void fileThatDoesNotExistIsRefused() {
		Path missing = this.directory.resolve("missing");
		assertThatExceptionOfType(FileSystemException.class).isThrownBy(() -> this.jobs.start(missing, 1, 1))
			.withMessage(missing + ": does not exist");
		assertThat(this.jobs.latest()).isEmpty();
	}

	private TransferStatus awaitEnd() {
		return Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.until(() -> this.jobs.latest().orElseThrow(), (status) -> status.state() != State.RUNNING);
	}

	/** A file without any block on the disk that would take an hour. */
	private Path endlessFile() throws Exception {
		Path path = this.directory.resolve("endless");
		try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
			file.setLength(1L << 40);
		}
		return path;
	}

}
