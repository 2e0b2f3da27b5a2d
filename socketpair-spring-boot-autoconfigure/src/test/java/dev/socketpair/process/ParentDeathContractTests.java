package dev.socketpair.process;

import java.time.Duration;
import java.util.List;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.message.Framing;
import dev.socketpair.message.MessageConnection;
import dev.socketpair.testsupport.ChildJvm;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Children of a virtual machine that ends.
 */
@NothingLeaks
class ParentDeathContractTests {

	private final SocketPairFactory factory = SocketPairs.factory();

	@AfterEach
	void close() {
		this.factory.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "SIGKILL", "exit" })
	void childOfAParentThatIsGoneSeesTheEndOfTheStreamWithinASecond(String death) throws Exception {
		try (SocketPairProcess parent = new SocketPairProcessBuilder(this.factory)
			.command(ChildJvm.command(List.of(), Parent.class))
			.framing(Framing.LINE)
			.start()) {
			long atDescriptor = Long.parseLong(Children.receive(parent));
			long atStandardInput = Long.parseLong(Children.receive(parent));
			assertThat(Children.runs(atDescriptor)).isTrue();
			assertThat(Children.runs(atStandardInput)).isTrue();
			long start = System.nanoTime();
			if (death.equals("exit")) {
				parent.messages().send(death);
				Children.until(() -> !parent.isAlive());
				start = System.nanoTime();
			}
			else {
				Children.kill(parent);
			}
			Children.until(() -> !Children.runs(atDescriptor) && !Children.runs(atStandardInput));
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
		}
	}

	/**
	 * Has two children and ends without stopping them.
	 */
	public static final class Parent {

		private Parent() {
		}

		public static void main(String[] arguments) throws Exception {
			SocketPairFactory factory = SocketPairs.factory();
			SocketPairProcess atDescriptor = Children.shell(factory, "exec cat <&3 >&3").start();
			SocketPairProcess atStandardInput = Children.cat(factory).start();
			MessageConnection up = MessageConnection.over(SocketPairs.inherited().orElseThrow(), Framing.LINE);
			up.send(Long.toString(atDescriptor.pid()));
			up.send(Long.toString(atStandardInput.pid()));
			up.receive();
			System.exit(0);
		}

	}

}
