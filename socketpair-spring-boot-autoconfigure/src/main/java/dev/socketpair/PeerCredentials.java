package dev.socketpair;

/**
 * The process that made a pair, as the kernel recorded it then: on both ends that of the
 * creator, never that of a child that holds one later.
 *
 * @param pid the process ID
 * @param uid the effective user ID
 * @param gid the effective group ID
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7),
 * SO_PEERCRED</a>
 */
public record PeerCredentials(int pid, int uid, int gid) {
}
