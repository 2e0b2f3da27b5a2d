package dev.socketpair.sample;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.springframework.core.io.ClassPathResource;

/**
 * The programs of the workers that are not Java, as files, since an interpreter does not
 * look into a jar.
 */
final class Scripts {

	private static final List<String> NAMES = List.of("worker.py", "worker.cjs");

	private Scripts() {
	}

	/**
	 * Return the directory with the scripts. If this application is a jar, it is a
	 * temporary copy that is deleted when the JVM ends.
	 * @throws IOException if the copy cannot be made
	 */
	static Path directory() throws IOException {
		ClassPathResource directory = new ClassPathResource("scripts/");
		return directory.isFile() ? directory.getFile().toPath() : copyOf(directory);
	}

	private static Path copyOf(ClassPathResource scripts) throws IOException {
		Path copy = Files.createTempDirectory("sample-app-scripts");
		// Deleted in reverse order
		copy.toFile().deleteOnExit();
		for (String name : NAMES) {
			Path script = copy.resolve(name);
			script.toFile().deleteOnExit();
			try (InputStream content = scripts.createRelative(name).getInputStream()) {
				Files.copy(content, script);
			}
		}
		return copy;
	}

}
