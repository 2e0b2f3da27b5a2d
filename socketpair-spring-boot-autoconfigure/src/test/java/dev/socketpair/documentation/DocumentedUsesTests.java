package dev.socketpair.documentation;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.socketpair.autoconfigure.SocketPairAutoConfiguration;
import dev.socketpair.autoconfigure.process.SocketPairProcessAutoConfiguration;
import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessState;
import dev.socketpair.testsupport.Command;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.http.HttpStatus;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests that the uses which the documentation shows do what it says: each with its
 * configuration, its service, and its program in whatever language.
 */
@NothingLeaks
class DocumentedUsesTests {

	private static final Page PROCESSES = Documentation.page("docs/processes.md");

	private static final Pattern FILE_NAME = Pattern.compile("^(?:#|//) (\\S+)\\n");

	@TempDir
	private static Path directory;

	private static Samples samples;

	@BeforeAll
	static void compile() throws IOException {
		samples = Samples.compile(directory);
	}

	@AfterAll
	static void close() throws IOException {
		samples.close();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			Python worker | UpperClient   | grüße, welt | GRÜSSE, WELT | python3
			Node worker   | ReverseClient | "straße"    | "eßarts"     | node
			""", quoteCharacter = '\0')
	void workerAnswers(String section, String service, String question, String answer, String command)
			throws Exception {
		Command.assumeInstalled(command);
		write(section, directory);
		Class<?> type = samples.load("com.example." + service);
		runner(PROCESSES, section, directory).withBean(type).run((context) -> {
			String answered = ReflectionTestUtils.invokeMethod(context.getBean(type), "ask", question);
			assertThat(answered).isEqualTo(answer);
			SocketPairProcess process = context.getBean(SocketPairProcess.class);
			assertThat(process.command().get(0)).isEqualTo(command);
			process.stop();
			// By itself, when it saw the end of the stream.
			assertThat(process.lastExit()).hasToString("0");
		});
	}

	@Test
	void severalWorkersAnswer() throws Exception {
		Command.assumeInstalled("python3");
		write("Python worker", directory);
		Class<?> type = samples.load("com.example.UpperWorkers");
		runner(PROCESSES, "Several workers", directory).withBean(type).run((context) -> {
			assertThat(context.getBeansOfType(SocketPairProcess.class)).hasSize(3);
			Object workers = context.getBean(type);
			for (String text : List.of("one", "two", "three", "four")) {
				String answered = ReflectionTestUtils.invokeMethod(workers, "ask", text);
				assertThat(answered).isEqualTo(text.toUpperCase(Locale.ROOT));
			}
		});
	}

	@Test
	void requestWithoutAWorkerIsA503() throws Exception {
		Command.assumeInstalled("python3");
		write("Python worker", directory);
		Class<?> type = samples.load("com.example.UpperController");
		runner(PROCESSES, "Python worker", directory)
			.withPropertyValues("socketpair.processes.upper.restart.initial-delay=30s")
			.withBean(samples.load("com.example.UpperClient"))
			.withBean(type)
			.run((context) -> {
				MockMvcTester mvc = MockMvcTester.of(context.getBean(type));
				assertThat(mvc.post().uri("/upper").content("hello")).hasStatusOk().hasBodyTextEqualTo("HELLO");
				SocketPairProcess process = context.getBean(SocketPairProcess.class);
				process.kill();
				assertThat(mvc.post().uri("/upper").content("hello")).hasStatus(HttpStatus.SERVICE_UNAVAILABLE);
				process.stop();
				assertThat(mvc.post().uri("/upper").content("hello")).hasStatus(HttpStatus.SERVICE_UNAVAILABLE);
			});
	}

	@Test
	void lateAnswerIsNotTakenForTheNextOne(@TempDir Path slow) throws Exception {
		Command.assumeInstalled("python3");
		Files.writeString(slow.resolve("upper.py"), """
				import time
				from multiprocessing.connection import Connection
				connection = Connection(3)
				while True:
				    text = connection.recv_bytes().decode()
				    time.sleep(6 if text == "slow" else 0)
				    connection.send_bytes(text.upper().encode())
				""");
		Class<?> type = samples.load("com.example.UpperClient");
		runner(PROCESSES, "Python worker", slow).withPropertyValues("socketpair.processes.upper.stop-timeout=200ms")
			.withBean(type)
			.run((context) -> {
				Object client = context.getBean(type);
				assertThatThrownBy(() -> ReflectionTestUtils.invokeMethod(client, "ask", "slow"))
					.hasRootCauseInstanceOf(SocketTimeoutException.class);
				String answered = ReflectionTestUtils.invokeMethod(client, "ask", "quick");
				assertThat(answered).isEqualTo("QUICK");
			});
	}

	@Test
	void clientOfAnMcpServerSpeaksAsTheSpecificationSays() throws Exception {
		Command.assumeInstalled("python3");
		callsEcho("socketpair.processes.mcp.command=python3," + program("mcp_server.py"));
	}

	@Test
	void clientOfAnMcpServerSpeaksWithARealOne() throws Exception {
		callsEcho("socketpair.processes.mcp.directory=" + NpmPackages.directory());
	}

	private static void callsEcho(String property) throws Exception {
		Class<?> type = samples.load("com.example.McpClient");
		runner(PROCESSES, "MCP server", directory).withPropertyValues(property).withBean(type).run((context) -> {
			Object client = context.getBean(type);
			for (int i = 0; i < 2; i++) {
				String answered = ReflectionTestUtils.invokeMethod(client, "call", "echo", Map.of("message", "hello"));
				assertThat(answered).isEqualTo("Echo: hello");
				// Each child is initialized.
				context.getBean(SocketPairProcess.class).restart();
			}
		});
	}

	@Test
	void clientOfALanguageServerSpeaksAsTheSpecificationSays() throws Exception {
		Command.assumeInstalled("python3");
		hovers("socketpair.processes.language-server.command=python3," + program("language_server.py"));
	}

	@Test
	void clientOfALanguageServerSpeaksWithARealOne() throws Exception {
		hovers("socketpair.processes.language-server.directory=" + NpmPackages.directory());
	}

	private static void hovers(String property) throws Exception {
		Class<?> type = samples.load("com.example.LanguageClient");
		runner(PROCESSES, "Language server", directory).withPropertyValues(property).withBean(type).run((context) -> {
			Object client = context.getBean(type);
			String answered = ReflectionTestUtils.invokeMethod(client, "hover", "answer = 42\n", 0, 2);
			assertThat(answered).contains("int");
		});
	}

	private static Path program(String name) throws URISyntaxException {
		return Path.of(DocumentedUsesTests.class.getResource(name).toURI());
	}

	@Test
	void javaWorkerAnswers() throws Exception {
		runner(PROCESSES, "Java worker", directory).withPropertyValues("java.class.path=" + samples.classPath())
			.run((context) -> {
				SocketPairProcess echo = context.getBean("echo", SocketPairProcess.class);
				echo.messages().send("from Java to Java");
				assertThat(StandardCharsets.UTF_8.decode(echo.messages().receive()).toString())
					.isEqualTo("from Java to Java");
				echo.stop();
				assertThat(echo.state()).isEqualTo(SocketPairProcessState.STOPPED);
				assertThat(echo.lastExit()).hasToString("0");
			});
	}

	@Test
	void namedPairIsInjected() throws IOException {
		Class<?> type = samples.load("com.example.ControlChannel");
		runner(Documentation.page("docs/sockets.md"), "Named pairs", directory).withBean(type).run((context) -> {
			Object control = context.getBean(type);
			ReflectionTestUtils.invokeMethod(control, "command", "start");
			String command = ReflectionTestUtils.invokeMethod(control, "nextCommand");
			assertThat(command).isEqualTo("start");
		});
	}

	private static ApplicationContextRunner runner(Page page, String section, Path directory) throws IOException {
		List<PropertySource<?>> sources = new YamlPropertySourceLoader().load("sample.yaml",
				new ByteArrayResource(page.block(section, "yaml").getBytes(StandardCharsets.UTF_8)));
		return new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(SocketPairAutoConfiguration.class, SocketPairProcessAutoConfiguration.class))
			.withInitializer((context) -> sources.forEach(context.getEnvironment().getPropertySources()::addLast))
			.withPropertyValues(directories(sources, directory));
	}

	/** A user starts the application where the programs are. */
	private static String[] directories(List<PropertySource<?>> sources, Path directory) {
		return sources.stream()
			.flatMap((source) -> Arrays.stream(((EnumerablePropertySource<?>) source).getPropertyNames()))
			.map((name) -> Pattern.compile("^(socketpair\\.processes\\.[^.]+)\\.command.*").matcher(name))
			.filter(Matcher::matches)
			.map((name) -> name.group(1) + ".directory=" + directory)
			.distinct()
			.toArray(String[]::new);
	}

	private static void write(String section, Path directory) throws IOException {
		String language = section.equals("Node worker") ? "js" : "python";
		String program = PROCESSES.block(section, language);
		Matcher name = FILE_NAME.matcher(program);
		assertThat(name.find()).as("name of the file in: %s", program).isTrue();
		Files.writeString(directory.resolve(name.group(1)), program);
	}

}
