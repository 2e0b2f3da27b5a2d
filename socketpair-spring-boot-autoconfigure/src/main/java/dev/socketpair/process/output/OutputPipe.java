package dev.socketpair.process.output;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * The pipe of a child's standard output or error, identified by its inode.
 * <p>
 * A thread that reads from it cannot be interrupted, and closing the stream does not wake
 * it: it waits as long as any process has the other end open. It can be woken by a byte,
 * since Linux opens a pipe anew by {@code /proc/self/fd}: proc(5).
 */
final class OutputPipe {

	private static final Path OWN_DESCRIPTORS = Path.of("/proc/self/fd");

	private static final Path OWN_DESCRIPTOR_FLAGS = Path.of("/proc/self/fdinfo");

	/** Of a line of {@code /proc/self/fdinfo}, proc(5). */
	private static final String FLAGS = "flags:";

	private static final int OCTAL = 8;

	/** Of the flags, fcntl(2). */
	private static final int ACCESS_MODE = 3;

	private static final int READ_ONLY = 0;

	/** The target of the link, {@code pipe:[inode]}. */
	private final Path pipe;

	private OutputPipe(Path pipe) {
		this.pipe = pipe;
	}

	/**
	 * Return the pipe of a child.
	 * @param pid the number of the child, which has just been started
	 * @param descriptor the number of its standard output or error
	 * @return the pipe, or {@code null} if it is not known
	 */
	static @Nullable OutputPipe of(long pid, int descriptor) {
		try {
			Path link = Files.readSymbolicLink(Path.of("/proc/%s/fd/%s".formatted(pid, descriptor)));
			return link.toString().startsWith("pipe:") ? new OutputPipe(link) : null;
		}
		catch (IOException ex) {
			return null;
		}
	}

	/**
	 * Wake the thread of this process that reads from it, or is about to. That thread
	 * must close the stream then, and must be the only one that reads.
	 */
	void wakeReader() {
		try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(OWN_DESCRIPTORS)) {
			for (Path descriptor : descriptors) {
				if (isThis(descriptor) && isReadOnly(descriptor)) {
					wakeReader(descriptor);
					return;
				}
			}
		}
		catch (IOException | DirectoryIteratorException ex) {
			// It is woken when the last process has closed the other end.
		}
	}

	private boolean isThis(Path descriptor) {
		try {
			return this.pipe.equals(Files.readSymbolicLink(descriptor));
		}
		catch (IOException ex) {
			// Closed meanwhile.
			return false;
		}
	}

	/** The child may have redirected its output to a pipe that this process writes to. */
	private static boolean isReadOnly(Path descriptor) {
		try {
			// Not Files.lines, which an interrupted thread cannot read.
			return Files.readString(OWN_DESCRIPTOR_FLAGS.resolve(descriptor.getFileName()))
				.lines()
				.filter((line) -> line.startsWith(FLAGS))
				.mapToInt((line) -> Integer.parseInt(line.substring(FLAGS.length()).strip(), OCTAL))
				.allMatch((flags) -> (flags & ACCESS_MODE) == READ_ONLY);
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Write a byte. The number may be another file's by now: nothing is written unless it
	 * still is the pipe's after the pipe was opened by it.
	 * <p>
	 * Nothing here waits for long. To open a pipe for writing alone waits for a reader,
	 * and for both does not: fifo(7). A pipe that is full either gets room, since its
	 * reader reads, or has no reader any more, which is an error.
	 */
	void wakeReader(Path descriptor) throws IOException {
		RandomAccessFile both = new RandomAccessFile(descriptor.toFile(), "rw");
		try (FileOutputStream output = append(descriptor, both)) {
			if (isThis(descriptor)) {
				output.write('\n');
			}
		}
	}

	/** Truncates nothing, and waits for nothing while the pipe is open for both. */
	private static FileOutputStream append(Path descriptor, RandomAccessFile both) throws IOException {
		try (both) {
			return new FileOutputStream(descriptor.toFile(), true);
		}
	}

}
