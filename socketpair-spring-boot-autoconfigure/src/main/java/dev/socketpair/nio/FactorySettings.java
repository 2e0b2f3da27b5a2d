package dev.socketpair.nio;

import dev.socketpair.LeakDetection;
import dev.socketpair.libc.Libc;
import dev.socketpair.statistics.LiveStatistics;

/**
 * What all sockets of a factory share.
 *
 * @param libc the C library
 * @param wakesBySignal whether threads that are blocked can be woken by a signal
 * @param leakDetection what is done about lost sockets
 * @param countsBytes whether bytes and operations are counted
 * @param statistics the statistics
 */
record FactorySettings(Libc libc, boolean wakesBySignal, LeakDetection leakDetection, boolean countsBytes,
		LiveStatistics statistics) {
}
