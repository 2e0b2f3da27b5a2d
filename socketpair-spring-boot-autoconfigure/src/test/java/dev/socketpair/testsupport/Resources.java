package dev.socketpair.testsupport;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * What this process holds that a test could leak.
 */
public final class Resources {

	private static final File DESCRIPTORS = new File("/proc/self/fd");

	private Resources() {
	}

	/**
	 * Return the descriptors that are no files, by number. Files are left out: the class
	 * loader opens and keeps jars when it likes.
	 * @return the descriptors and what they stand for
	 */
	public static Map<Integer, String> descriptors() {
		Map<Integer, String> descriptors = new TreeMap<>();
		String[] numbers = DESCRIPTORS.list();
		for (String number : (numbers != null) ? numbers : new String[0]) {
			try {
				String target = Files.readSymbolicLink(Path.of(DESCRIPTORS.getPath(), number)).toString();
				if (!target.startsWith("/")) {
					descriptors.put(Integer.valueOf(number), target);
				}
			}
			catch (IOException ex) {
				// Closed meanwhile.
			}
		}
		return descriptors;
	}

	/**
	 * Return the number of descriptors that are no files. It may fall by itself, when a
	 * {@link java.lang.ref.Cleaner} gets to a socket that an earlier test has lost.
	 * @return the number
	 */
	public static int descriptorCount() {
		return descriptors().size();
	}

}
