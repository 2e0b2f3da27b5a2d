/**
 * The C library as Java sees it: {@link dev.socketpair.libc.Libc}, its two bindings, and
 * the numbers of Linux's binary interface.
 */
@NullMarked
package dev.socketpair.libc;

import org.jspecify.annotations.NullMarked;
