package dev.socketpair.message;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

import dev.socketpair.SocketType;
import dev.socketpair.text.Printable;

/**
 * How messages are told apart.
 */
public enum Framing {

	/**
	 * The socket's own messages: one message of the socket is one message. Needs
	 * {@code SEQPACKET} or {@code DGRAM}.
	 */
	NONE,

	/**
	 * The length, then the message: 4 bytes, big-endian and signed. For a message of more
	 * than {@code 0x7fffffff} bytes they are -1, and 8 bytes follow, big-endian and
	 * unsigned. The wire format of Python's {@code multiprocessing.connection.Connection}
	 * ({@code send_bytes}, {@code recv_bytes}). Needs {@code STREAM}.
	 *
	 * @see <a href=
	 * "https://github.com/python/cpython/blob/main/Lib/multiprocessing/connection.py">multiprocessing/connection.py</a>
	 */
	LENGTH_PREFIX,

	/**
	 * The message, then a line feed ({@code '\n'}), which no message may contain. A
	 * carriage return before it belongs to the message. The wire format of Node's IPC
	 * channel ({@code NODE_CHANNEL_FD}, {@code process.send}), and of JSON-RPC over
	 * standard input and output as the Model Context Protocol has it. Needs
	 * {@code STREAM}.
	 *
	 * @see <a href=
	 * "https://modelcontextprotocol.io/specification/2025-06-18/basic/transports#stdio">Model
	 * Context Protocol, stdio</a>
	 */
	LINE,

	/**
	 * Header fields, an empty line, then the message: {@code Content-Length:
	 * 2\r\n\r\n{}}. Names of fields are read in any case, and fields other than
	 * {@code Content-Length} are ignored. The base protocol of the Language Server
	 * Protocol, and of the Debug Adapter Protocol. Needs {@code STREAM}.
	 *
	 * @see <a href=
	 * "https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#baseProtocol">Language
	 * Server Protocol, base protocol</a>
	 */
	CONTENT_LENGTH;

	private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

	/**
	 * Return the framing of a name.
	 * @param text {@code none}, {@code length-prefix}, {@code line} or
	 * {@code content-length}, in any case and with {@code _} or {@code -}
	 * @return the framing
	 * @throws IllegalArgumentException if it is no such name
	 */
	public static Framing of(String text) {
		String name = text.strip().toLowerCase(Locale.ROOT).replace('_', '-');
		for (Framing framing : values()) {
			if (framing.text.equals(name)) {
				return framing;
			}
		}
		throw new IllegalArgumentException("'%s' is not a framing: use one of %s".formatted(Printable.message(text),
				Arrays.stream(values()).map(Framing::text).collect(Collectors.joining(", "))));
	}

	/**
	 * Return the framing to take where none was chosen.
	 * @param type the type of a socket
	 * @return {@link #LENGTH_PREFIX} for {@code STREAM}, {@link #NONE} for the others
	 */
	public static Framing defaultFor(SocketType type) {
		return NONE.suits(type) ? NONE : LENGTH_PREFIX;
	}

	/**
	 * Return whether sockets of a type can have this framing.
	 * @param type the type of a socket
	 * @return whether they can: {@link #NONE} suits every type that has messages, the
	 * others suit {@code STREAM}
	 */
	public boolean suits(SocketType type) {
		return (this == NONE) != type.withoutFlags().equals(SocketType.STREAM);
	}

	/**
	 * Return the name as it stands in a configuration.
	 * @return {@code length-prefix}, for example
	 */
	public String text() {
		return this.text;
	}

	/**
	 * Return the name as {@link #text()} does.
	 */
	@Override
	public String toString() {
		return this.text;
	}

}
