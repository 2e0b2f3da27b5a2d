/**
 * The implementation of the API over the C library: the factory, the sockets, and the
 * life of a descriptor.
 */
@NullMarked
package dev.socketpair.nio;

import org.jspecify.annotations.NullMarked;
