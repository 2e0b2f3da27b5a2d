package dev.socketpair.autoconfigure;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.socketpair.SocketDomain;
import dev.socketpair.SocketType;
import dev.socketpair.autoconfigure.process.SocketPairProcessAutoConfiguration;
import dev.socketpair.autoconfigure.process.SocketPairProcessProperties;
import dev.socketpair.autoconfigure.process.SocketPairProcessProperties.Child;
import dev.socketpair.autoconfigure.process.SocketPairProcessProperties.Restart;
import dev.socketpair.message.Framing;
import dev.socketpair.process.Attachment;
import dev.socketpair.process.Output;
import dev.socketpair.process.RestartPolicy;
import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessState;
import dev.socketpair.testsupport.Command;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketPairProcessProperties}.
 */
@NothingLeaks
class SocketPairProcessPropertiesTests {

	private static final String EVERYTHING_IN_YAML = """
			socketpair:
			  auto-start-in-child: true
			  processes-in-child: true
			  processes:
			    resizer:
			      command: [python3, resize.py, 5, true, "a,b", ""]
			      directory: work
			      environment: { PYTHONUNBUFFERED: "1", NODE_ENV: production, lower_case: x, EMPTY: "", N: 1 }
			      inherit-environment: false
			      remove-environment: [HOME, LC_ALL]
			      attach: stdio
			      descriptor: 7
			      announce: [NODE_CHANNEL_FD, MY_FD]
			      type: seqpacket
			      send-buffer-size: 8KB
			      read-timeout: 5s
			      write-timeout: 250
			      framing: none
			      max-message-size: 1MB
			      stdout: inherit
			      stderr: discard
			      auto-start: false
			      restart: { policy: always, initial-delay: 100, multiplier: 1.5, max-delay: 1m, max-restarts: 3 }
			      stop-timeout: 2s
			      settle-time: 50
			""";

	private static final String EVERYTHING_IN_PROPERTIES = """
			socketpair.auto-start-in-child=true
			socketpair.processes-in-child=true
			socketpair.processes.resizer.command[0]=python3
			socketpair.processes.resizer.command[1]=resize.py
			socketpair.processes.resizer.command[2]=5
			socketpair.processes.resizer.command[3]=true
			socketpair.processes.resizer.command[4]=a,b
			socketpair.processes.resizer.command[5]=
			socketpair.processes.resizer.directory=work
			socketpair.processes.resizer.environment.PYTHONUNBUFFERED=1
			socketpair.processes.resizer.environment.NODE_ENV=production
			socketpair.processes.resizer.environment.lower_case=x
			socketpair.processes.resizer.environment.EMPTY=
			socketpair.processes.resizer.environment[N]=1
			socketpair.processes.resizer.inherit-environment=false
			socketpair.processes.resizer.remove-environment=HOME, LC_ALL
			socketpair.processes.resizer.attach=STDIO
			socketpair.processes.resizer.descriptor=7
			socketpair.processes.resizer.announce=NODE_CHANNEL_FD,MY_FD
			socketpair.processes.resizer.type=SOCK_SEQPACKET
			socketpair.processes.resizer.sendBufferSize=8192
			socketpair.processes.resizer.read-timeout=5s
			socketpair.processes.resizer.write-timeout=250ms
			socketpair.processes.resizer.framing=NONE
			socketpair.processes.resizer.max-message-size=1MB
			socketpair.processes.resizer.stdout=INHERIT
			socketpair.processes.resizer.stderr=Discard
			socketpair.processes.resizer.auto-start=false
			socketpair.processes.resizer.restart.policy=ALWAYS
			socketpair.processes.resizer.restart.initial-delay=100ms
			socketpair.processes.resizer.restart.multiplier=1.5
			socketpair.processes.resizer.restart.max-delay=60s
			socketpair.processes.resizer.restart.max-restarts=3
			socketpair.processes.resizer.stop-timeout=2s
			socketpair.processes.resizer.settle-time=50ms
			""";

	private static final Child EVERYTHING = new Child(List.of("python3", "resize.py", "5", "true", "a,b", ""), "work",
			Map.of("PYTHONUNBUFFERED", "1", "NODE_ENV", "production", "lower_case", "x", "EMPTY", "", "N", "1"), false,
			List.of("HOME", "LC_ALL"), Attachment.STDIO, 7, List.of("NODE_CHANNEL_FD", "MY_FD"), SocketType.SEQPACKET,
			DataSize.ofKilobytes(8), Duration.ofSeconds(5), Duration.ofMillis(250), Framing.NONE,
			DataSize.ofMegabytes(1), Output.INHERIT, Output.DISCARD, false,
			new Restart(RestartPolicy.When.ALWAYS, Duration.ofMillis(100), 1.5, Duration.ofMinutes(1), 3),
			Duration.ofSeconds(2), Duration.ofMillis(50));

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "yaml", "properties" })
	void everyPropertyIsRead(String format) throws IOException {
		String text = format.equals("yaml") ? EVERYTHING_IN_YAML : EVERYTHING_IN_PROPERTIES;
		// Where standard output is the socket the process itself would be refused.
		Files.writeString(this.directory.resolve("application." + format), text);
		ConfigurableApplicationContext context = FailedStart.application(PropertiesOnly.class)
			.run("--spring.config.location=" + this.directory.toUri());
		try (context) {
			SocketPairProcessProperties properties = context.getBean(SocketPairProcessProperties.class);
			assertThat(properties.autoStartInChild()).isTrue();
			assertThat(properties.processesInChild()).isTrue();
			assertThat(properties.processes()).containsOnlyKeys("resizer");
			assertThat(properties.processes().get("resizer")).isEqualTo(EVERYTHING);
		}
	}

	@Test
	void whatIsAbsentHasTheDefaultsOfTheDocumentation() throws IOException {
		run("""
				socketpair.processes.echo:
				  command: cat
				  auto-start: false
				""", (context) -> {
			SocketPairProcessProperties properties = context.getBean(SocketPairProcessProperties.class);
			assertThat(properties.autoStartInChild()).isFalse();
			assertThat(properties.processesInChild()).isFalse();
			assertThat(properties.processes().get("echo")).isEqualTo(new Child(List.of("cat"), null, Map.of(), true,
					List.of(), Attachment.DESCRIPTOR, 3, List.of(), null, null, null, null, null, null, null,
					Output.LOG, false,
					new Restart(RestartPolicy.When.ON_FAILURE, Duration.ofMillis(200), 2, Duration.ofSeconds(30), 10),
					Duration.ofSeconds(5), Duration.ofSeconds(1)));
			SocketPairProcess process = context.getBean("echo", SocketPairProcess.class);
			assertThat(process.state()).isEqualTo(SocketPairProcessState.STOPPED);
			assertThat(process.messages().framing()).isEqualTo(Framing.LENGTH_PREFIX);
		});
	}

	@Test
	void typeThatIsAbsentIsThatOfTheDefaultsAndTheDomainAlwaysUnix() throws IOException {
		run("""
				socketpair:
				  domain: tipc
				  type: seqpacket
				  read-timeout: 7s
				  processes.echo: { command: [cat], environment.NAME: value, attach: stdio }
				""", (context) -> {
			SocketPairProcess process = context.getBean("echo", SocketPairProcess.class);
			assertThat(process.messages().framing()).isEqualTo(Framing.NONE);
			assertThat(process.socket().options().domain()).isEqualTo(SocketDomain.UNIX);
			assertThat(process.socket().options().type()).isEqualTo(SocketType.SEQPACKET);
			assertThat(process.socket().readTimeout()).isEqualTo(Duration.ofSeconds(7));
		});
	}

	@Test
	void settingsReachTheChild() throws IOException {
		Command.assumeInstalled("python3");
		Path work = Files.createDirectory(this.directory.resolve("work"));
		run("""
				socketpair.processes.reporter:
				  command:
				  - python3
				  - -c
				  - |
				    import os, socket, sys
				    s = socket.socket(fileno=int(os.environ['MY_FD']))
				    env = {k: v for k, v in os.environ.items() if k not in ('PWD', 'LC_CTYPE', '_', 'SHLVL', 'OLDPWD', 'SOCKETPAIR_PROCESS')}
				    s.send(repr((os.getcwd(), sys.argv[1:], sorted(env.items()))).encode())
				    s.recv(1)
				  - a b
				  - ""
				  directory: %s
				  environment: { NODE_ENV: production, PATH: "/usr/local/bin:/usr/bin:/bin" }
				  inherit-environment: false
				  descriptor: 8
				  announce: MY_FD
				  type: seqpacket
				  send-buffer-size: 8KB
				  read-timeout: 20s
				"""
			.formatted(work), (context) -> {
				SocketPairProcess process = context.getBean("reporter", SocketPairProcess.class);
				assertThat(text(process)).isEqualTo(
						"('%s', ['a b', ''], [('MY_FD', '8'), ('NODE_ENV', 'production'), ".formatted(work.toRealPath())
								+ "('PATH', '/usr/local/bin:/usr/bin:/bin'), ('SOCKETPAIR_FD', '8')])");
				assertThat(process.socket().options().sendBufferSize()).isEqualTo(8192);
				assertThat(process.socket().options().readTimeout()).isEqualTo(Duration.ofSeconds(20));
			});
	}

	@Test
	void variablesAreRemovedFromWhatIsInherited() throws IOException {
		run("""
				socketpair.processes.reporter:
				  command: [sh, -c, 'echo "${HOME-none} ${PATH-none}" >&3']
				  remove-environment: HOME
				  framing: line
				  restart.policy: never
				""", (context) -> assertThat(text(context.getBean("reporter", SocketPairProcess.class)))
			.isEqualTo("none " + System.getenv("PATH")));
	}

	@Test
	void environmentVariablesSetWhatHasADashInItsName() throws IOException {
		Map<String, Object> variables = Map.of("SOCKETPAIR_PROCESSES_MYECHO_COMMAND_0", "cat",
				"SOCKETPAIR_PROCESSES_MYECHO_COMMAND_1", "-u", "SOCKETPAIR_PROCESSES_MYECHO_ATTACH", "stdio",
				"SOCKETPAIR_PROCESSES_OTHER_COMMAND", "cat,-u", "SOCKETPAIR_PROCESSES_OTHER_STOPTIMEOUT", "1s",
				"SOCKETPAIR_PROCESSES_OTHER_AUTOSTART", "false");
		Files.writeString(this.directory.resolve("application.yaml"), "socketpair.processes.my-echo.stderr: discard");
		SpringApplication application = FailedStart.application(Application.class);
		application.addInitializers((context) -> context.getEnvironment()
			.getPropertySources()
			.addFirst(new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
					variables)));
		try (ConfigurableApplicationContext context = application
			.run("--spring.config.location=" + this.directory.toUri())) {
			assertThat(context.getBeansOfType(SocketPairProcess.class)).containsOnlyKeys("my-echo", "other");
			assertThat(context.getBean("my-echo", SocketPairProcess.class).command()).containsExactly("cat", "-u");
			assertThat(context.getBean("other", SocketPairProcess.class).command()).containsExactly("cat", "-u");
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "API_TOKEN | API_TOKEN: from yaml | API_TOKEN", "API_TOKEN | A: b | API_TOKEN",
					"MYTOKEN | MyToken: from yaml | MyToken", "MYTOKEN | A: b | MYTOKEN", "mytoken | A: b | mytoken" })
	void variableOfThisApplicationSetsOneOfTheChildByTheNameThatYamlHas(String variable, String yaml, String name)
			throws IOException {
		Map<String, String> seen = environmentOfTheChild(
				Map.of("SOCKETPAIR_PROCESSES_MYSHOW_ENVIRONMENT_" + variable, "from ${HERE}", "HERE", "outside"),
				"socketpair.processes.my-show.environment: { %s }".formatted(yaml));
		assertThat(seen).containsEntry(name, "from outside")
			.doesNotContainKeys("api.token", name.equals("mytoken") ? "MYTOKEN" : "mytoken");
	}

	@Test
	void commandLineSetsAVariableOfTheChildBeforeOneOfThisApplicationDoes() throws IOException {
		assertThat(environmentOfTheChild(Map.of("SOCKETPAIR_PROCESSES_MYSHOW_ENVIRONMENT_API_TOKEN", "from outside"),
				"", "--socketpair.processes.my-show.environment.API_TOKEN=from the command line"))
			.containsEntry("API_TOKEN", "from the command line");
	}

	@ParameterizedTest
	@ValueSource(strings = { "SOCKETPAIR_READY", "SOCKETPAIR_PROCES", "SOCKETPAIR_READ_TIMOUT",
			"SOCKETPAIR_PROCESSES_MYSHOW_READY" })
	void variableThatIsNoPropertyIsForAnotherProgram(String variable) throws IOException {
		assertThat(environmentOfTheChild(Map.of(variable, "1"), "")).doesNotContainKey(variable);
	}

	private Map<String, String> environmentOfTheChild(Map<String, Object> variables, String yaml, String... arguments)
			throws IOException {
		Files.writeString(this.directory.resolve("application.yaml"), """
				socketpair.processes.my-show:
				  command: [env]
				  inherit-environment: false
				  attach: descriptor
				  auto-start: false
				""" + yaml);
		SpringApplication application = FailedStart.application(Application.class);
		application.addInitializers((context) -> context.getEnvironment()
			.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new SystemEnvironmentPropertySource(
					StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables)));
		String[] all = Stream.concat(Stream.of("--spring.config.location=" + this.directory.toUri(),
				"--socketpair.processes.my-show.command=sh,-c,env >&3", "--socketpair.processes.my-show.framing=line"),
				Stream.of(arguments))
			.toArray(String[]::new);
		try (ConfigurableApplicationContext context = application.run(all)) {
			SocketPairProcess process = context.getBean(SocketPairProcess.class);
			process.start();
			Map<String, String> seen = new HashMap<>();
			ByteBuffer line;
			while ((line = process.messages().receive(Duration.ofSeconds(20))) != null) {
				String[] pair = StandardCharsets.UTF_8.decode(line).toString().split("=", 2);
				seen.put(pair[0], pair[1]);
			}
			return seen;
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "processes:", "processes: {}" })
	void emptyYamlHasNoProcesses(String yaml) throws IOException {
		run("socketpair:\n  " + yaml, (context) -> {
			assertThat(context.getBeansOfType(SocketPairProcess.class)).isEmpty();
			assertThat(context.getBeanFactory().containsSingleton("socketPairFactory")).isFalse();
		});
	}

	private static String text(SocketPairProcess process) throws IOException {
		return StandardCharsets.UTF_8.decode(process.messages().receive(Duration.ofSeconds(20))).toString();
	}

	private void run(String yaml, ThrowingConsumer assertions) throws IOException {
		Files.writeString(this.directory.resolve("application.yaml"), yaml);
		try (ConfigurableApplicationContext context = FailedStart.application(Application.class)
			.run("--spring.config.location=" + this.directory.toUri())) {
			assertions.accept(context);
		}
	}

	private interface ThrowingConsumer {

		void accept(ConfigurableApplicationContext context) throws IOException;

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SocketPairAutoConfiguration.class, SocketPairProcessAutoConfiguration.class })
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SocketPairAutoConfiguration.class)
	@EnableConfigurationProperties(SocketPairProcessProperties.class)
	static class PropertiesOnly {

	}

}
