/**
 * Child processes that hold one end of a socket pair.
 * <p>
 * For users: {@link dev.socketpair.process.SocketPairProcessBuilder} is the way in, and
 * {@link dev.socketpair.process.SocketPairProcess} is what it builds. All other public
 * types are their parameters, results and exceptions.
 * <p>
 * For maintainers: {@code SupervisedProcess} implements the interface and has a
 * {@code Supervision} for each run. A {@code Child} is one child with our end of its
 * pair; {@code ChildLauncher} starts it, {@code ChildSupervisor} waits for its exit,
 * {@code ChildShutdown} ends it, and {@code ChildMessages} exchanges messages with it.
 * What becomes of its output is in {@code dev.socketpair.process.output}. The package
 * uses {@code dev.socketpair.message} and the sockets below it, and no Spring.
 */
@NullMarked
package dev.socketpair.process;

import org.jspecify.annotations.NullMarked;
