/**
 * Auto-configuration for the health of socket pairs.
 */
@NullMarked
package dev.socketpair.autoconfigure.health;

import org.jspecify.annotations.NullMarked;
