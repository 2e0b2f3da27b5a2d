/**
 * An application that streams a file through a socket pair, and talks to child processes
 * through others.
 */
@NullMarked
package dev.socketpair.sample;

import org.jspecify.annotations.NullMarked;
