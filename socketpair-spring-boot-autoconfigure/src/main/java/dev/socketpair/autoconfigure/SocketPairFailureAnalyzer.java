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
			case EAFNOSUPPORT -> "The kernel does not have this domain. Load its kernel module "
					+ "('modprobe tipc' for 'tipc'), or " + use("the domain 'unix'", "domain");
			case EOPNOTSUPP -> "The kernel makes no pairs in this domain, or none of this type. To mend it, "
					+ use("the domain 'unix'", "domain");
			case EPROTONOSUPPORT ->
				"The domain does not have this protocol. To mend it, " + use("the protocol '0'", "protocol");
			case ESOCKTNOSUPPORT, EPROTOTYPE -> "The domain does not have this type. To mend it, "
					+ use("the type 'stream', 'dgram' or 'seqpacket'", "type");
			case EINVAL -> "The kernel does not know this type, or has no flag for one of its bits. To mend it, "
					+ use("the type 'stream', 'dgram' or 'seqpacket'", "type");
			case EMFILE -> "The process has reached its limit of descriptors. Raise it ('ulimit -n', or "
					+ "'LimitNOFILE=' of a systemd unit), or make fewer pairs.";
			case ENFILE -> "The system has reached its limit of open files. Raise it ('sysctl fs.file-max'), "
					+ "or find the process that holds so many.";
			case ENOMEM, ENOBUFS ->
				"The kernel is out of memory. Give the machine or the container more of it, " + "or make fewer pairs.";
			case ENODEV ->
				"The device that the domain needs is not there. To mend it, " + use("the domain 'unix'", "domain");
			case EACCES, EPERM -> "The process is not allowed to make such a socket. Allow it in the security "
					+ "policy (seccomp, SELinux, AppArmor), or " + use("the domain 'unix'", "domain");
			case EFAULT -> "The kernel was given memory that is not the process's, which no configuration can cause. "
					+ "Report it as a defect of the library.";
			default -> "Check 'socketpair.domain', 'socketpair.type', 'socketpair.protocol' and 'socketpair.flags', "
					+ "or the options in the code, against socketpair(2).";
		};
	}

	/** The options of the pair may come from the configuration or from code. */
	private static String use(String value, String property) {
		return "use %s ('socketpair.%s', or the options in the code).".formatted(value, property);
	}

}
