package dev.socketpair.testsupport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import dev.socketpair.Errno;
import dev.socketpair.PairedSocket;
import dev.socketpair.SocketPairException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Words for what sockets move and how they refuse.
 */
public final class Sockets {

	private Sockets() {
	}

	/**
	 * Return a text in a heap buffer.
	 * @param text the text
	 * @return its bytes
	 */
	public static ByteBuffer bytes(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Return a text in a direct buffer.
	 * @param text the text
	 * @return its bytes
	 */
	public static ByteBuffer direct(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
	}

	/**
	 * Return the text that a buffer was filled with.
	 * @param buffer the buffer
	 * @return the text before its position
	 */
	public static String text(ByteBuffer buffer) {
		return StandardCharsets.UTF_8.decode(buffer.duplicate().flip()).toString();
	}

	/**
	 * Write until there is no more room.
	 * @param socket the socket, which is in blocking mode afterwards
	 * @return the number of bytes
	 * @throws IOException if a write fails
	 */
	public static int fill(PairedSocket socket) throws IOException {
		socket.configureBlocking(false);
		int sent = 0;
		int count;
		while ((count = socket.write(ByteBuffer.allocate(1000))) > 0) {
			sent += count;
		}
		socket.configureBlocking(true);
		return sent;
	}

	/**
	 * Verify that a call is refused by the kernel.
	 * @param errno why
	 * @param call the call
	 */
	public static void assertErrno(Errno errno, ThrowingCallable call) {
		assertThatExceptionOfType(SocketPairException.class).isThrownBy(call)
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(errno));
	}

}
