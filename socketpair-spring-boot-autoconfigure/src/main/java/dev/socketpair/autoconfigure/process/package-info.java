/**
 * Auto-configuration for child processes that hold one end of a socket pair, as far as
 * programs compile against it: the class that they may exclude, the properties and the
 * events. The beans are configured in the parent package, which uses this one.
 */
@NullMarked
package dev.socketpair.autoconfigure.process;

import org.jspecify.annotations.NullMarked;
