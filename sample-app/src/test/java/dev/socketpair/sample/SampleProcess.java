package dev.socketpair.sample;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample application as a process of its own, on the JDK that runs the tests. What it
 * prints and its temporary files are in a directory of the test.
 */
final class SampleProcess implements Closeable {

	private static final long PATIENCE_SECONDS = 60;

	private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+)");

	private final Path directory;

	private final Process process;

	private SampleProcess(Path directory, Process process) {
		this.directory = directory;
		this.process = process;
	}

	/**
	 * Start the executable jar.
	 * @param directory an empty directory
	 * @param options what comes before {@code -jar}
	 * @param arguments the command line of the application
	 */
	static SampleProcess start(Path directory, List<String> options, String... arguments) throws IOException {
		return start(directory, options, Path.of(System.getProperty("sample-app.jar")), arguments);
	}

	static SampleProcess start(Path directory, List<String> options, Path jar, String... arguments) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.add("-Djava.io.tmpdir=" + Files.createDirectory(directory.resolve("tmp")));
		command.addAll(options);
		command.addAll(List.of("-jar", jar.toString()));
		command.addAll(List.of(arguments));
		return new SampleProcess(directory,
				new ProcessBuilder(command).redirectOutput(directory.resolve("output").toFile())
					.redirectError(directory.resolve("errors").toFile())
					.start());
	}

	/** Wait until the process has ended. */
	int exitValue() throws InterruptedException {
		assertThat(this.process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("ended in time").isTrue();
		return this.process.exitValue();
	}

	List<String> output() throws IOException {
		return Files.readAllLines(this.directory.resolve("output"));
	}

	List<String> errors() throws IOException {
		return Files.readAllLines(this.directory.resolve("errors"));
	}

	List<Path> temporaryFiles() throws IOException {
		try (Stream<Path> files = Files.list(this.directory.resolve("tmp"))) {
			return files.toList();
		}
	}

	List<ProcessHandle> children() {
		return this.process.children().toList();
	}

	/** Ask the application, once its port is known. */
	String get(String path) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port() + path))
			.timeout(Duration.ofSeconds(PATIENCE_SECONDS))
			.build();
		HttpResponse<String> response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
		assertThat(response.statusCode()).as(path).isEqualTo(200);
		return response.body();
	}

	private String port() {
		return Awaitility.await().atMost(Duration.ofSeconds(PATIENCE_SECONDS)).until(() -> {
			assertThat(this.process.isAlive()).as("alive: " + errors() + output()).isTrue();
			Matcher matcher = STARTED.matcher(Files.readString(this.directory.resolve("output")));
			return matcher.find() ? matcher.group(1) : "";
		}, (found) -> !found.isEmpty());
	}

	/** Ask it to end, as a service manager does. */
	void terminate() {
		this.process.destroy();
	}

	/** End it as {@code kill -9} does. */
	@Override
	public void close() {
		this.process.destroyForcibly();
		this.process.onExit().join();
	}

}
