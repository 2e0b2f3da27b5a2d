package dev.socketpair.process;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.socketpair.PairedSocket;
import dev.socketpair.PassedDescriptor;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairs;
import dev.socketpair.SocketType;
import dev.socketpair.message.Framing;
import dev.socketpair.message.MessageConnection;
import dev.socketpair.testsupport.ChildJvm;
import dev.socketpair.testsupport.Command;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Children that find their end at standard input and output, or at a descriptor.
 */
@NothingLeaks
class AttachmentContractTests {

	private final SocketPairFactory factory = SocketPairs.factory();

	@AfterEach
	void close() {
		assertThat(this.factory.statistics().openPairs()).isEmpty();
		this.factory.close();
	}

	@Test
	void childAtStandardInputAndOutputEchoesAndEndsWhenItIsStopped() throws Exception {
		try (SocketPairProcess cat = Children.cat(this.factory).start()) {
			cat.messages().send("hello");
			assertThat(Children.receive(cat)).isEqualTo("hello");
			assertThat(cat.isAlive()).isTrue();
			assertThat(cat.state()).isEqualTo(SocketPairProcessState.RUNNING);
			cat.stop();
			assertThat(cat.state()).isEqualTo(SocketPairProcessState.STOPPED);
			assertThat(cat.lastExit()).isEqualTo(new ExitStatus(0));
			assertThat(cat.isAlive()).isFalse();
			assertThat(cat.pid()).isEqualTo(SocketPairProcess.NO_PID);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 3, 4, 5, 6, 7, 8, 9 })
	void childAtDescriptorEchoesAndHasNothingElse(int descriptor) throws Exception {
		try (SocketPairProcess shell = Children
			.shell(this.factory, "n=$SOCKETPAIR_FD; eval \"exec 0<&$n 1>&$n\"; echo $n; cat")
			.descriptor(descriptor)
			.settleTime(Duration.ZERO)
			.start()) {
			assertThat(Children.receive(shell)).isEqualTo(Integer.toString(descriptor));
			shell.messages().send("hello");
			assertThat(Children.receive(shell)).isEqualTo("hello");
		}
	}

	@Test
	void childAtDescriptorHasTheSocketThereAndNowhereElse() throws Exception {
		try (SocketPairProcess python = Children.python(this.factory, """
				import os
				for n in range(10):
				    path = "/proc/self/fd/%d" % n
				    os.write(3, (os.readlink(path) if os.path.lexists(path) else "none").encode() + b"\\n")
				""").framing(Framing.LINE).stdout(Output.DISCARD).stderr(Output.DISCARD).start()) {
			List<String> descriptors = new ArrayList<>();
			for (int i = 0; i < 10; i++) {
				descriptors.add(Children.receive(python).replaceAll("\\d", ""));
			}
			assertThat(descriptors).containsExactly("/dev/null", "/dev/null", "/dev/null", "socket:[]", "none", "none",
					"none", "none", "none", "none");
		}
	}

	@ParameterizedTest
	@EnumSource(Attachment.class)
	void pythonTakesItsEndAsASocket(Attachment attachment) throws Exception {
		int in = (attachment == Attachment.STDIO) ? 0 : 3;
		int out = (attachment == Attachment.STDIO) ? 1 : 3;
		try (SocketPairProcess python = Children.python(this.factory, """
				import socket
				receiving, sending = socket.socket(fileno=%d), socket.socket(fileno=%d)
				while data := receiving.recv(100):
				    sending.sendall(data.upper())
				""".formatted(in, out)).attach(attachment).framing(Framing.LINE).start()) {
			python.messages().send("hello");
			assertThat(Children.receive(python)).isEqualTo("HELLO");
			python.stop();
			assertThat(python.lastExit()).isEqualTo(new ExitStatus(0));
		}
	}

	@Test
	void pythonTakesItsEndAsAConnectionOfMultiprocessing() throws Exception {
		try (SocketPairProcess python = Children.python(this.factory, """
				from multiprocessing.connection import Connection
				end = Connection(3)
				try:
				    while True:
				        end.send_bytes(end.recv_bytes()[::-1])
				except EOFError:
				    pass
				""").start()) {
			assertThat(python.messages().framing()).isEqualTo(Framing.LENGTH_PREFIX);
			for (int size : new int[] { 0, 1, 5, 100_000, 2_000_000 }) {
				byte[] message = new byte[size];
				if (size > 0) {
					message[0] = 1;
				}
				python.messages().send(message);
				ByteBuffer reversed = python.messages().receive(Children.PATIENCE);
				assertThat(reversed.remaining()).isEqualTo(size);
				if (size > 0) {
					assertThat(reversed.get(size - 1)).isOne();
				}
			}
			python.stop();
			assertThat(python.lastExit()).isEqualTo(new ExitStatus(0));
		}
	}

	@Test
	void messagesOfASeqpacketPairKeepTheirBoundaries() throws Exception {
		try (SocketPairProcess python = Children.python(this.factory, """
				import socket
				end = socket.socket(fileno=3)
				while data := end.recv(100):
				    end.send(data.upper())
				    end.send(str(len(data)).encode())
				""").type(SocketType.SEQPACKET).start()) {
			assertThat(python.messages().framing()).isEqualTo(Framing.NONE);
			python.messages().send("one");
			python.messages().send("three");
			assertThat(Children.receive(python)).isEqualTo("ONE");
			assertThat(Children.receive(python)).isEqualTo("3");
			assertThat(Children.receive(python)).isEqualTo("THREE");
			assertThat(Children.receive(python)).isEqualTo("5");
		}
	}

	@Test
	void descriptorsArePassedBothWays(@TempDir Path directory) throws Exception {
		Path given = Files.writeString(directory.resolve("given"), "from java");
		Path taken = directory.resolve("taken");
		try (SocketPairProcess python = Children.python(this.factory, """
				import os, socket
				end = socket.socket(fileno=3)
				data, descriptors, flags, address = socket.recv_fds(end, 100, 4)
				end.sendall(os.read(descriptors[0], 100))
				mine = os.open('%s', os.O_CREAT | os.O_RDWR)
				socket.send_fds(end, [b"x"], [mine])
				end.recv(1)
				""".formatted(taken)).start(); FileInputStream file = new FileInputStream(given.toFile())) {
			PairedSocket socket = python.socket();
			socket.sendDescriptors(ByteBuffer.wrap(new byte[1]), PassedDescriptor.of(file.getFD()));
			assertThat(new String(socket.inputStream().readNBytes(9), StandardCharsets.UTF_8)).isEqualTo("from java");
			List<PassedDescriptor> received = new ArrayList<>();
			socket.receiveDescriptors(ByteBuffer.allocate(1), received);
			assertThat(received).hasSize(1);
			try (PassedDescriptor descriptor = received.get(0);
					FileOutputStream stream = new FileOutputStream(descriptor.fileDescriptor())) {
				descriptor.release();
				stream.write("from java too".getBytes(StandardCharsets.UTF_8));
			}
		}
		assertThat(taken).hasContent("from java too");
	}

	@Test
	void nodeSpeaksToItsParentByProcessSend() throws Exception {
		Command.assumeInstalled("node");
		try (SocketPairProcess node = new SocketPairProcessBuilder(this.factory).command("node", "-e", """
				process.on('message', (message) => {
				    if (message === 'disconnect') process.disconnect();
				    else process.send({ length: message.length, message });
				});
				""").announce("NODE_CHANNEL_FD").framing(Framing.LINE).start()) {
			node.messages().send("\"hello\"");
			assertThat(Children.receive(node)).isEqualTo("{\"length\":5,\"message\":\"hello\"}");
			String large = "x".repeat(3_000_000);
			InBackground<Void> sender = InBackground.call(() -> {
				node.messages().send('"' + large + '"');
				for (int i = 0; i < 10_000; i++) {
					node.messages().send("\"" + i + "\"");
				}
				return null;
			});
			assertThat(Children.receive(node))
				.hasSize(large.length() + "{\"length\":3000000,\"message\":\"\"}".length());
			for (int i = 0; i < 10_000; i++) {
				assertThat(Children.receive(node)).endsWith("\"message\":\"" + i + "\"}");
			}
			sender.get();
			node.messages().send("\"disconnect\"");
			assertThat(node.messages().receive(Children.PATIENCE)).isNull();
			Children.until(() -> node.state() == SocketPairProcessState.STOPPED);
			assertThat(node.lastExit()).isEqualTo(new ExitStatus(0));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "seqpacket" })
	void secondJavaVirtualMachineFindsItsEndAsInherited(String type) throws Exception {
		try (SocketPairProcess java = new SocketPairProcessBuilder(this.factory)
			.command(ChildJvm.command(List.of(), EchoWorker.class))
			.type(SocketType.of(type))
			.start()) {
			java.messages().send("hello");
			assertThat(Children.receive(java)).isEqualTo("hello back");
			java.stop();
			assertThat(java.lastExit()).isEqualTo(new ExitStatus(0));
		}
	}

	@Test
	void nonBlockingDefaultsOfTheFactoryDoNotReachTheChild() throws Exception {
		try (SocketPairFactory nonBlocking = SocketPairs.factory(SocketPairOptions.builder().nonBlocking(true).build());
				SocketPairProcess cat = Children.cat(nonBlocking).start()) {
			assertThat(cat.socket().isBlocking()).isTrue();
			cat.messages().send("hello");
			assertThat(Children.receive(cat)).isEqualTo("hello");
		}
	}

	@Test
	void commandReachesTheChildWordForWord() throws Exception {
		try (SocketPairProcess shell = new SocketPairProcessBuilder(this.factory)
			.command("sh", "-c", "for word; do printf '%s\\n' \"$word\" >&3; done", "sh", "two words", "$HOME", "'`\"",
					"", "-n", "é")
			.framing(Framing.LINE)
			.start()) {
			List<String> words = new ArrayList<>();
			for (ByteBuffer word; (word = shell.messages().receive(Children.PATIENCE)) != null;) {
				words.add(Children.text(word));
			}
			assertThat(words).startsWith("two words", "$HOME", "'`\"", "").hasSize(6);
		}
	}

	/**
	 * The other side of a test.
	 */
	public static final class EchoWorker {

		private EchoWorker() {
		}

		public static void main(String[] arguments) throws IOException {
			PairedSocket end = SocketPairs.inherited().orElseThrow();
			MessageConnection messages = MessageConnection.over(end, Framing.defaultFor(end.options().type()));
			ByteBuffer message;
			while ((message = messages.receive()) != null) {
				messages.send(Children.text(message) + " back");
			}
		}

	}

}
