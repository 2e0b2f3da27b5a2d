package dev.socketpair.nio;

import java.nio.ByteBuffer;

import dev.socketpair.SocketDomain;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketType;

/**
 * The kinds of sockets that have to be treated differently, each with its calls.
 */
enum Kind {

	/** A stream of bytes. */
	STREAM("recv", true, Transfer.READ_STREAM, Transfer.PEEK_STREAM, Transfer.SCATTER_STREAM, Transfer.WRITE_STREAM,
			Transfer.GATHER_STREAM),

	/**
	 * {@code SEQPACKET} of the domain {@code unix}: messages, which may be empty, and an
	 * end.
	 */
	SEQUENCED("recvmsg", false, Transfer.READ_MESSAGE_OR_END, Transfer.PEEK_MESSAGE_OR_END,
			Transfer.SCATTER_MESSAGE_OR_END, Transfer.WRITE_MESSAGE, Transfer.GATHER_MESSAGE),

	/** {@code SEQPACKET} elsewhere: messages, which are never empty, and an end. */
	CONNECTED("recv", true, Transfer.READ_MESSAGE, Transfer.PEEK_MESSAGE, Transfer.SCATTER_MESSAGE,
			Transfer.WRITE_MESSAGE, Transfer.GATHER_MESSAGE),

	/** Messages, which may be empty, without an end. */
	DATAGRAMS("recv", false, Transfer.READ_MESSAGE, Transfer.PEEK_MESSAGE, Transfer.SCATTER_MESSAGE,
			Transfer.WRITE_MESSAGE, Transfer.GATHER_MESSAGE),

	/** A stream of bytes of the domain {@code tipc}. */
	TIPC_STREAM("recv", true, TipcTransfer.READ_STREAM, TipcTransfer.PEEK_STREAM, TipcTransfer.SCATTER_STREAM,
			Transfer.WRITE_STREAM, Transfer.GATHER_STREAM),

	/** Messages of the domain {@code tipc}, which are never empty, and an end. */
	TIPC_SEQUENCED("recv", true, TipcTransfer.READ_MESSAGE, TipcTransfer.PEEK_MESSAGE, TipcTransfer.SCATTER_MESSAGE,
			Transfer.WRITE_MESSAGE, Transfer.GATHER_MESSAGE),

	/** Messages of the domain {@code tipc} without an end. */
	TIPC_DATAGRAMS("recv", false, TipcTransfer.READ_DATAGRAM, TipcTransfer.PEEK_DATAGRAM, TipcTransfer.SCATTER_DATAGRAM,
			Transfer.WRITE_MESSAGE, Transfer.GATHER_MESSAGE);

	/** The system call that {@link #read} makes. */
	final String receiveName;

	/** Whether receiving nothing is the end of the stream. */
	final boolean endsWithNothing;

	final Half.Operation<ByteBuffer> read;

	final Half.Operation<ByteBuffer> peek;

	final Half.Operation<Transfer.Vector> scatter;

	final Half.Operation<ByteBuffer> write;

	final Half.Operation<Transfer.Vector> gather;

	Kind(String receiveName, boolean endsWithNothing, Half.Operation<ByteBuffer> read, Half.Operation<ByteBuffer> peek,
			Half.Operation<Transfer.Vector> scatter, Half.Operation<ByteBuffer> write,
			Half.Operation<Transfer.Vector> gather) {
		this.receiveName = receiveName;
		this.endsWithNothing = endsWithNothing;
		this.read = read;
		this.peek = peek;
		this.scatter = scatter;
		this.write = write;
		this.gather = gather;
	}

	static Kind of(SocketPairOptions options) {
		SocketType type = options.type().withoutFlags();
		boolean tipc = options.domain().equals(SocketDomain.TIPC);
		if (type.equals(SocketType.STREAM)) {
			return tipc ? TIPC_STREAM : STREAM;
		}
		if (type.equals(SocketType.SEQPACKET)) {
			return tipc ? TIPC_SEQUENCED : options.domain().equals(SocketDomain.UNIX) ? SEQUENCED : CONNECTED;
		}
		return tipc ? TIPC_DATAGRAMS : DATAGRAMS;
	}

	boolean isStream() {
		return this == STREAM || this == TIPC_STREAM;
	}

	boolean isTipc() {
		return this == TIPC_STREAM || this == TIPC_SEQUENCED || this == TIPC_DATAGRAMS;
	}

	/** Whether there is an end of the stream. */
	boolean isConnected() {
		return this != DATAGRAMS && this != TIPC_DATAGRAMS;
	}

}
