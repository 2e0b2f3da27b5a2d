/**
 * Connected, unnamed sockets as {@code socketpair(2)} makes them: the values, interfaces
 * and exceptions of the API. {@link dev.socketpair.SocketPairs} is the way in for an
 * application without Spring.
 */
@NullMarked
package dev.socketpair;

import org.jspecify.annotations.NullMarked;
