/**
 * Auto-configuration for socket pairs, and the beans for child processes. The names below
 * {@code socketpair.pairs} and {@code socketpair.processes} become beans, the processes
 * start and stop with the application, and failures of the start-up are analyzed. The
 * packages below use this one, except {@code process}, which this one uses.
 * {@link dev.socketpair.autoconfigure.SocketPairAutoConfiguration} and
 * {@code SocketPairProcessConfiguration} are the places to start reading.
 */
@NullMarked
package dev.socketpair.autoconfigure;

import org.jspecify.annotations.NullMarked;
