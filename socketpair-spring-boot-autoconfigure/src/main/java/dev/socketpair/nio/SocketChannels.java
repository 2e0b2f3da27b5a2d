package dev.socketpair.nio;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import dev.socketpair.descriptor.SafeLog;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi.SockaddrUn;
import dev.socketpair.libc.Platforms;
import dev.socketpair.libc.ScratchMemory;

/**
 * Puts a descriptor under a channel of the JDK: a throw-away channel is opened and
 * connected, and the descriptor is duplicated over its number.
 */
final class SocketChannels {

	private static final String PREFIX = "socketpair";

	/** {@code MAX_UNIX_DOMAIN_PATH_LEN} of the JDK. */
	private static final int LONGEST_PATH = SockaddrUn.SIZE - SockaddrUn.PATH - 2;

	private static final SafeLog logger = new SafeLog(SocketChannels.class);

	private SocketChannels() {
	}

	/**
	 * Open a channel.
	 * @param libc the C library
	 * @param blocking whether the channel starts in blocking mode
	 * @param release moves the descriptor to the channel, once everything else has worked
	 * @return the channel
	 * @throws IOException if it cannot be opened; the descriptor has not moved then
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
			release.to(target);
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
			delete(client);
			delete(server);
			delete(directory);
		}
	}

	private static void delete(Path path) {
		try {
			Files.deleteIfExists(path);
		}
		catch (IOException ex) {
			// The channel is what was asked for.
			logger.log(Level.DEBUG, "A temporary file is left behind", ex);
		}
	}

	private static Path createDirectory() throws IOException {
		String temporary = System.getProperty("java.io.tmpdir");
		// Before anything is made there. A name of the JDK's is "socketpair" and a
		// number.
		int length = encoded(Path.of(temporary).resolve(PREFIX + Long.toUnsignedString(-1L)).resolve("s")).length;
		if (length > LONGEST_PATH) {
			throw new IOException(("A channel of the JDK needs a short directory for temporary files: the path of a "
					+ "Unix domain socket has at most %s bytes, and one in '%s' may have %s: set "
					+ "'-Djava.io.tmpdir=DIRECTORY'")
				.formatted(LONGEST_PATH, temporary, length));
		}
		try {
			return Files.createTempDirectory(PREFIX);
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
		try (var numbers = Files.newDirectoryStream(Platforms.CURRENT.openDescriptors())) {
			byte[] name = encoded(path);
			for (Path number : numbers) {
				int candidate = Integer.parseInt(number.getFileName().toString());
				if (isBoundTo(libc, candidate, name)) {
					return candidate;
				}
			}
		}
		throw new IOException("The descriptor of the channel bound to '%s' was not found".formatted(path));
	}

	/** As the JDK encodes a path. */
	private static byte[] encoded(Path path) {
		return path.toString().getBytes(StandardCharsets.UTF_8);
	}

	private static boolean isBoundTo(Libc libc, int candidate, byte[] name) {
		ScratchMemory scratch = ScratchMemory.acquire(libc);
		try {
			ByteBuffer memory = scratch.structures();
			int lengthAt = SockaddrUn.SIZE + Short.BYTES;
			memory.putInt(lengthAt, SockaddrUn.SIZE);
			int result = libc.getsockname(candidate, scratch.structuresAddress(),
					scratch.structuresAddress() + lengthAt);
			if (result < 0 || memory.getInt(lengthAt) < SockaddrUn.PATH + name.length) {
				return false;
			}
			byte[] bound = new byte[name.length];
			memory.get(SockaddrUn.PATH, bound);
			return Arrays.equals(bound, name);
		}
		finally {
			scratch.release();
		}
	}

	/** Gives a descriptor away. */
	@FunctionalInterface
	interface Release {

		/**
		 * Close the descriptor, which goes on as another number.
		 * @param target the number
		 * @throws IOException if that fails; the descriptor is left as it was then
		 */
		void to(int target) throws IOException;

	}

}
