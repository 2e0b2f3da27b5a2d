/**
 * The standard output and error of a child: they are read as they come, made into lines,
 * logged, and the last lines of standard error are kept. Internal: not for use outside of
 * {@code dev.socketpair}.
 * <p>
 * {@link dev.socketpair.process.output.ChildOutput} is the way in. It starts an
 * {@code OutputDrain} for each stream, which reads; {@code LineSplitter} makes lines of
 * bytes, and {@code LineLog} limits how many are logged. Uses {@code dev.socketpair.text}
 * only, and knows nothing of the package above it.
 */
@NullMarked
package dev.socketpair.process.output;

import org.jspecify.annotations.NullMarked;
