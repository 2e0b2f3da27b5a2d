/**
 * Sample application for socket pairs.
 */
@NullMarked
package dev.socketpair.sample;

import org.jspecify.annotations.NullMarked;
