package dev.socketpair.sample;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Debian's package {@code prometheus}, which has a tool besides the server.
 */
final class Promtool {

	private Promtool() {
	}

	static void assumeInstalled() throws IOException, InterruptedException {
		for (String command : List.of("prometheus", "promtool")) {
			Process process = new ProcessBuilder("/bin/sh", "-c", "command -v " + command).start();
			assumeTrue(process.waitFor() == 0, () -> "'%s' is not installed on this machine".formatted(command));
		}
	}

	/**
	 * Run the tool in the directory of the rules.
	 * @param input what it reads
	 * @param arguments what it is to do
	 * @return how it ended and what it said
	 */
	static Result run(String input, String... arguments) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(List.of("promtool"));
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).directory(AlertRules.DIRECTORY.toFile())
			.redirectErrorStream(true)
			.start();
		try (OutputStream standardInput = process.getOutputStream()) {
			standardInput.write(input.getBytes(StandardCharsets.UTF_8));
		}
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		return new Result(process.waitFor(), output);
	}

	/**
	 * What came of it.
	 *
	 * @param status its exit status
	 * @param output its standard output and error
	 */
	record Result(int status, String output) {
	}

}
