package dev.socketpair.testsupport;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Processes of the system by their numbers.
 */
public final class Pids {

	private Pids() {
	}

	/**
	 * Return whether a process runs.
	 * @param pid its number
	 * @return whether it does; one that has ended does not, also if its parent has not
	 * asked for its status yet
	 */
	public static boolean runs(long pid) {
		try {
			String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
			return "ZX".indexOf(stat.charAt(stat.lastIndexOf(')') + 2)) < 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
