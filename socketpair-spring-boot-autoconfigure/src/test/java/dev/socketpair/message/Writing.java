package dev.socketpair.message;

import dev.socketpair.PairedSocket;

/**
 * The ways to write messages to a stream, for tests of what they have in common.
 */
enum Writing {

	/** As connections write unless told otherwise. */
	COALESCING {

		@Override
		MessageConnection over(PairedSocket socket, Framing framing, int maximum) {
			return MessageConnection.over(socket, framing, maximum);
		}

	},

	/** Each sender for itself. */
	PLAIN {

		@Override
		MessageConnection over(PairedSocket socket, Framing framing, int maximum) {
			return (framing != Framing.NONE) ? new StreamConnection(socket, framing, maximum, PlainStreamWriter::new)
					: MessageConnection.over(socket, framing, maximum);
		}

	};

	abstract MessageConnection over(PairedSocket socket, Framing framing, int maximum);

	MessageConnection over(PairedSocket socket, Framing framing) {
		return over(socket, framing, MessageConnection.DEFAULT_MAX_MESSAGE_SIZE);
	}

}
