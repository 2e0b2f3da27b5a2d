/**
 * Auto-configuration for child processes that hold one end of a socket pair.
 */
@NullMarked
package dev.socketpair.autoconfigure.process;

import org.jspecify.annotations.NullMarked;
