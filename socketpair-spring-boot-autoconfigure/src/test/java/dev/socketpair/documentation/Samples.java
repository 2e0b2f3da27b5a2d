package dev.socketpair.documentation;

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

import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import dev.socketpair.testsupport.ChildJvm;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The samples of the documentation in Java, compiled.
 */
final class Samples implements Closeable {

	private static final Pattern PACKAGE = Pattern.compile("(?m)^package (\\S+);");

	private static final Pattern CLASS = Pattern.compile("(?m)^public class (\\w+)");

	private final Path directory;

	private final URLClassLoader classes;

	private Samples(Path directory, URLClassLoader classes) {
		this.directory = directory;
		this.classes = classes;
	}

	static Samples compile(Path directory) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		List<? extends JavaFileObject> sources = Documentation.pages()
			.stream()
			.flatMap((page) -> page.blocks("java").stream())
			// A second text for the same class would not compile.
			.distinct()
			.map(Source::new)
			.toList();
		assertThat(sources).isNotEmpty();
		List<String> options = List.of("-proc:none", "-classpath", ChildJvm.classPath(), "-d", directory.toString());
		StringWriter errors = new StringWriter();
		boolean compiled = compiler.getTask(errors, null, null, options, null, sources).call();
		assertThat(compiled).as(errors.toString()).isTrue();
		return new Samples(directory,
				new URLClassLoader(new URL[] { directory.toUri().toURL() }, Samples.class.getClassLoader()));
	}

	/** Return the class path of an application that has the samples. */
	String classPath() {
		return this.directory + File.pathSeparator + ChildJvm.classPath();
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
