package dev.socketpair.nio;

import java.nio.ByteBuffer;

import dev.socketpair.SocketDomain;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketType;
import dev.socketpair.descriptor.Half;

/**
 * The kinds of sockets that have to be treated differently, each with its calls.
 */
enum Kind {

	/** A stream of bytes. */
	STREAM(DomainRules.UNIX, "recv", true, Transfer.READ_STREAM, Transfer.PEEK_STREAM, Transfer.SCATTER_STREAM,
			Transfer.WRITE_STREAM, Transfer.GATHER_STREAM),

	/**
	 * {@code SEQPACKET} of the domain {@code unix}: messages, which may be empty, and an
	 * end.
	 */
	SEQUENCED(DomainRules.UNIX, "recvmsg", false, Transfer.READ_MESSAGE_OR_END, Transfer.PEEK_MESSAGE_OR_END,
			Transfer.SCATTER_MESSAGE_OR_END, Transfer.WRITE_MESSAGE, Transfer.GATHER_MESSAGE),

	/** {@code SEQPACKET} elsewhere: messages, which are never empty, and an end. */
	CONNECTED(DomainRules.UNIX, "recv", true, Transfer.READ_MESSAGE, Transfer.PEEK_MESSAGE, Transfer.SCATTER_MESSAGE,
			Transfer.WRITE_MESSAGE, Transfer.GATHER_MESSAGE),

	/** Messages, which may be empty, without an end. */
	DATAGRAMS(DomainRules.UNIX, "recv", false, Transfer.READ_MESSAGE, Transfer.PEEK_MESSAGE, Transfer.SCATTER_MESSAGE,
			Transfer.WRITE_MESSAGE, Transfer.GATHER_MESSAGE),

	/** A stream of bytes of the domain {@code tipc}. */
	TIPC_STREAM(DomainRules.TIPC, "recv", true, TipcTransfer.READ_STREAM, TipcTransfer.PEEK_STREAM,
			TipcTransfer.SCATTER_STREAM, Transfer.WRITE_STREAM, Transfer.GATHER_STREAM),

	/** Messages of the domain {@code tipc}, which are never empty, and an end. */
	TIPC_SEQUENCED(DomainRules.TIPC, "recv", true, TipcTransfer.READ_MESSAGE, TipcTransfer.PEEK_MESSAGE,
			TipcTransfer.SCATTER_MESSAGE, Transfer.WRITE_MESSAGE, Transfer.GATHER_MESSAGE),

	/** Messages of the domain {@code tipc} without an end. */
	TIPC_DATAGRAMS(DomainRules.TIPC, "recv", false, TipcTransfer.READ_DATAGRAM, TipcTransfer.PEEK_DATAGRAM,
			TipcTransfer.SCATTER_DATAGRAM, Transfer.WRITE_MESSAGE, Transfer.GATHER_MESSAGE);

	/** The rules of its domain. */
	final DomainRules domain;

	/** The system call that {@link #read} makes. */
	final String receiveName;

	/** Whether receiving nothing is the end of the stream. */
	final boolean endsWithNothing;

	final Half.Operation<ByteBuffer> read;

	final Half.Operation<ByteBuffer> peek;

	final Half.Operation<Transfer.Vector> scatter;

	final Half.Operation<ByteBuffer> write;

	final Half.Operation<Transfer.Vector> gather;

	Kind(DomainRules domain, String receiveName, boolean endsWithNothing, Half.Operation<ByteBuffer> read,
			Half.Operation<ByteBuffer> peek, Half.Operation<Transfer.Vector> scatter, Half.Operation<ByteBuffer> write,
			Half.Operation<Transfer.Vector> gather) {
		this.domain = domain;
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

	/**
	 * Whether a message has to carry a control message, its time, so that an empty one is
	 * not taken for the end of the stream.
	 */
	boolean marksMessages() {
		return this == SEQUENCED;
	}

	/**
	 * Whether the kernel may tell a writer, and only once, that the peer was closed with
	 * data that it had not read, which is for a reader to report.
	 */
	boolean tellsWriterOfReset() {
		return this == STREAM;
	}

	/**
	 * Refuse a call that is for messages.
	 * @param method the name of the call
	 * @throws UnsupportedOperationException if this is a stream
	 */
	void requireMessages(String method) {
		if (isStream()) {
			throw new UnsupportedOperationException(
					"%s is for messages, and this is a stream: use read and write".formatted(method));
		}
	}

	/** Whether there is an end of the stream. */
	boolean isConnected() {
		return this != DATAGRAMS && this != TIPC_DATAGRAMS;
	}

}
