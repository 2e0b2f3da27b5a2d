package dev.socketpair.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for the executable jar with an AOT cache, made as docs/deploy.md says. They run
 * on the newest JDK.
 *
 * @see <a href="https://openjdk.org/jeps/514">JEP 514</a>
 */
class AotCacheJarTests {

	private static final int FIRST_FEATURE = 25;

	@TempDir
	private static Path directory;

	private static Path jar;

	private static Path cache;

	@BeforeAll
	static void extractAndTrain() throws Exception {
		int feature = Runtime.version().feature();
		assumeTrue(feature >= FIRST_FEATURE, "The AOT cache is made by Java 25 and later, and this is " + feature);
		Path extracted = directory.resolve("extracted");
		run("extract", "-Djarmode=tools", "extract", "--destination", extracted.toString());
		jar = extracted.resolve("sample-app.jar");
		cache = directory.resolve("sample-app.aot");
		try (SampleProcess training = SampleProcess.start(Files.createDirectory(directory.resolve("training")),
				List.of("-XX:AOTCacheOutput=" + cache, AotRun.ENABLED, "-Dspring.context.exit=onRefresh"), jar)) {
			assertThat(training.exitValue()).as(() -> "training").isZero();
		}
		assertThat(cache).isNotEmptyFile();
	}

	private static void run(String name, String option, String... arguments) throws IOException, InterruptedException {
		try (SampleProcess tool = SampleProcess.start(Files.createDirectory(directory.resolve(name)), List.of(option),
				arguments)) {
			assertThat(tool.exitValue()).as(name).isZero();
		}
	}

	@Test
	void applicationServesFromTheCache() throws Exception {
		// Does not start where it cannot use the cache
		List<String> options = List.of("-XX:AOTMode=on", "-XX:AOTCache=" + cache, AotRun.ENABLED);
		try (SampleProcess application = SampleProcess.start(Files.createDirectory(directory.resolve("serving")),
				options, jar, AotRun.ARGUMENTS)) {
			AotRun.check(application);
		}
	}

}
