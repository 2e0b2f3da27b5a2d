package dev.socketpair.autoconfigure;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.socketpair.autoconfigure.process.SocketPairProcessAutoConfiguration;
import dev.socketpair.testsupport.ChildJvm;
import dev.socketpair.testsupport.Command;
import dev.socketpair.testsupport.NothingLeaks;
import dev.socketpair.testsupport.Pids;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the children of an application that is ended by a signal.
 */
@NothingLeaks
class ProcessApplicationDeathTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final String STARTED = "All processes have been started";

	private static final int TERMINATED = 143;

	private static final String READING = "--socketpair.processes.reading.";

	private static final String TREE = "--socketpair.processes.tree.";

	private static final String STUBBORN = "--socketpair.processes.stubborn.";

	private final List<Process> applications = new ArrayList<>();

	private final List<ProcessHandle> children = new ArrayList<>();

	@AfterEach
	void endAll() throws InterruptedException {
		this.children.forEach(ProcessHandle::destroyForcibly);
		for (Process application : this.applications) {
			application.destroyForcibly().waitFor();
		}
	}

	@Test
	void applicationThatIsTerminatedLeavesNoChildAndNoDescendant() throws Exception {
		Process application = start(7, READING + "command=cat", READING + "attach=stdio",
				TREE + "command=sh,-c,sleep 600 & sleep 500 & wait", TREE + "stop-timeout=2s",
				STUBBORN + "command=sh,-c,trap '' TERM; while :; do sleep 600; done", STUBBORN + "stop-timeout=2s",
				"--socketpair.processes.asleep.command=sleep,600", "--socketpair.processes.asleep.stop-timeout=2s");
		awaitStarted(application);
		long start = System.nanoTime();
		application.destroy();
		awaitNoChildren();
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
		assertThat(application.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		assertThat(application.exitValue()).isEqualTo(TERMINATED);
	}

	/** The context is being refreshed then, and a child is watched. */
	@Test
	void applicationThatIsTerminatedWhileItStartsLeavesNoChild() throws Exception {
		Process application = start(1, "--socketpair.processes.asleep.command=sleep,600",
				"--socketpair.processes.asleep.settle-time=2s", "--socketpair.processes.asleep.stop-timeout=1s");
		application.destroy();
		awaitNoChildren();
		assertThat(application.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void childrenOfAnApplicationThatIsKilledSeeTheEndOfTheStream() throws Exception {
		Command.assumeInstalled("python3");
		Process application = start(3, READING + "command=cat", READING + "attach=stdio",
				"--socketpair.processes.other.command=sh,-c,exec cat <&3",
				"--socketpair.processes.python.command[0]=python3", "--socketpair.processes.python.command[1]=-c",
				"--socketpair.processes.python.command[2]=import socket; socket.socket(fileno=3).recv(1)");
		awaitStarted(application);
		long start = System.nanoTime();
		application.destroyForcibly();
		awaitNoChildren();
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
	}

	/** Start an application and wait until it has as many children and descendants. */
	private Process start(int count, String... arguments) throws IOException {
		ProcessBuilder builder = new ProcessBuilder(
				ChildJvm.commandWithAllJars(List.of(), Application.class, arguments));
		builder.redirectError(ProcessBuilder.Redirect.INHERIT);
		Process application = builder.start();
		application.getOutputStream().close();
		this.applications.add(application);
		Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
			assertThat(application.isAlive()).isTrue();
			return programs(application).count() == count;
		});
		programs(application).forEach(this.children::add);
		return application;
	}

	private static void awaitStarted(Process application) throws IOException {
		BufferedReader output = application.inputReader();
		String line = output.readLine();
		while (!STARTED.equals(line)) {
			assertThat(line).as("line of the log").isNotNull();
			line = output.readLine();
		}
	}

	/** Not what is still a copy of the virtual machine, or a shell that will be one. */
	private static Stream<ProcessHandle> programs(Process application) {
		return application.descendants()
			.filter((process) -> process.info()
				.command()
				.filter((command) -> !command.endsWith("/java") && !command.endsWith("jspawnhelper"))
				.isPresent());
	}

	private void awaitNoChildren() {
		Awaitility.await()
			.atMost(PATIENCE)
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(5))
			.until(() -> this.children.stream().noneMatch((child) -> Pids.runs(child.pid())));
	}

	/**
	 * An application with child processes.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SocketPairAutoConfiguration.class, SocketPairProcessAutoConfiguration.class })
	public static class Application {

		/**
		 * Start the application.
		 * @param arguments the arguments
		 */
		public static void main(String... arguments) {
			SpringApplication application = new SpringApplication(Application.class);
			application.setWebApplicationType(WebApplicationType.NONE);
			// Child processes do not keep an application running
			application.setKeepAlive(true);
			application.run(arguments);
			System.out.println(STARTED);
		}

	}

}
