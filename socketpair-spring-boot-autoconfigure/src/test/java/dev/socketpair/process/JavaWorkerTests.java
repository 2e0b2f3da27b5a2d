package dev.socketpair.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

import dev.socketpair.PairedSocket;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.message.Framing;
import dev.socketpair.message.MessageConnection;
import dev.socketpair.testsupport.ChildJvm;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of a worker in Java that has the library and nothing of Spring.
 */
@NothingLeaks
class JavaWorkerTests {

	@Test
	void workerAnswersWithoutSpringOnItsClassPath() throws Exception {
		try (SocketPairFactory factory = SocketPairs.factory();
				SocketPairProcess process = new SocketPairProcessBuilder(factory).name("worker")
					.command(ChildJvm.command(List.of(), Worker.class))
					.build()) {
			process.start();
			process.messages().send("org.springframework.core.SpringVersion");
			assertThat(Children.receive(process)).isEqualTo("absent");
			process.messages().send("org.springframework.boot.SpringApplication");
			assertThat(Children.receive(process)).isEqualTo("absent");
			process.messages().send("dev.socketpair.SocketPairs");
			assertThat(Children.receive(process)).isEqualTo("present");
		}
	}

	@Test
	void workerStartsWorkersOfItsOwnWithoutSpring() {
		ChildJvm child = ChildJvm.run(ChildJvm.command(List.of(), Parent.class));
		assertThat(child.output()).contains("Spring is absent");
		assertThat(child.status()).isZero();
	}

	/**
	 * Tells for each name of a class whether it is on the class path.
	 */
	public static final class Worker {

		private Worker() {
		}

		public static void main(String[] arguments) throws IOException {
			PairedSocket end = SocketPairs.inherited().orElseThrow();
			MessageConnection messages = MessageConnection.over(end, Framing.LENGTH_PREFIX);
			ByteBuffer message;
			while ((message = messages.receive()) != null) {
				messages.send(isPresent(Children.text(message)) ? "present" : "absent");
			}
		}

		private static boolean isPresent(String name) {
			try {
				Class.forName(name, false, Worker.class.getClassLoader());
				return true;
			}
			catch (ClassNotFoundException ex) {
				return false;
			}
		}

	}

	/**
	 * Starts a worker.
	 */
	public static final class Parent {

		private Parent() {
		}

		public static void main(String[] arguments) throws Exception {
			try (SocketPairFactory factory = SocketPairs.factory();
					SocketPairProcess process = new SocketPairProcessBuilder(factory).name("worker")
						.command(ChildJvm.command(List.of(), Worker.class))
						.build()) {
				process.start();
				process.messages().send("org.springframework.core.SpringVersion");
				System.out.println("Spring is " + Children.receive(process));
			}
		}

	}

}
