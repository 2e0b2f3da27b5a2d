/**
 * An application that streams a file through a socket pair.
 */
@NullMarked
package dev.socketpair.sample;

import org.jspecify.annotations.NullMarked;
