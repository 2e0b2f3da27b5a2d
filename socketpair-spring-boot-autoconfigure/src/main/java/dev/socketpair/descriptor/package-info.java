/**
 * The life of a descriptor: when its number may be used, how threads wait for it and are
 * woken, and when it goes back to the kernel. Internal; no part of the API.
 * <p>
 * Uses the C library alone. Start with {@link dev.socketpair.descriptor.Descriptor},
 * which owns the number, then {@link dev.socketpair.descriptor.Half}, in which threads
 * wait. {@code Wakeup} wakes platform threads, and {@code Poller} wakes virtual ones.
 */
@NullMarked
package dev.socketpair.descriptor;

import org.jspecify.annotations.NullMarked;
