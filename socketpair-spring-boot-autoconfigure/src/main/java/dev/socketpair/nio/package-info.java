/**
 * The implementation of the API: the factory, the sockets, what the JDK needs of them,
 * and the system calls that move bytes. Internal; no part of the API.
 * <p>
 * Uses the statistics, the life of a descriptor and the C library. Start with
 * {@link dev.socketpair.nio.NativeSocketPairFactory}, then {@code NativePairedSocket},
 * which is a {@code SocketReader} and a {@code SocketWriter}. {@code Kind} and
 * {@code DomainRules} hold the rules of types and domains. The layers above a socket that
 * wait in their own way use {@link dev.socketpair.nio.WaitingCalls}.
 */
@NullMarked
package dev.socketpair.nio;

import org.jspecify.annotations.NullMarked;
