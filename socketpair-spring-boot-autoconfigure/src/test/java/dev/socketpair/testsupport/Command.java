package dev.socketpair.testsupport;

import java.io.IOException;
import java.util.List;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Commands of the machine that a test needs.
 */
public final class Command {

	private Command() {
	}

	/**
	 * Skip the test where a command is missing, and say so.
	 * @param command the command
	 */
	public static void assumeInstalled(String command) {
		assumeTrue(isInstalled(command), () -> "'%s' is not installed on this machine".formatted(command));
	}

	/**
	 * Return whether a command is there.
	 * @param command the command
	 * @return whether the shell finds it
	 */
	public static boolean isInstalled(String command) {
		try {
			Process process = new ProcessBuilder(List.of("/bin/sh", "-c", "command -v " + command))
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.redirectError(ProcessBuilder.Redirect.DISCARD)
				.start();
			process.getOutputStream().close();
			return process.waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
