package dev.socketpair.nio;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import dev.socketpair.SocketPairException;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi.SockaddrUn;

/**
 * Puts a descriptor under a channel of the JDK: a throw-away channel is opened and
 * connected, and the descriptor is duplicated over its number.
 */
final class SocketChannels {

	private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

	private SocketChannels() {
	}

	/**
	 * Open a channel.
	 * @param libc the C library
	 * @param blocking whether the channel starts in blocking mode
	 * @param release gives the descriptor away, once everything else has worked
	 * @return the channel
	 * @throws IOException if it cannot be opened
	 */
	static SocketChannel open(Libc libc, boolean blocking, Release release) throws IOException {
		Path directory = createDirectory();
		Path server = directory.resolve("s");
		Path client = directory.resolve("c");
		SocketChannel channel = null;
		try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			channel = SocketChannel.open(StandardProtocolFamily.UNIX);
			listener.bind(UnixDomainSocketAddress.of(server));
			channel.bind(UnixDomainSocketAddress.of(client));
			int target = find(libc, client);
			channel.connect(UnixDomainSocketAddress.of(server));
			int number = release.release();
			int result = Descriptor.duplicateOver(libc, number, target);
			libc.close(number);
			if (result < 0) {
				throw new SocketPairException("dup3", -result, "to put a descriptor under a channel");
			}
			// Twice, for the channel believes in the mode of the socket it was opened
			// with.
			channel.configureBlocking(false);
			channel.configureBlocking(blocking);
			return channel;
		}
		catch (IOException | RuntimeException | Error ex) {
			if (channel != null) {
				channel.close();
			}
			throw ex;
		}
		finally {
			Files.deleteIfExists(client);
			Files.deleteIfExists(server);
			Files.deleteIfExists(directory);
		}
	}

	private static Path createDirectory() throws IOException {
		try {
			return Files.createTempDirectory("socketpair");
		}
		catch (IOException ex) {
			throw new IOException("A channel of the JDK needs a directory for temporary files that can be written to, "
					+ "and '%s' cannot: set '-Djava.io.tmpdir=DIRECTORY'"
						.formatted(System.getProperty("java.io.tmpdir")),
					ex);
		}
	}

	/** The number of the socket that is bound to a path, whatever other threads open. */
	private static int find(Libc libc, Path path) throws IOException {
		try (var numbers = Files.newDirectoryStream(DESCRIPTORS)) {
			byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
			for (Path number : numbers) {
				int candidate = Integer.parseInt(number.getFileName().toString());
				if (isBoundTo(libc, candidate, name)) {
					return candidate;
				}
			}
		}
		throw new IOException("The descriptor of the channel bound to '%s' was not found".formatted(path));
	}

	private static boolean isBoundTo(Libc libc, int candidate, byte[] name) {
		Frame frame = Frame.acquire(libc);
		try {
			ByteBuffer memory = frame.structures();
			int lengthAt = SockaddrUn.SIZE + Short.BYTES;
			memory.putInt(lengthAt, SockaddrUn.SIZE);
			int result = libc.getsockname(candidate, frame.structuresAddress(), frame.structuresAddress() + lengthAt);
			if (result < 0 || memory.getInt(lengthAt) < SockaddrUn.PATH + name.length) {
				return false;
			}
			byte[] bound = new byte[name.length];
			memory.get(SockaddrUn.PATH, bound);
			return Arrays.equals(bound, name);
		}
		finally {
			frame.release();
		}
	}

	/** Gives a descriptor away. */
	@FunctionalInterface
	interface Release {

		int release() throws IOException;

	}

}
