/**
 * Whole messages over a {@link dev.socketpair.PairedSocket}, in the wire formats that
 * programs of other languages speak.
 * <p>
 * {@link dev.socketpair.message.MessageConnection} is the API. Behind it,
 * {@code PacketConnection} sends the messages of a {@code SEQPACKET} or {@code DGRAM}
 * socket, and {@code StreamConnection} cuts messages from a stream: it has a
 * {@code StreamReader}, a {@code StreamWriter} and the {@code WireFormat} of the framing.
 * Start reading with {@code StreamConnection}, then {@code PlainStreamWriter}, which is
 * the shortest writer, and {@code CoalescingStreamWriter}, which connections use. A new
 * framing is a constant of {@link dev.socketpair.message.Framing}, a {@code WireFormat}
 * and a {@code Decoder}.
 * <p>
 * The package uses the API in {@link dev.socketpair} and {@code dev.socketpair.text}. Of
 * the packages that implement sockets it uses {@code dev.socketpair.nio.WaitingCalls}
 * alone, and what they take: how a call waits. It does not know Spring.
 */
@NullMarked
package dev.socketpair.message;

import org.jspecify.annotations.NullMarked;
