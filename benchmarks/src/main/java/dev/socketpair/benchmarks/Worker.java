package dev.socketpair.benchmarks;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import dev.socketpair.message.Framing;
import dev.socketpair.message.MessageConnection;
import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessBuilder;

/**
 * A child process that sends back each message it receives, over a pair of the library,
 * two pipes of {@link ProcessBuilder}, or TCP.
 */
public abstract class Worker implements Closeable {

	private static final int SIZE = 64;

	private static final int TIMEOUT_MILLISECONDS = 10_000;

	/** JSON, of the size of the other. */
	private static final byte[] MESSAGE = ("\"" + "x".repeat(SIZE - 2) + "\"").getBytes(StandardCharsets.US_ASCII);

	/**
	 * Send a message and receive it back.
	 * @throws IOException if it fails
	 */
	abstract void roundTrip() throws IOException;

	static Worker start(Subject subject, Language language) throws IOException {
		return switch (subject) {
			case FOREIGN, JNA -> new Paired(subject, language);
			case PIPES -> {
				Process process = new ProcessBuilder(language.command("pipes"))
					.redirectError(ProcessBuilder.Redirect.INHERIT)
					.start();
				yield new Streams(process, language, process.getInputStream(), process.getOutputStream());
			}
			case TCP -> overTcp(language);
			default -> throw new IllegalArgumentException("No worker over " + subject);
		};
	}

	private static Worker overTcp(Language language) throws IOException {
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			Process process = new ProcessBuilder(language.command("tcp", Integer.toString(server.getLocalPort())))
				.redirectError(ProcessBuilder.Redirect.INHERIT)
				.start();
			server.setSoTimeout(TIMEOUT_MILLISECONDS);
			Socket socket = server.accept();
			socket.setTcpNoDelay(true);
			return new Streams(process, language, socket.getInputStream(), socket.getOutputStream());
		}
	}

	private static void requireSame(byte[] received) throws IOException {
		if (!Arrays.equals(received, MESSAGE)) {
			throw new IOException("Received " + new String(received, StandardCharsets.UTF_8));
		}
	}

	/** What the child process is written in. */
	public enum Language {

		/** With {@code multiprocessing.connection}. */
		PYTHON("worker.py", "python3", "-c"),

		/** With {@code process.send}, or lines of JSON. */
		NODE("worker.js", "node", "-e");

		private final String script;

		private final List<String> interpreter;

		Language(String script, String... interpreter) {
			this.script = script;
			this.interpreter = List.of(interpreter);
		}

		private List<String> command(String... arguments) throws IOException {
			List<String> command = new ArrayList<>(this.interpreter);
			try (InputStream source = Worker.class.getResourceAsStream(this.script)) {
				command.add(
						new String(Objects.requireNonNull(source, this.script).readAllBytes(), StandardCharsets.UTF_8));
			}
			command.addAll(List.of(arguments));
			return command;
		}

	}

	/** Over a pair of the library. */
	private static final class Paired extends Worker {

		private final SocketPairProcess process;

		private final MessageConnection messages;

		Paired(Subject subject, Language language) throws IOException {
			this.process = new SocketPairProcessBuilder(subject.factory(true)).command(language.command("socketpair"))
				.announce("NODE_CHANNEL_FD")
				.framing((language == Language.NODE) ? Framing.LINE : Framing.LENGTH_PREFIX)
				.start();
			this.messages = this.process.messages();
		}

		@Override
		void roundTrip() throws IOException {
			this.messages.send(MESSAGE);
			ByteBuffer answer = this.messages.receive();
			if (answer == null) {
				throw new EOFException();
			}
			byte[] received = new byte[answer.remaining()];
			answer.get(received);
			requireSame(received);
		}

		@Override
		public void close() {
			this.process.close();
		}

	}

	/** Over streams. */
	private static final class Streams extends Worker {

		private final Process process;

		private final Language language;

		private final DataInputStream input;

		private final DataOutputStream output;

		Streams(Process process, Language language, InputStream input, OutputStream output) {
			this.process = process;
			this.language = language;
			this.input = new DataInputStream(new BufferedInputStream(input));
			this.output = new DataOutputStream(new BufferedOutputStream(output));
		}

		@Override
		void roundTrip() throws IOException {
			if (this.language == Language.NODE) {
				this.output.write(MESSAGE);
				this.output.write('\n');
			}
			else {
				this.output.writeInt(MESSAGE.length);
				this.output.write(MESSAGE);
			}
			this.output.flush();
			byte[] received;
			if (this.language == Language.NODE) {
				received = this.input.readNBytes(MESSAGE.length);
				if (this.input.read() != '\n') {
					throw new IOException("A line has no end");
				}
			}
			else {
				received = this.input.readNBytes(this.input.readInt());
			}
			requireSame(received);
		}

		@Override
		public void close() throws IOException {
			this.output.close();
			this.input.close();
			try {
				this.process.waitFor();
			}
			catch (InterruptedException ex) {
				this.process.destroyForcibly();
				Thread.currentThread().interrupt();
			}
		}

	}

}
