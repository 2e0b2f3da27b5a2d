/**
 * What is counted: pairs, bytes and failures in total, what waits in the queues of open
 * pairs, and the descriptors of this process. Internal; no part of the API.
 * <p>
 * Uses the API's types and the C library, and knows sockets only as
 * {@link dev.socketpair.statistics.CountedPair}. Start with
 * {@link dev.socketpair.statistics.LiveStatistics}.
 */
@NullMarked
package dev.socketpair.statistics;

import org.jspecify.annotations.NullMarked;
