package dev.socketpair.documentation;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import dev.socketpair.PackagedMetadata;
import dev.socketpair.autoconfigure.SocketPairAutoConfiguration;
import dev.socketpair.autoconfigure.SocketPairProperties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the samples of the documentation compile, run and bind.
 */
class DocumentedSamplesTests {

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
	@CsvSource({ "Messages, one message", "WholeMessages, one message", "Child, to the child and back",
			"HandOver, Linux version", "NettyEcho, through Netty" })
	void programPrintsItsLine(String name, String line) throws Exception {
		PrintStream standardOutput = System.out;
		ByteArrayOutputStream output = new ByteArrayOutputStream();
		System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
		try {
			samples.load(name).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
		}
		finally {
			System.setOut(standardOutput);
		}
		assertThat(output.toString(StandardCharsets.UTF_8)).startsWith(line).hasLineCount(1);
	}

	@Test
	void serviceGetsTheFactoryAndAnswers() {
		runner().withBean(samples.load("com.example.Shouter")).run((context) -> {
			Object service = context.getBean(samples.load("com.example.Shouter"));
			String answer = ReflectionTestUtils.invokeMethod(service, "shout", "hello");
			assertThat(answer).isEqualTo("HELLO");
		});
	}

	@Test
	void testOfAClientPasses() throws Exception {
		Class<?> type = samples.load("com.example.UpperClientTests");
		type.getMethod("asksTheWorker").invoke(type.getConstructor().newInstance());
	}

	@ParameterizedTest
	@MethodSource("yaml")
	void configurationHasOnlyPropertiesThatExistAndBinds(String yaml) throws IOException {
		List<PropertySource<?>> sources = new YamlPropertySourceLoader().load("sample.yaml",
				new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)));
		Map<String, Object> values = new TreeMap<>();
		for (PropertySource<?> source : sources) {
			for (String name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
				values.put(
						name.replaceFirst("\\[\\d+]$", "").replaceFirst("^(socketpair\\.(pairs|processes))\\..*", "$1"),
						source.getProperty(name));
			}
		}
		assertThat(PackagedMetadata.read().properties().keySet()).containsAll(values.keySet());
		runner().withInitializer((context) -> sources.forEach(context.getEnvironment().getPropertySources()::addFirst))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(SocketPairProperties.class));
	}

	static Stream<String> yaml() {
		return Documentation.pages()
			.stream()
			.flatMap((page) -> page.blocks("yaml").stream())
			.filter((yaml) -> yaml.contains("socketpair:\n"));
	}

	private static ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SocketPairAutoConfiguration.class));
	}

}
