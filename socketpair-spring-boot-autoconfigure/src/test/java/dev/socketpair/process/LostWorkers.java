package dev.socketpair.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.socketpair.SocketDomain;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairs;
import dev.socketpair.SocketType;
import dev.socketpair.message.Framing;
import dev.socketpair.message.MessageConnection;

/**
 * Ways in which a worker gives no answer, and the peer of a socket goes.
 */
final class LostWorkers {

	static final Map<String, Way> ALL = new LinkedHashMap<>();

	static {
		processes();
		starts();
		sockets();
		ALL.put("a value that is none", (factory) -> SocketDomain.of("broken pipe").toString());
		ALL.put("a framing that is none", (factory) -> Framing.of("connection reset").toString());
	}

	private LostWorkers() {
	}

	/** What a controller does with a worker, as the documentation has it. */
	static String ask(SocketPairProcess process, String text) throws IOException {
		MessageConnection worker = process.currentMessages();
		worker.send(text);
		ByteBuffer answer = worker.receive();
		if (answer == null) {
			throw new IOException("The worker has ended without an answer");
		}
		return StandardCharsets.UTF_8.decode(answer).toString();
	}

	private static void processes() {
		ALL.put("killed before", (factory) -> askLost(Children.cat(factory), Children::kill));
		ALL.put("killed meanwhile", (factory) -> ask(factory, "read line <&3; kill -9 $$"));
		ALL.put("exit 0", (factory) -> ask(factory, "read line <&3; exit 0"));
		ALL.put("a pipe is broken, says the child",
				(factory) -> ask(factory, "read line <&3; echo 'write error: Broken pipe' >&2; exit 1"));
		ALL.put("a connection was reset, says the child",
				(factory) -> ask(factory, "read line <&3; echo 'recv: Connection reset by peer' >&2; exit 1"));
		ALL.put("half an answer, exit 0", (factory) -> ask(factory, "read line <&3; printf half >&3"));
		ALL.put("half an answer, killed", (factory) -> ask(factory, "read line <&3; printf half >&3; kill -9 $$"));
		ALL.put("half an answer, lives on",
				(factory) -> ask(factory, "read line <&3; printf half >&3; exec 3>&-; exec sleep 1000"));
		ALL.put("closes its end and lives on", (factory) -> {
			try (SocketPairProcess process = Children.shell(factory, "exec 3>&-; exec sleep 1000")
				.stopTimeout(Duration.ZERO)
				.start()) {
				if (process.messages().receive() == null) {
					return ask(process, "hello");
				}
				throw new AssertionError("It has sent something");
			}
		});
		ALL.put("gave up", (factory) -> {
			try (SocketPairProcess process = Children.shell(factory, "echo Broken pipe >&2; exit 3")
				.settleTime(Duration.ZERO)
				.restart(new RestartPolicy(RestartPolicy.When.ALWAYS, Duration.ZERO, 1, Duration.ZERO, 1))
				.start()) {
				Children.until(() -> process.state() == SocketPairProcessState.GAVE_UP);
				return ask(process, "hello");
			}
		});
		ALL.put("stopped", (factory) -> askLost(Children.cat(factory), SocketPairProcess::stop));
		ALL.put("closed", (factory) -> askLost(Children.cat(factory), SocketPairProcess::close));
		ALL.put("our end closed", (factory) -> {
			try (SocketPairProcess process = Children.cat(factory).start()) {
				process.socket().close();
				return ask(process, "hello");
			}
		});
		ALL.put("never started", (factory) -> {
			try (SocketPairProcess process = Children.cat(factory).name("broken pipe").build()) {
				return ask(process, "hello");
			}
		});
		ALL.put("factory closed", (factory) -> {
			SocketPairFactory own = SocketPairs.factory();
			return askLost(Children.cat(own), (process) -> own.close());
		});
		ALL.put("a header that is none", (factory) -> {
			try (SocketPairProcess process = Children.shell(factory, "echo Error: Broken pipe >&3; exec cat <&3")
				.framing(Framing.CONTENT_LENGTH)
				.start()) {
				return ask(process, "hello");
			}
		});
		ALL.put("a length that is none", (factory) -> {
			try (SocketPairProcess process = Children
				.shell(factory, "printf '\\377\\377\\377\\376Connection reset by peer' >&3; exec cat <&3")
				.framing(Framing.LENGTH_PREFIX)
				.start()) {
				return ask(process, "hello");
			}
		});
		ALL.put("too large an answer", (factory) -> askLost(Children.cat(factory).maxMessageSize(4), (process) -> {
		}));
		ALL.put("no answer in time", (factory) -> ask(factory, "exec cat <&3"));
		ALL.put("no whole answer in time", (factory) -> ask(factory, "printf half >&3; exec cat <&3"));
		ALL.put("a name to be taken amiss", (factory) -> {
			try (SocketPairProcess process = Children.shell(factory, "read line <&3; exit 1")
				.name("Connection reset by peer")
				.start()) {
				return ask(process, "hello");
			}
		});
		ALL.put("closed, with a name to be taken amiss", (factory) -> {
			SocketPairProcess process = Children.cat(factory).name("broken pipe").build();
			process.close();
			process.start();
			return ask(process, "hello");
		});
		ALL.put("interrupted", (factory) -> {
			try (SocketPairProcess process = Children.cat(factory).start()) {
				Thread.currentThread().interrupt();
				return ask(process, "hello");
			}
			finally {
				// The thread is the server's.
				Thread.interrupted();
			}
		});
	}

	private static void starts() {
		ALL.put("start that fails, says the child", (factory) -> startAndAsk(
				Children.shell(factory, "echo Broken pipe >&2; exit 1").settleTime(Children.PATIENCE)));
		ALL.put("a command to be taken amiss", (factory) -> startAndAsk(
				new SocketPairProcessBuilder(factory).command("/no-such-directory/connection reset", "x")));
		ALL.put("a directory to be taken amiss",
				(factory) -> startAndAsk(Children.cat(factory).directory(Path.of("/dev/null/broken pipe"))));
		ALL.put("a name that is none", (factory) -> Children.cat(factory).name("broken pipe\n").toString());
	}

	private static void sockets() {
		for (String type : new String[] { "stream", "seqpacket", "dgram" }) {
			ALL.put("write to a closed peer, " + type, (factory) -> {
				try (SocketPair pair = pair(factory, type)) {
					pair.second().close();
					return "written: " + pair.first().write(ByteBuffer.allocate(1));
				}
			});
		}
		for (String type : new String[] { "stream", "seqpacket" }) {
			ALL.put("read after a reset, " + type, (factory) -> {
				try (SocketPair pair = pair(factory, type)) {
					pair.first().write(ByteBuffer.allocate(1));
					pair.second().close();
					return "read: " + pair.first().read(ByteBuffer.allocate(1));
				}
			});
		}
		ALL.put("write to the stream of a closed peer", (factory) -> {
			try (SocketPair pair = factory.create()) {
				pair.second().close();
				pair.first().outputStream().write(1);
				return "written";
			}
		});
		ALL.put("read from a closed socket", (factory) -> {
			try (SocketPair pair = factory.create()) {
				pair.first().close();
				return "read: " + pair.first().read(ByteBuffer.allocate(1));
			}
		});
		half(Framing.LINE, "half");
		half(Framing.LENGTH_PREFIX, "\0\0");
		half(Framing.LENGTH_PREFIX, "\0\0\0\u0005half");
		half(Framing.CONTENT_LENGTH, "Content-Length: 5\r\n\r\nhalf");
	}

	private static void half(Framing framing, String written) {
		for (int times = 1; times <= 2; times++) {
			int receives = times;
			ALL.put("half a message, %s, %s bytes, time %s".formatted(framing, written.length(), times), (factory) -> {
				try (SocketPair pair = factory.create()) {
					pair.second().outputStream().write(written.getBytes(StandardCharsets.UTF_8));
					pair.second().close();
					MessageConnection connection = MessageConnection.over(pair.first(), framing);
					for (int i = 1; i < receives; i++) {
						try {
							connection.receive();
						}
						catch (IOException ex) {
							// Every later call says it again.
						}
					}
					return "received: " + connection.receive();
				}
			});
		}
	}

	private static SocketPair pair(SocketPairFactory factory, String type) throws IOException {
		return factory.create(SocketPairOptions.builder().type(SocketType.of(type)).build());
	}

	private static String ask(SocketPairFactory factory, String script) throws Exception {
		try (SocketPairProcess process = Children.shell(factory, script)
			.options(SocketPairOptions.builder().readTimeout(Duration.ofSeconds(2)).build())
			.stopTimeout(Duration.ZERO)
			.start()) {
			return ask(process, "hello");
		}
	}

	private static String askLost(SocketPairProcessBuilder builder, Loss loss) throws Exception {
		try (SocketPairProcess process = builder.start()) {
			loss.of(process);
			return ask(process, "hello");
		}
	}

	private static String startAndAsk(SocketPairProcessBuilder builder) throws IOException {
		try (SocketPairProcess process = builder.start()) {
			return ask(process, "hello");
		}
	}

	/**
	 * A way that ends with an exception.
	 */
	interface Way {

		String ask(SocketPairFactory factory) throws Exception;

	}

	/** What happens to a process. */
	private interface Loss {

		void of(SocketPairProcess process) throws Exception;

	}

}
