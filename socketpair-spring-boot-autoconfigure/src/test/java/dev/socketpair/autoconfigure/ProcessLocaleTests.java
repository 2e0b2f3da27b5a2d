package dev.socketpair.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketType;
import dev.socketpair.actuate.SocketPairsEndpoint;
import dev.socketpair.actuate.SocketPairsEndpoint.SocketPairsDescriptor;
import dev.socketpair.autoconfigure.process.SocketPairProcessAutoConfiguration;
import dev.socketpair.health.SocketPairHealthIndicator;
import dev.socketpair.metrics.SocketPairProcessMetrics;
import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessState;
import dev.socketpair.testsupport.ChildJvm;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What an application with a child process says under other locales than the one it was
 * written under: Arabic and Nepali have digits of their own, and Turkish has another
 * small I.
 */
class ProcessLocaleTests {

	private static final List<String> SAID_IN_ENGLISH = said("en-US");

	@ParameterizedTest
	@ValueSource(strings = { "ar-EG", "ne-NP", "tr-TR" })
	void childStartsAndItsStatusIsTheSame(String locale) {
		List<String> said = said(locale);
		assertThat(said)
			.contains("answer: HELLO", "status: 137 (SIGKILL)", "exits: {137 (SIGKILL)=1}", "tag: 137 (SIGKILL)",
					"health: {status=DOWN, state=STOPPED, restarts=0, lastExit=137 (SIGKILL)}")
			.isEqualTo(SAID_IN_ENGLISH);
	}

	private static List<String> said(String locale) {
		String[] parts = locale.split("-");
		ChildJvm child = ChildJvm.run(ChildJvm.commandWithAllJars(List.of("-Duser.language=" + parts[0],
				"-Duser.country=" + parts[1], "-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8"), Application.class));
		assertThat(child.status()).as(child.output()).isZero();
		return child.output().lines().filter((line) -> line.startsWith("> ")).map((line) -> line.substring(2)).toList();
	}

	/**
	 * An application whose child is killed.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SocketPairAutoConfiguration.class, SocketPairProcessAutoConfiguration.class })
	public static class Application {

		/**
		 * Run it.
		 * @param arguments none
		 * @throws Exception if anything fails
		 */
		public static void main(String... arguments) throws Exception {
			try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
				.web(WebApplicationType.NONE)
				.properties("socketpair.processes.upper.command[0]=sh", "socketpair.processes.upper.command[1]=-c",
						"socketpair.processes.upper.command[2]=read line <&3; echo HELLO >&3; read line <&3",
						"socketpair.processes.upper.framing=LINE", "socketpair.processes.upper.restart.policy=NEVER",
						"socketpair.pairs.Initial-I.type=DGRAM", "socketpair.pairs.Initial-I.send-buffer-size=12345B")
				.run(arguments)) {
				SocketPairProcess upper = context.getBean(SocketPairProcess.class);
				upper.messages().send("hello");
				print("answer", StandardCharsets.UTF_8.decode(upper.messages().receive()));
				long pid = upper.pid();
				ProcessHandle.of(pid).orElseThrow().destroyForcibly();
				Awaitility.await().until(() -> upper.state() == SocketPairProcessState.STOPPED);
				print("status", upper.lastExit());
				print("exits", upper.exits());
				print("exception", receive(upper).replace(Long.toString(pid), "PID"));
				show(upper, context.getBean(SocketPairFactory.class));
			}
		}

		private static void show(SocketPairProcess upper, SocketPairFactory factory) {
			SimpleMeterRegistry meters = new SimpleMeterRegistry();
			new SocketPairProcessMetrics(() -> List.of(upper), List.of()).bindTo(meters);
			print("tag", meters.get("socketpair.process.exits").meter().getId().getTag("status"));
			meters.getMeters().stream().map((meter) -> meter.getId().toString()).sorted().forEach(Application::print);
			print("health",
					((Map<?, ?>) new SocketPairHealthIndicator(() -> factory, () -> List.of(upper)).health()
						.getDetails()
						.get("processes")).get("upper"));
			SocketPairsDescriptor described = new SocketPairsEndpoint(() -> factory, () -> List.of(upper), List.of(),
					Show.ALWAYS)
				.socketPairs();
			print("process", described.processes().toString().replaceAll("startedAt=[^,]+, ", ""));
			described.pairs().forEach((pair) -> print("pair", List.of(pair.type(), pair.domain(), pair.flags())));
			SocketPairOptions options = factory.defaultOptions().toBuilder().type(SocketType.of(77)).build();
			print("failure",
					assertThatExceptionOfType(IOException.class).isThrownBy(() -> factory.create(options))
						.actual()
						.getMessage());
		}

		private static String receive(SocketPairProcess process) {
			return assertThatExceptionOfType(IOException.class).isThrownBy(() -> process.messages().receive())
				.actual()
				.getMessage();
		}

		private static void print(String what, Object value) {
			print(what + ": " + value);
		}

		private static void print(String line) {
			System.out.println("> " + line);
		}

	}

}
