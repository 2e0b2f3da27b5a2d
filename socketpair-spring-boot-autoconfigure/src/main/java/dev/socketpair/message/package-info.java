/**
 * Whole messages over a {@link dev.socketpair.PairedSocket}, in the wire formats that
 * programs of other languages speak.
 */
@NullMarked
package dev.socketpair.message;

import org.jspecify.annotations.NullMarked;
