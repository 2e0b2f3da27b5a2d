package dev.socketpair.message;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A program in another language that holds one end of a pair at its descriptor 3, and
 * this process's connection to it.
 */
final class Peer implements AutoCloseable {

	private static final long PATIENCE_SECONDS = 60;

	private final Process process;

	private final Path errors;

	private final MessageConnection connection;

	private Peer(Process process, Path errors, MessageConnection connection) {
		this.process = process;
		this.errors = errors;
		this.connection = connection;
	}

	static Peer start(SocketPairFactory factory, Framing framing, int maximum, Map<String, String> environment,
			String... command) throws IOException {
		List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", "exec \"$@\" 3<&0 0</dev/null", "sh"));
		words.addAll(List.of(command));
		Path errors = Files.createTempFile("peer", ".log");
		SocketPair pair = factory.create();
		File log = errors.toFile();
		ProcessBuilder builder = new ProcessBuilder(words).redirectInput(pair.second().toRedirect())
			.redirectOutput(log)
			.redirectError(ProcessBuilder.Redirect.appendTo(log));
		builder.environment().putAll(environment);
		Process process = builder.start();
		pair.second().close();
		return new Peer(process, errors, MessageConnection.over(pair.first(), framing, maximum));
	}

	MessageConnection connection() {
		return this.connection;
	}

	/** Wait for the end of the process, which has to be a good one. */
	@Override
	public void close() throws IOException {
		this.connection.close();
		try {
			if (!this.process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
				this.process.destroyForcibly().waitFor();
			}
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		String output = Files.readString(this.errors, StandardCharsets.UTF_8);
		Files.delete(this.errors);
		assertThat(this.process.exitValue()).as(output).isZero();
		assertThat(output).isEmpty();
	}

}
