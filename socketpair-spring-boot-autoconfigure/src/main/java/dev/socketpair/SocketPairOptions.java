package dev.socketpair;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

import dev.socketpair.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * The options of a new socket pair: the arguments of {@code socketpair(2)} and the
 * initial settings of its two ends. Immutable and safe for use by any thread.
 *
 * @see <a href=
 * "https://man7.org/linux/man-pages/man2/socketpair.2.html">socketpair(2)</a>
 */
public final class SocketPairOptions {

	private final @Nullable String name;

	private final SocketDomain domain;

	private final SocketType type;

	private final int protocol;

	private final Set<SocketFlag> flags;

	private final @Nullable Integer sendBufferSize;

	private final @Nullable Duration readTimeout;

	private final @Nullable Duration writeTimeout;

	private final Duration busyPoll;

	private SocketPairOptions(Builder builder) {
		this.name = builder.name;
		this.domain = builder.domain;
		this.type = builder.type;
		this.protocol = builder.protocol;
		Set<SocketFlag> all = SocketFlag.in(builder.type.value());
		all.addAll(builder.flags);
		this.flags = Collections.unmodifiableSet(all);
		this.sendBufferSize = builder.sendBufferSize;
		this.readTimeout = builder.readTimeout;
		this.writeTimeout = builder.writeTimeout;
		this.busyPoll = builder.busyPoll;
	}

	/**
	 * Return a builder that starts with the domain {@code unix}, the type {@code stream},
	 * the protocol 0, the flag {@link SocketFlag#CLOEXEC} and nothing else.
	 * @return a new builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Return a builder that starts with these options.
	 * @return a new builder
	 */
	public Builder toBuilder() {
		Builder builder = new Builder();
		builder.name = this.name;
		builder.domain = this.domain;
		builder.type = this.type;
		builder.protocol = this.protocol;
		builder.flags = EnumSet.noneOf(SocketFlag.class);
		builder.flags.addAll(this.flags);
		builder.sendBufferSize = this.sendBufferSize;
		builder.readTimeout = this.readTimeout;
		builder.writeTimeout = this.writeTimeout;
		builder.busyPoll = this.busyPoll;
		return builder;
	}

	/**
	 * Return the name by which logs and statistics call the pair.
	 * @return the name, or {@code null} for an anonymous pair
	 */
	public @Nullable String name() {
		return this.name;
	}

	/**
	 * Return the communication domain.
	 * @return the first argument of {@code socketpair(2)}
	 */
	public SocketDomain domain() {
		return this.domain;
	}

	/**
	 * Return the type.
	 * @return the second argument of {@code socketpair(2)}, to which {@link #flags()} are
	 * added
	 */
	public SocketType type() {
		return this.type;
	}

	/**
	 * Return the protocol.
	 * @return the third argument of {@code socketpair(2)}; 0 is the domain's default
	 */
	public int protocol() {
		return this.protocol;
	}

	/**
	 * Return the flags, those that stand as bits in the type included.
	 * @return an unmodifiable set
	 */
	public Set<SocketFlag> flags() {
		return this.flags;
	}

	/**
	 * Return the size that {@code SO_SNDBUF} is set to on both ends.
	 * @return a number of bytes, or {@code null} for the system's default
	 */
	public @Nullable Integer sendBufferSize() {
		return this.sendBufferSize;
	}

	/**
	 * Return how long a blocking read waits.
	 * @return a positive duration, or {@code null} to wait for ever
	 */
	public @Nullable Duration readTimeout() {
		return this.readTimeout;
	}

	/**
	 * Return how long a blocking write waits.
	 * @return a positive duration, or {@code null} to wait for ever
	 */
	public @Nullable Duration writeTimeout() {
		return this.writeTimeout;
	}

	/**
	 * Return how long a platform thread that reads looks again before it sleeps.
	 * @return a duration, zero for not at all
	 */
	public Duration busyPoll() {
		return this.busyPoll;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof SocketPairOptions options && Objects.equals(this.name, options.name)
				&& this.domain.equals(options.domain) && this.type.equals(options.type)
				&& this.protocol == options.protocol && this.flags.equals(options.flags)
				&& Objects.equals(this.sendBufferSize, options.sendBufferSize)
				&& Objects.equals(this.readTimeout, options.readTimeout)
				&& Objects.equals(this.writeTimeout, options.writeTimeout) && this.busyPoll.equals(options.busyPoll);
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.name, this.domain, this.type, this.protocol, this.flags);
	}

	@Override
	public String toString() {
		StringBuilder text = new StringBuilder();
		if (this.name != null) {
			text.append("name=").append(this.name).append(", ");
		}
		text.append("domain=").append(this.domain);
		text.append(", type=").append(this.type);
		text.append(", protocol=").append(this.protocol);
		text.append(", flags=").append(this.flags);
		if (this.sendBufferSize != null) {
			text.append(", sendBufferSize=").append(this.sendBufferSize);
		}
		if (this.readTimeout != null) {
			text.append(", readTimeout=").append(this.readTimeout);
		}
		if (this.writeTimeout != null) {
			text.append(", writeTimeout=").append(this.writeTimeout);
		}
		if (!this.busyPoll.isZero()) {
			text.append(", busyPoll=").append(this.busyPoll);
		}
		return text.toString();
	}

	/**
	 * Builder of {@link SocketPairOptions}. Not safe for use by several threads at once.
	 */
	public static final class Builder {

		private @Nullable String name;

		private SocketDomain domain = SocketDomain.UNIX;

		private SocketType type = SocketType.STREAM;

		private int protocol;

		private Set<SocketFlag> flags = EnumSet.of(SocketFlag.CLOEXEC);

		private @Nullable Integer sendBufferSize;

		private @Nullable Duration readTimeout;

		private @Nullable Duration writeTimeout;

		private Duration busyPoll = Duration.ZERO;

		private Builder() {
		}

		/**
		 * Set the name by which logs and statistics call the pair.
		 * @param name the name, or {@code null} for an anonymous pair
		 * @return this builder
		 * @throws IllegalArgumentException if the name has control characters or line
		 * separators, which would forge lines of a log
		 */
		public Builder name(@Nullable String name) {
			if (name != null && Printable.hasControls(name)) {
				throw new IllegalArgumentException(
						"'name' must not have control characters, but is '%s'".formatted(Printable.message(name)));
			}
			this.name = name;
			return this;
		}

		/**
		 * Set the communication domain.
		 * @param domain the first argument of {@code socketpair(2)}
		 * @return this builder
		 */
		public Builder domain(SocketDomain domain) {
			this.domain = Objects.requireNonNull(domain, "'domain' must not be null");
			return this;
		}

		/**
		 * Set the type.
		 * @param type the second argument of {@code socketpair(2)}; flag bits in it count
		 * as flags
		 * @return this builder
		 */
		public Builder type(SocketType type) {
			this.type = Objects.requireNonNull(type, "'type' must not be null");
			return this;
		}

		/**
		 * Set the protocol.
		 * @param protocol the third argument of {@code socketpair(2)}; 0 is the domain's
		 * default
		 * @return this builder
		 */
		public Builder protocol(int protocol) {
			this.protocol = protocol;
			return this;
		}

		/**
		 * Set exactly these flags, as a program in C does: without
		 * {@link SocketFlag#CLOEXEC} among them child processes started by other means
		 * than Java's own may inherit the descriptors.
		 * @param flags the flags; none is an empty set
		 * @return this builder
		 */
		public Builder flags(SocketFlag... flags) {
			return flags(Arrays.asList(flags));
		}

		/**
		 * Set exactly these flags.
		 * @param flags the flags; none is an empty set
		 * @return this builder
		 * @see #flags(SocketFlag...)
		 */
		public Builder flags(Collection<SocketFlag> flags) {
			Set<SocketFlag> exact = EnumSet.noneOf(SocketFlag.class);
			exact.addAll(flags);
			this.flags = exact;
			return this;
		}

		/**
		 * Add or remove {@link SocketFlag#NONBLOCK}.
		 * @param nonBlocking whether the pair starts out non-blocking
		 * @return this builder
		 */
		public Builder nonBlocking(boolean nonBlocking) {
			return flag(SocketFlag.NONBLOCK, nonBlocking);
		}

		/**
		 * Add or remove {@link SocketFlag#CLOEXEC}.
		 * @param closeOnExec whether the descriptors are closed when the process executes
		 * another program
		 * @return this builder
		 */
		public Builder closeOnExec(boolean closeOnExec) {
			return flag(SocketFlag.CLOEXEC, closeOnExec);
		}

		private Builder flag(SocketFlag flag, boolean present) {
			if (present) {
				this.flags.add(flag);
			}
			else {
				this.flags.remove(flag);
				this.type = SocketType.of(this.type.value() & ~flag.value());
			}
			return this;
		}

		/**
		 * Set {@code SO_SNDBUF} of both ends, which bounds the data that waits for the
		 * peer. The kernel doubles it for its bookkeeping and clamps it to
		 * {@code net.core.wmem_max}. The receive buffer has no effect on sockets of the
		 * domain {@code unix}.
		 * @param sendBufferSize a positive number of bytes, or {@code null} for the
		 * system's default
		 * @return this builder
		 * @throws IllegalArgumentException if the size is not positive
		 */
		public Builder sendBufferSize(@Nullable Integer sendBufferSize) {
			if (sendBufferSize != null && sendBufferSize <= 0) {
				throw new IllegalArgumentException(
						"'sendBufferSize' must be a positive number of bytes, but is %s".formatted(sendBufferSize));
			}
			this.sendBufferSize = sendBufferSize;
			return this;
		}

		/**
		 * Set how long a blocking read waits before it throws
		 * {@link java.net.SocketTimeoutException}.
		 * @param readTimeout a duration; {@code null} or zero to wait for ever
		 * @return this builder
		 * @throws IllegalArgumentException if the duration is negative
		 */
		public Builder readTimeout(@Nullable Duration readTimeout) {
			this.readTimeout = timeout("readTimeout", readTimeout);
			return this;
		}

		/**
		 * Set how long a blocking write waits before it throws
		 * {@link java.net.SocketTimeoutException}.
		 * @param writeTimeout a duration; {@code null} or zero to wait for ever
		 * @return this builder
		 * @throws IllegalArgumentException if the duration is negative
		 */
		public Builder writeTimeout(@Nullable Duration writeTimeout) {
			this.writeTimeout = timeout("writeTimeout", writeTimeout);
			return this;
		}

		/**
		 * Set how long a platform thread that reads in blocking mode looks again before
		 * it sleeps. While it looks it uses a whole processor, and an answer that comes
		 * meanwhile costs no wake-up, which takes tens of microseconds between
		 * processors. Virtual threads do not look again.
		 * @param busyPoll a duration of some microseconds, or zero for not at all
		 * @return this builder
		 * @throws IllegalArgumentException if the duration is negative
		 */
		public Builder busyPoll(Duration busyPoll) {
			requireNotNegative("busyPoll", busyPoll);
			this.busyPoll = busyPoll;
			return this;
		}

		private static void requireNotNegative(String property, Duration duration) {
			if (duration.isNegative()) {
				throw new IllegalArgumentException(
						"'%s' must not be negative, but is %s".formatted(property, duration));
			}
		}

		private static @Nullable Duration timeout(String property, @Nullable Duration timeout) {
			if (timeout != null) {
				requireNotNegative(property, timeout);
			}
			return (timeout == null || timeout.isZero()) ? null : timeout;
		}

		/**
		 * Build the options. Whether the kernel has such a pair is seen when it is made.
		 * @return new options
		 */
		public SocketPairOptions build() {
			return new SocketPairOptions(this);
		}

	}

}
