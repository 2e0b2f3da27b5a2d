package dev.socketpair;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

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
 * Tests that the samples of the README compile, run and bind.
 */
class ReadmeSamplesTests {

	private static final Path README = Path.of("..", "README.md");

	private static final Pattern PACKAGE = Pattern.compile("(?m)^package (\\S+);");

	private static final Pattern CLASS = Pattern.compile("(?m)^public class (\\w+)");

	@TempDir
	private static Path directory;

	private static URLClassLoader samples;

	@BeforeAll
	static void compile() throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		List<? extends JavaFileObject> sources = blocks("java").map(Source::new).toList();
		String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
		List<String> options = List.of("-proc:none", "-classpath", classPath, "-d", directory.toString());
		StringWriter errors = new StringWriter();
		boolean compiled = compiler.getTask(errors, null, null, options, null, sources).call();
		assertThat(compiled).as(errors.toString()).isTrue();
		samples = new URLClassLoader(new URL[] { directory.toUri().toURL() },
				ReadmeSamplesTests.class.getClassLoader());
	}

	@AfterAll
	static void close() throws IOException {
		samples.close();
	}

	@ParameterizedTest
	@CsvSource({ "Messages, one message", "Child, to the child and back", "HandOver, Linux version" })
	void programPrintsItsLine(String name, String line) throws Exception {
		PrintStream standardOutput = System.out;
		ByteArrayOutputStream output = new ByteArrayOutputStream();
		System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
		try {
			samples.loadClass(name).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
		}
		finally {
			System.setOut(standardOutput);
		}
		assertThat(output.toString(StandardCharsets.UTF_8)).startsWith(line).hasLineCount(1);
	}

	@Test
	void serviceGetsTheFactoryAndAnswers() throws ClassNotFoundException {
		runner().withBean(samples.loadClass("com.example.Shouter")).run((context) -> {
			Object service = context.getBean(samples.loadClass("com.example.Shouter"));
			String answer = ReflectionTestUtils.invokeMethod(service, "shout", "hello");
			assertThat(answer).isEqualTo("HELLO");
		});
	}

	@ParameterizedTest
	@MethodSource("yaml")
	void configurationHasOnlyPropertiesThatExistAndBinds(String yaml) throws IOException {
		List<PropertySource<?>> sources = new YamlPropertySourceLoader().load("README.md",
				new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)));
		Map<String, Object> values = new TreeMap<>();
		for (PropertySource<?> source : sources) {
			for (String name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
				values.put(name.replaceFirst("\\[\\d+]$", "").replaceFirst("^(socketpair\\.pairs)\\..*", "$1"),
						source.getProperty(name));
			}
		}
		assertThat(PackagedMetadata.read().properties().keySet()).containsAll(values.keySet());
		runner().withInitializer((context) -> sources.forEach(context.getEnvironment().getPropertySources()::addFirst))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(SocketPairProperties.class));
	}

	static Stream<String> yaml() throws IOException {
		return blocks("yaml");
	}

	private static ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SocketPairAutoConfiguration.class));
	}

	private static Stream<String> blocks(String language) throws IOException {
		Pattern block = Pattern.compile("(?ms)^```%s\\n(.*?)^```$".formatted(language));
		List<String> blocks = block.matcher(Files.readString(README)).results().map((match) -> match.group(1)).toList();
		assertThat(blocks).as("blocks of %s", language).isNotEmpty();
		return blocks.stream();
	}

	/** A block as the compiler reads it, named after its class. */
	private static final class Source extends SimpleJavaFileObject {

		private final String content;

		Source(String content) {
			super(uri(content), Kind.SOURCE);
			this.content = content;
		}

		private static URI uri(String content) {
			Matcher type = CLASS.matcher(content);
			assertThat(type.find()).as("public class in: %s", content).isTrue();
			Matcher within = PACKAGE.matcher(content);
			String path = within.find() ? within.group(1).replace('.', '/') + "/" : "";
			return URI.create("string:///" + path + type.group(1) + ".java");
		}

		@Override
		public CharSequence getCharContent(boolean ignoreEncodingErrors) {
			return this.content;
		}

	}

}
