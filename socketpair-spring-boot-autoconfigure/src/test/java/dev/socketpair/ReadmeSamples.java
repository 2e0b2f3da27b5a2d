package dev.socketpair;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The samples of the README, compiled.
 */
final class ReadmeSamples implements Closeable {

	private static final Pattern PACKAGE = Pattern.compile("(?m)^package (\\S+);");

	private static final Pattern CLASS = Pattern.compile("(?m)^public class (\\w+)");

	private final Path directory;

	private final URLClassLoader classes;

	private ReadmeSamples(Path directory, URLClassLoader classes) {
		this.directory = directory;
		this.classes = classes;
	}

	static ReadmeSamples compile(Path directory) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		List<? extends JavaFileObject> sources = blocks("java").map(Source::new).toList();
		List<String> options = List.of("-proc:none", "-classpath", testClassPath(), "-d", directory.toString());
		StringWriter errors = new StringWriter();
		boolean compiled = compiler.getTask(errors, null, null, options, null, sources).call();
		assertThat(compiled).as(errors.toString()).isTrue();
		return new ReadmeSamples(directory,
				new URLClassLoader(new URL[] { directory.toUri().toURL() }, ReadmeSamples.class.getClassLoader()));
	}

	static String testClassPath() {
		return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
	}

	/** Return the class path of an application that has the samples. */
	String classPath() {
		return this.directory + File.pathSeparator + testClassPath();
	}

	Class<?> load(String name) {
		try {
			return this.classes.loadClass(name);
		}
		catch (ClassNotFoundException ex) {
			throw new AssertionError(ex);
		}
	}

	@Override
	public void close() throws IOException {
		this.classes.close();
	}

	/** Return all blocks of a language. */
	static Stream<String> blocks(String language) throws IOException {
		return blocks(Readme.text(), language).stream();
	}

	/** Return the one block of a language in a section. */
	static String block(String section, String language) throws IOException {
		Matcher heading = Pattern.compile("(?ms)^##+ %s\\n(.*?)(?=^##|\\z)".formatted(Pattern.quote(section)))
			.matcher(Readme.text());
		assertThat(heading.find()).as("section '%s'", section).isTrue();
		List<String> blocks = blocks(heading.group(1), language);
		assertThat(blocks).as("blocks of %s in '%s'", language, section).hasSize(1);
		return blocks.get(0);
	}

	private static List<String> blocks(String text, String language) {
		Pattern block = Pattern.compile("(?ms)^```%s\\n(.*?)^```$".formatted(language));
		List<String> blocks = block.matcher(text).results().map((match) -> match.group(1)).toList();
		assertThat(blocks).as("blocks of %s", language).isNotEmpty();
		return blocks;
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
