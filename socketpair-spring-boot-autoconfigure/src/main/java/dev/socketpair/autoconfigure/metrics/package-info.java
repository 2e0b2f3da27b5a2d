/**
 * Auto-configuration for the meters of socket pairs.
 */
@NullMarked
package dev.socketpair.autoconfigure.metrics;

import org.jspecify.annotations.NullMarked;
