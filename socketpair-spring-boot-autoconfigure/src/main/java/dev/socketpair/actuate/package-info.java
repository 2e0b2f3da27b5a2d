/**
 * Actuator endpoint for socket pairs.
 */
@NullMarked
package dev.socketpair.actuate;

import org.jspecify.annotations.NullMarked;
