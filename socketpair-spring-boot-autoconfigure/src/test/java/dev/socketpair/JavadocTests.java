package dev.socketpair;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

import dev.socketpair.testsupport.ChildJvm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the API documentation is made without a warning, on the JDK of the test:
 * each finds other things.
 */
class JavadocTests {

	private static final Path SOURCES = Path.of("src", "main", "java");

	@Test
	void documentationHasNoWarnings(@TempDir Path directory) throws IOException {
		ToolProvider javadoc = ToolProvider.findFirst("javadoc").orElseThrow();
		List<String> arguments = new ArrayList<>(List.of("-quiet", "-Xdoclint:all", "-Werror", "--release", "17",
				"-protected", "-classpath", ChildJvm.classPath(), "-d", directory.toString()));
		try (Stream<Path> files = Files.walk(SOURCES)) {
			files.map(Path::toString).filter((file) -> file.endsWith(".java")).forEach(arguments::add);
		}
		StringWriter said = new StringWriter();
		PrintWriter output = new PrintWriter(said);
		int status = javadoc.run(output, output, arguments.toArray(String[]::new));
		assertThat(said.toString()).isEmpty();
		assertThat(status).isZero();
		assertThat(directory.resolve("dev/socketpair/SocketPairFactory.html")).exists();
	}

}
