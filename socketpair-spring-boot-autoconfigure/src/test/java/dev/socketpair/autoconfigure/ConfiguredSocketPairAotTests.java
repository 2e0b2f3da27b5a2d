package dev.socketpair.autoconfigure;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.aot.AotDetector;
import org.springframework.boot.SpringApplicationAotProcessor;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.aot.AbstractAotProcessor.Settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests of an application with configured pairs and processes that was processed ahead of
 * time, as {@code spring-boot:process-aot} does it, then compiled and started. It starts
 * in a class loader of its own, so that what was generated is in the packages that it
 * calls.
 */
@ExtendWith(OutputCaptureExtension.class)
class ConfiguredSocketPairAotTests {

	@TempDir
	private static Path directory;

	@BeforeAll
	static void processAndCompile() throws Exception {
		Path sources = directory.resolve("sources");
		Path classes = Files.createDirectory(directory.resolve("classes"));
		Settings settings = Settings.builder()
			.sourceOutput(sources)
			.resourceOutput(directory.resolve("resources"))
			.classOutput(classes)
			.groupId("dev.socketpair")
			.artifactId("test")
			.build();
		new SpringApplicationAotProcessor(AotApplication.class, settings,
				new String[] { "--socketpair.pairs.control.type=seqpacket", "--socketpair.processes.before.command=cat",
						"--socketpair.processes.kept.command=cat" })
			.process();
		compile(sources, classes);
	}

	private static void compile(Path sources, Path classes) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		StringWriter errors = new StringWriter();
		try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
				Stream<Path> generated = Files.walk(sources)) {
			List<Path> java = generated.filter((path) -> path.toString().endsWith(".java")).toList();
			List<String> options = List.of("-proc:none", "-nowarn", "-classpath",
					classes + File.pathSeparator + System.getProperty("java.class.path"), "-d", classes.toString());
			boolean compiled = compiler
				.getTask(errors, files, null, options, null, files.getJavaFileObjectsFromPaths(java))
				.call();
			assertThat(compiled).as(errors.toString()).isTrue();
		}
	}

	@Test
	void pairIsMadeAndInjected(CapturedOutput output) throws Exception {
		run("--socketpair.pairs.control.type=seqpacket");
		assertThat(output).contains("AOT true", "control is seqpacket", "pairs [control]");
	}

	@Test
	void pairsAreThoseOfTheConfigurationAtRunTime(CapturedOutput output) throws Exception {
		run("--socketpair.pairs.control.type=dgram", "--socketpair.pairs.added.type=stream",
				"--socketpair.pairs[my.pair].type=stream");
		assertThat(output).contains("AOT true", "control is dgram", "pairs [added, control, my.pair]");
	}

	@Test
	void processesAreThoseOfTheConfigurationAtRunTime(CapturedOutput output) throws Exception {
		run("--socketpair.pairs.control.type=dgram", "--socketpair.processes.kept.command=sleep,600",
				"--socketpair.processes.kept.environment.NODE_ENV=test", "--socketpair.processes.kept.stop-timeout=0",
				"--socketpair.processes.added.command=sleep,500", "--socketpair.processes.added.auto-start=false");
		assertThat(output)
			.contains("AOT true", "process kept [sleep, 600] RUNNING", "process added [sleep, 500] STOPPED")
			.doesNotContain("process before");
		assertThat(ProcessHandle.current().children()).isEmpty();
	}

	@Test
	void pairThatIsNotConfiguredAtRunTimeIsNotThere() {
		assertThatException().isThrownBy(() -> run("--socketpair.pairs.other.type=dgram"))
			.havingRootCause()
			.withMessageContaining("'dev.socketpair.SocketPair'")
			.withMessageContaining("\"control\"");
	}

	@Test
	void nameOfAPairAndAProcessIsRefusedAtRunTime(CapturedOutput output) {
		int before = output.getOut().length();
		assertThatException().isThrownBy(
				() -> run("--socketpair.pairs.control.type=dgram", "--socketpair.processes.control.command=cat"));
		assertThat(FailedStart.in(output.getOut().substring(before)).description()).contains("'control'",
				"the configuration property 'socketpair.pairs.control'");
	}

	@Test
	void namesAreCheckedAtRunTime(CapturedOutput output) {
		int before = output.getOut().length();
		assertThatException()
			.isThrownBy(() -> run("--socketpair.pairs.control.type=dgram", "--socketpair.pairs.runner.type=dgram"));
		assertThat(FailedStart.in(output.getOut().substring(before)).description()).contains("'runner'", "is taken by");
	}

	/** As {@code -Dspring.aot.enabled=true} does it. */
	private static void run(String... arguments) throws ReflectiveOperationException, IOException {
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		System.setProperty(AotDetector.AOT_ENABLED, "true");
		try (URLClassLoader classLoader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
			thread.setContextClassLoader(classLoader);
			Class.forName(AotApplication.class.getName(), true, classLoader)
				.getMethod("main", String[].class)
				.invoke(null, (Object) arguments);
		}
		finally {
			System.clearProperty(AotDetector.AOT_ENABLED);
			thread.setContextClassLoader(before);
		}
	}

	private static URL[] classPath() throws MalformedURLException {
		List<URL> urls = new ArrayList<>();
		urls.add(directory.resolve("classes").toUri().toURL());
		urls.add(directory.resolve("resources").toUri().toURL());
		for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
			urls.add(Path.of(entry).toUri().toURL());
		}
		return urls.toArray(URL[]::new);
	}

}
