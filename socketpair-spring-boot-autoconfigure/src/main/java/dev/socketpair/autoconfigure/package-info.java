/**
 * Auto-configuration for socket pairs.
 */
@NullMarked
package dev.socketpair.autoconfigure;

import org.jspecify.annotations.NullMarked;
