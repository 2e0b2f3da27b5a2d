package dev.socketpair;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
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
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the uses which the README shows do what it says: each with its
 * configuration, its service, and its program in whatever language.
 */
@NothingLeaks
class ReadmeUsesTests {

	private static final Pattern FILE_NAME = Pattern.compile("^(?:#|//) (\\S+)\\n");

	@TempDir
	private static Path directory;

	private static ReadmeSamples samples;

	@BeforeAll
	static void compile() throws IOException {
		samples = ReadmeSamples.compile(directory);
	}

	@AfterAll
	static void close() throws IOException {
		samples.close();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					Python worker   | UpperClient    | ask        | grüße, welt         | GRÜSSE, WELT              | python3
					Node worker     | ReverseClient  | ask        | "straße"            | "eßarts"                  | node
					Language server | LanguageClient | initialize |                     | "hoverProvider": true     | python3
					MCP server      | McpClient      | ask        | {"jsonrpc":"2.0","id":2,"method":"initialize","params":{}} | "protocolVersion": "2025 | python3
					""",
			quoteCharacter = '\0')
	void workerAnswers(String section, String service, String method, String question, String answer, String command)
			throws Exception {
		Command.assumeInstalled(command);
		write(section, directory);
		Class<?> type = samples.load("com.example." + service);
		Object[] arguments = (question != null) ? new Object[] { question } : new Object[0];
		runner(section, directory).withBean(type).run((context) -> {
			Object bean = context.getBean(type);
			String answered = ReflectionTestUtils.invokeMethod(bean, method, arguments);
			assertThat(answered).contains(answer);
			SocketPairProcess process = context.getBean(SocketPairProcess.class);
			assertThat(process.command().get(0)).isEqualTo(command);
			process.stop();
			// By itself, when it saw the end of the stream.
			assertThat(process.lastExit()).hasToString("0");
		});
	}

	@Test
	void javaWorkerAnswers() throws Exception {
		runner("Java worker", directory).withPropertyValues("java.class.path=" + samples.classPath()).run((context) -> {
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
		runner("Named pairs", directory).withBean(type).run((context) -> {
			Object control = context.getBean(type);
			ReflectionTestUtils.invokeMethod(control, "command", "start");
			String command = ReflectionTestUtils.invokeMethod(control, "nextCommand");
			assertThat(command).isEqualTo("start");
		});
	}

	private static ApplicationContextRunner runner(String section, Path directory) throws IOException {
		List<PropertySource<?>> sources = new YamlPropertySourceLoader().load("README.md",
				new ByteArrayResource(ReadmeSamples.block(section, "yaml").getBytes(StandardCharsets.UTF_8)));
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
		String program = ReadmeSamples.block(section, language);
		Matcher name = FILE_NAME.matcher(program);
		assertThat(name.find()).as("name of the file in: %s", program).isTrue();
		Files.writeString(directory.resolve(name.group(1)), program);
	}

}
