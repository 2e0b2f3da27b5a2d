/**
 * Child processes that hold one end of a socket pair.
 * {@link dev.socketpair.process.SocketPairProcessBuilder} is the way in.
 */
@NullMarked
package dev.socketpair.process;

import org.jspecify.annotations.NullMarked;
