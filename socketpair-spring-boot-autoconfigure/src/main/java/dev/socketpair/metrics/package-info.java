/**
 * Micrometer meters for socket pairs.
 */
@NullMarked
package dev.socketpair.metrics;

import org.jspecify.annotations.NullMarked;
