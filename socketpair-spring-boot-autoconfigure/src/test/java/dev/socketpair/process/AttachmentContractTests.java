package dev.socketpair.process;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.message.Framing;
import dev.socketpair.testsupport.Command;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Children that find their end at standard input and output, or at a descriptor.
 */
@NothingLeaks
class AttachmentContractTests {

	private final SocketPairFactory factory = SocketPairs.factory();

	@AfterEach
	void close() {
		this.factory.close();
	}

	private static String text(ByteBuffer message) {
		return StandardCharsets.UTF_8.decode(message).toString();
	}

	@Test
	void childAtStandardInputAndOutputEchoesAndEndsWhenItIsStopped() throws Exception {
		try (SocketPairProcess cat = new SocketPairProcessBuilder(this.factory).command("cat")
			.attach(Attachment.STDIO)
			.framing(Framing.LINE)
			.start()) {
			cat.messages().send("hello");
			assertThat(text(cat.messages().receive())).isEqualTo("hello");
			assertThat(cat.isAlive()).isTrue();
			cat.stop();
			assertThat(cat.state()).isEqualTo(SocketPairProcessState.STOPPED);
			assertThat(cat.lastExit()).isEqualTo(new ExitStatus(0));
			assertThat(cat.isAlive()).isFalse();
		}
	}

	@Test
	void childAtDescriptorEchoes() throws Exception {
		Command.assumeInstalled("python3");
		try (SocketPairProcess python = new SocketPairProcessBuilder(this.factory).command("python3", "-c", """
				import os, socket
				end = socket.socket(fileno=int(os.environ["SOCKETPAIR_FD"]))
				while data := end.recv(100):
				    end.sendall(data.upper())
				""").framing(Framing.LINE).start()) {
			python.messages().send("hello");
			assertThat(text(python.messages().receive())).isEqualTo("HELLO");
		}
	}

}
