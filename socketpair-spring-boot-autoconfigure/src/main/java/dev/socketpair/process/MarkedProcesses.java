package dev.socketpair.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.socketpair.SocketPairs;

/**
 * Finds the descendants of a child by the variable that marks it and that they inherit:
 * proc(5), {@code /proc/pid/environ}. Those that have lost their parent or have made a
 * session of their own are found too, and those with another environment are not.
 */
final class MarkedProcesses {

	private static final Path PROC = Path.of("/proc");

	private final byte[] mark;

	/**
	 * Create a search.
	 * @param token the value of the variable, unique to the child
	 */
	MarkedProcesses(String token) {
		// The name before it may have characters outside of ASCII. The rest is unique.
		String unique = token.substring(token.lastIndexOf('/') + 1);
		this.mark = ("/" + unique + "\0").getBytes(StandardCharsets.ISO_8859_1);
	}

	List<ProcessHandle> find() {
		List<ProcessHandle> found = new ArrayList<>();
		try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
			for (Path process : processes) {
				// Before its environment is read, so that both are of the same process.
				Optional<ProcessHandle> handle = ProcessHandle.of(Long.parseLong(process.getFileName().toString()));
				if (handle.isPresent() && isMarked(process)) {
					found.add(handle.get());
				}
			}
		}
		catch (IOException | UncheckedIOException | java.nio.file.DirectoryIteratorException
				| NumberFormatException ex) {
			// No descriptor is left. The next attempt may have one.
		}
		return found;
	}

	private boolean isMarked(Path process) {
		byte[] environment;
		try {
			environment = Files.readAllBytes(process.resolve("environ"));
		}
		catch (IOException ex) {
			// It is another user's, or gone.
			return false;
		}
		byte[] name = (SocketPairs.PROCESS_VARIABLE + "=").getBytes(StandardCharsets.ISO_8859_1);
		for (int start = 0; start < environment.length;) {
			int end = start;
			while (end < environment.length && environment[end] != 0) {
				end++;
			}
			if (isAt(environment, start, name) && isAt(environment, end + 1 - this.mark.length, this.mark)) {
				return true;
			}
			start = end + 1;
		}
		return false;
	}

	private static boolean isAt(byte[] bytes, int start, byte[] part) {
		if (start < 0 || start + part.length > bytes.length) {
			return false;
		}
		for (int i = 0; i < part.length; i++) {
			if (bytes[start + i] != part[i]) {
				return false;
			}
		}
		return true;
	}

}
