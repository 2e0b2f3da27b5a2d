package dev.socketpair.autoconfigure;

import dev.socketpair.Errno;
import dev.socketpair.SocketPairException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/**
 * A {@link AbstractFailureAnalyzer failure analyzer} that tells what to do when a pair
 * cannot be made during start-up.
 */
class SocketPairFailureAnalyzer extends AbstractFailureAnalyzer<SocketPairException> {

	private final Environment environment;

	SocketPairFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, SocketPairException cause) {
		ConfiguredSocketPairException configured = findCause(rootFailure, ConfiguredSocketPairException.class);
		if (configured != null) {
			return new FailureAnalysis("%s: %s.".formatted(configured.getMessage(), cause.getMessage()),
					action(cause.errno(), configured) + hint(cause.errno()), cause);
		}
		if (!cause.operation().equals("socketpair")) {
			return null;
		}
		return new FailureAnalysis("A socket pair could not be made: %s.".formatted(cause.getMessage()),
				action(cause.errno()) + hint(cause.errno()), cause);
	}

	/** The configured pairs may have used up the descriptors. */
	private String hint(Errno errno) {
		if (errno != Errno.EMFILE) {
			return "";
		}
		int pairs = ConfiguredNames.in(this.environment, SocketPairProperties.PAIRS).names().size();
		return (pairs > 0) ? " The configuration has %s under '%s', and each takes two descriptors.".formatted(pairs,
				SocketPairProperties.PAIRS) : "";
	}

	static String action(Errno errno) {
		return action(errno, null);
	}

	/**
	 * Return what to do.
	 * @param errno why the pair could not be made
	 * @param pair the pair, or {@code null} if its options may come from code
	 */
	private static String action(Errno errno, @Nullable ConfiguredSocketPairException pair) {
		return switch (errno) {
			case EAFNOSUPPORT -> "The kernel does not have this domain. Load its kernel module "
					+ "('modprobe tipc' for 'tipc'), or " + use("the domain 'unix'", pair, "domain");
			case EOPNOTSUPP -> "The kernel makes no pairs in this domain, or none of this type. To mend it, "
					+ use("the domain 'unix'", pair, "domain");
			case EPROTONOSUPPORT ->
				"The domain does not have this protocol. To mend it, " + use("the protocol '0'", pair, "protocol");
			case ESOCKTNOSUPPORT, EPROTOTYPE -> "The domain does not have this type. To mend it, "
					+ use("the type 'stream', 'dgram' or 'seqpacket'", pair, "type");
			case EINVAL -> "The kernel does not know this type, or has no flag for one of its bits. To mend it, "
					+ use("the type 'stream', 'dgram' or 'seqpacket'", pair, "type");
			case EMFILE -> "The process has reached its limit of descriptors. Raise it ('ulimit -n', or "
					+ "'LimitNOFILE=' of a systemd unit), or make fewer pairs.";
			case ENFILE -> "The system has reached its limit of open files. Raise it ('sysctl fs.file-max'), "
					+ "or find the process that holds so many.";
			case ENOMEM, ENOBUFS ->
				"The kernel is out of memory. Give the machine or the container more of it, " + "or make fewer pairs.";
			case ENODEV -> "The device that the domain needs is not there. To mend it, "
					+ use("the domain 'unix'", pair, "domain");
			case EACCES, EPERM -> "The process is not allowed to make such a socket. Allow it in the security "
					+ "policy (seccomp, SELinux, AppArmor), or " + use("the domain 'unix'", pair, "domain");
			case EFAULT -> "The kernel was given memory that is not the process's, which no configuration can cause. "
					+ "Report it as a defect of the library.";
			default -> (pair != null)
					? "Check '%s', '%s', '%s' and '%s' against socketpair(2).".formatted(pair.property("domain"),
							pair.property("type"), pair.property("protocol"), pair.property("flags"))
					: "Check 'socketpair.domain', 'socketpair.type', 'socketpair.protocol' and 'socketpair.flags', "
							+ "or the options in the code, against socketpair(2).";
		};
	}

	private static String use(String value, @Nullable ConfiguredSocketPairException pair, String option) {
		return (pair != null) ? "use %s ('%s').".formatted(value, pair.property(option))
				: "use %s ('socketpair.%s', or the options in the code).".formatted(value, option);
	}

}
