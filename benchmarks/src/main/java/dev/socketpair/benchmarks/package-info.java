/**
 * What the sockets cost, next to C and to their peers.
 */
@NullMarked
package dev.socketpair.benchmarks;

import org.jspecify.annotations.NullMarked;
