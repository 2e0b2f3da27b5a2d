/**
 * Auto-configuration for the Actuator endpoint for socket pairs.
 */
@NullMarked
package dev.socketpair.autoconfigure.actuate;

import org.jspecify.annotations.NullMarked;
