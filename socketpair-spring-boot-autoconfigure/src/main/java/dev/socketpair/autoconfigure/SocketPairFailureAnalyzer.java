package dev.socketpair.autoconfigure;

import dev.socketpair.Errno;
import dev.socketpair.SocketPairException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * A {@link AbstractFailureAnalyzer failure analyzer} that tells what to do when a pair
 * cannot be made during start-up.
 */
class SocketPairFailureAnalyzer extends AbstractFailureAnalyzer<SocketPairException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, SocketPairException cause) {
		if (!cause.operation().equals("socketpair")) {
			return null;
		}
		return new FailureAnalysis("A socket pair could not be made: %s.".formatted(cause.getMessage()),
				action(cause.errno()), cause);
	}

	static String action(Errno errno) {
		return switch (errno) {
			case EAFNOSUPPORT -> "The kernel does not have this domain. Set 'socketpair.domain' to 'unix', "
					+ "or load the kernel module of the domain ('modprobe tipc' for 'tipc').";
			case EOPNOTSUPP ->
				"The domain has no socket pairs, or not of this type. " + "Set 'socketpair.domain' to 'unix'.";
			case EPROTONOSUPPORT -> "The domain does not have this protocol. Set 'socketpair.protocol' to '0'.";
			case ESOCKTNOSUPPORT, EPROTOTYPE ->
				"The domain does not have this type. " + "Set 'socketpair.type' to 'stream', 'dgram' or 'seqpacket'.";
			case EINVAL -> "The kernel does not know this type or one of its flag bits. "
					+ "Set 'socketpair.type' to 'stream', 'dgram' or 'seqpacket', "
					+ "and 'socketpair.flags' to 'nonblock', 'cloexec' or 'no-cloexec'.";
			case EMFILE -> "The process has reached its limit of descriptors. Raise it ('ulimit -n', or "
					+ "'LimitNOFILE=' of a systemd unit), or make fewer pairs.";
			case ENFILE -> "The system has reached its limit of open files. Raise it ('sysctl fs.file-max').";
			case ENOMEM, ENOBUFS ->
				"The kernel is out of memory. Give the machine or the container more of it, " + "or make fewer pairs.";
			case ENODEV -> "The device that the domain needs is not there. Set 'socketpair.domain' to 'unix'.";
			case EACCES, EPERM -> "The process is not allowed to make such a socket. Allow it in the security "
					+ "policy (seccomp, SELinux, AppArmor), or set 'socketpair.domain' to 'unix'.";
			default -> "Check 'socketpair.domain', 'socketpair.type', 'socketpair.protocol' and 'socketpair.flags' "
					+ "against socketpair(2).";
		};
	}

}
