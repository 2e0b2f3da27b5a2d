/**
 * The C library as Java sees it: {@link dev.socketpair.libc.Libc} and its two bindings,
 * the numbers of the binary interface, the memory of a call, and
 * {@link dev.socketpair.libc.Platform}, the seam for what differs from system to system.
 * Internal; no part of the API.
 * <p>
 * Uses nothing above it. Start with {@link dev.socketpair.libc.Libc}.
 */
@NullMarked
package dev.socketpair.libc;

import org.jspecify.annotations.NullMarked;
