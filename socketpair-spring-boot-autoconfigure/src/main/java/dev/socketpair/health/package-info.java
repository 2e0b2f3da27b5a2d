/**
 * Health of socket pairs and of the child processes that hold one end.
 */
@NullMarked
package dev.socketpair.health;

import org.jspecify.annotations.NullMarked;
