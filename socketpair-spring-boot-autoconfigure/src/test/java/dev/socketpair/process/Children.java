package dev.socketpair.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.message.Framing;
import dev.socketpair.testsupport.Command;
import org.awaitility.Awaitility;

/**
 * Children that several tests have.
 */
final class Children {

	/** Longer than anything takes on a machine that has much else to do. */
	static final Duration PATIENCE = Duration.ofSeconds(20);

	/** Enough for these, which are quick. */
	private static final Duration SETTLE_TIME = Duration.ofMillis(300);

	private Children() {
	}

	/**
	 * What echoes what it reads, at its standard input and output.
	 */
	static SocketPairProcessBuilder cat(SocketPairFactory factory) {
		return new SocketPairProcessBuilder(factory).command("cat")
			.attach(Attachment.STDIO)
			.framing(Framing.LINE)
			.settleTime(SETTLE_TIME);
	}

	/**
	 * A shell with its end at descriptor 3, and lines as messages.
	 */
	static SocketPairProcessBuilder shell(SocketPairFactory factory, String script) {
		return new SocketPairProcessBuilder(factory).command("sh", "-c", script)
			.framing(Framing.LINE)
			.settleTime(SETTLE_TIME);
	}

	/**
	 * A Python program.
	 */
	static SocketPairProcessBuilder python(SocketPairFactory factory, String program) {
		Command.assumeInstalled("python3");
		return new SocketPairProcessBuilder(factory).command("python3", "-c", program);
	}

	/**
	 * The interpreter itself: what is called {@code python3} may be a script of a shell.
	 */
	static String pythonInterpreter() throws IOException {
		Command.assumeInstalled("python3");
		Process process = new ProcessBuilder("python3", "-c", "import sys; print(sys.executable)").start();
		return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
	}

	static String text(ByteBuffer message) {
		return (message != null) ? StandardCharsets.UTF_8.decode(message).toString() : null;
	}

	static String receive(SocketPairProcess process) throws Exception {
		return text(process.messages().receive(PATIENCE));
	}

	static void kill(SocketPairProcess process) {
		ProcessHandle.of(process.pid()).orElseThrow().destroyForcibly();
	}

	static void kill(long pid) {
		ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
	}

	static boolean runs(long pid) {
		return ProcessHandle.of(pid).map((process) -> !ProcessTree.hasEnded(process)).orElse(false);
	}

	static void until(Callable<Boolean> condition) {
		Awaitility.await()
			.atMost(PATIENCE)
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(2))
			.until(condition);
	}

}
