package dev.socketpair.process.output;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.jspecify.annotations.Nullable;

/**
 * The pipe of a child's standard output or error, known by its inode. A thread that reads
 * from it cannot be interrupted, and waits as long as any process has the other end open.
 * It can be woken by a byte: Linux opens a pipe anew by {@code /proc/self/fd}, proc(5).
 */
final class OutputPipe {

	private static final Path OWN = Path.of("/proc/self/fd");

	/** What the link says, {@code pipe:[inode]}. */
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

	/** Wake the thread of this process that reads from it. */
	void wakeReader() {
		try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(OWN)) {
			for (Path descriptor : descriptors) {
				if (isThis(descriptor)) {
					write(descriptor);
					return;
				}
			}
		}
		catch (IOException | java.nio.file.DirectoryIteratorException ex) {
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

	private static void write(Path descriptor) throws IOException {
		try (SeekableByteChannel channel = Files.newByteChannel(descriptor, StandardOpenOption.WRITE)) {
			channel.write(ByteBuffer.wrap(new byte[] { '\n' }));
		}
	}

}
