package dev.socketpair.process.output;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.socketpair.testsupport.NothingLeaks;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of how the reader of a pipe is woken whose other end stays open.
 */
@NothingLeaks
class OutputPipeTests {

	private static final int STANDARD_ERROR = 2;

	private Process child;

	private OutputPipe pipe;

	@BeforeEach
	void start() throws Exception {
		this.child = new ProcessBuilder("sleep", "1000").redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
		this.pipe = OutputPipe.of(this.child.pid(), STANDARD_ERROR);
		assertThat(this.pipe).isNotNull();
	}

	@AfterEach
	void kill() throws Exception {
		this.child.destroyForcibly().waitFor();
		this.child.getOutputStream().close();
		this.child.getErrorStream().close();
	}

	@Test
	void readerIsWoken() throws Exception {
		CompletableFuture<Integer> read = read();
		this.pipe.wakeReader();
		assertThat(read.get(10, TimeUnit.SECONDS)).isEqualTo('\n');
	}

	@Test
	void readerIsWokenByAnInterruptedThreadToo() throws Exception {
		CompletableFuture<Integer> read = read();
		Thread.currentThread().interrupt();
		this.pipe.wakeReader();
		assertThat(Thread.interrupted()).isTrue();
		assertThat(read.get(10, TimeUnit.SECONDS)).isEqualTo('\n');
	}

	private CompletableFuture<Integer> read() {
		CompletableFuture<Integer> read = new CompletableFuture<>();
		DaemonThread.start("output-pipe-test", () -> {
			try {
				read.complete(this.child.getErrorStream().read());
			}
			catch (IOException ex) {
				read.completeExceptionally(ex);
			}
		});
		return read;
	}

	@Test
	void nothingIsWrittenToAFileThatHasTakenTheNumber(@TempDir Path directory) throws Exception {
		Path file = Files.createFile(directory.resolve("file"));
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
			this.pipe.wakeReader(descriptors(file).get(0));
			assertThat(channel.size()).isZero();
		}
	}

	@Test
	void nothingWaitsWhereNoReaderIsLeft() throws Exception {
		this.child.getErrorStream().close();
		CompletableFuture<Void> woken = new CompletableFuture<>();
		DaemonThread.start("output-pipe-test", () -> {
			this.pipe.wakeReader();
			woken.complete(null);
		});
		Awaitility.await().atMost(Duration.ofSeconds(10)).until(woken::isDone);
	}

	private static List<Path> descriptors(Path target) throws IOException {
		try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
			return descriptors.filter((descriptor) -> leadsTo(descriptor, target)).toList();
		}
	}

	private static boolean leadsTo(Path descriptor, Path target) {
		try {
			return Files.readSymbolicLink(descriptor).equals(target.toRealPath());
		}
		catch (IOException ex) {
			return false;
		}
	}

}
