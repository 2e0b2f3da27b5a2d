package dev.socketpair.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

import dev.socketpair.LeakDetection;
import dev.socketpair.SocketDomain;
import dev.socketpair.SocketFlag;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketType;
import dev.socketpair.libc.NativeBinding;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.convert.DataSizeUnit;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;
import org.springframework.util.unit.DataUnit;

/**
 * {@link ConfigurationProperties Properties} for socket pairs.
 *
 * @param nativeBinding How to call the C library.
 * @param domain Communication domain of a pair, by name or number.
 * @param type Type of a pair, by name or number.
 * @param protocol Protocol of a pair. Zero is the default protocol of the domain.
 * @param flags Comma-separated list of flags of a pair. The flag 'cloexec' is always
 * added unless 'no-cloexec' is listed.
 * @param sendBufferSize Size of the send buffer of each end, which bounds what waits for
 * the peer. If a data size suffix is not specified, bytes will be used.
 * @param readTimeout Time after which a blocking read fails. If a duration suffix is not
 * specified, milliseconds will be used.
 * @param writeTimeout Time after which a blocking write fails. If a duration suffix is
 * not specified, milliseconds will be used.
 * @param busyPoll Time for which a platform thread that reads looks again before it
 * sleeps. If a duration suffix is not specified, microseconds will be used.
 * @param statistics Whether to count bytes and operations.
 * @param leakDetection What to do about sockets that are lost without being closed.
 */
@ConfigurationProperties("socketpair")
public record SocketPairProperties(@DefaultValue("auto") NativeBinding nativeBinding,
		@DefaultValue("unix") SocketDomain domain, @DefaultValue("stream") SocketType type,
		@DefaultValue("0") int protocol, @DefaultValue Set<Flag> flags,
		@DataSizeUnit(DataUnit.BYTES) @Nullable DataSize sendBufferSize,
		@DurationUnit(ChronoUnit.MILLIS) @Nullable Duration readTimeout,
		@DurationUnit(ChronoUnit.MILLIS) @Nullable Duration writeTimeout,
		@DurationUnit(ChronoUnit.MICROS) @DefaultValue("0") Duration busyPoll, @DefaultValue("true") boolean statistics,
		@DefaultValue("simple") LeakDetection leakDetection) {

	private static final String PREFIX = "socketpair.";

	/**
	 * Return the options that the properties describe.
	 * @return a new builder
	 * @throws InvalidConfigurationPropertyValueException if a value is out of range
	 */
	SocketPairOptions.Builder toOptions() {
		return SocketPairOptions.builder()
			.domain(this.domain)
			.type(this.type)
			.protocol(this.protocol)
			.flags(toFlags())
			.sendBufferSize(toBytes("send-buffer-size", this.sendBufferSize))
			.readTimeout(notNegative("read-timeout", this.readTimeout))
			.writeTimeout(notNegative("write-timeout", this.writeTimeout))
			.busyPoll(Objects.requireNonNull(notNegative("busy-poll", this.busyPoll)));
	}

	private Set<SocketFlag> toFlags() {
		if (this.flags.contains(Flag.CLOEXEC) && this.flags.contains(Flag.NO_CLOEXEC)) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "flags", this.flags,
					"List 'cloexec' or 'no-cloexec', not both.");
		}
		Set<SocketFlag> result = EnumSet.noneOf(SocketFlag.class);
		if (!this.flags.contains(Flag.NO_CLOEXEC)) {
			result.add(SocketFlag.CLOEXEC);
		}
		if (this.flags.contains(Flag.NONBLOCK)) {
			result.add(SocketFlag.NONBLOCK);
		}
		return result;
	}

	private static @Nullable Integer toBytes(String property, @Nullable DataSize size) {
		if (size == null) {
			return null;
		}
		if (size.toBytes() <= 0 || size.toBytes() > Integer.MAX_VALUE) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + property, size,
					"Must be between 1B and %dB.".formatted(Integer.MAX_VALUE));
		}
		return (int) size.toBytes();
	}

	private static @Nullable Duration notNegative(String property, @Nullable Duration duration) {
		if (duration != null && duration.isNegative()) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + property, duration,
					"Must be a positive duration such as '5s', or '0' for none.");
		}
		return duration;
	}

	/**
	 * Flags of a pair, as the configuration names them.
	 */
	public enum Flag {

		/** Calls on the pair do not wait. */
		NONBLOCK,

		/** Child processes do not inherit the pair. */
		CLOEXEC,

		/** Child processes that are not started by Java may inherit the pair. */
		NO_CLOEXEC;

		/**
		 * Return the flag of a name.
		 * @param text {@code nonblock}, {@code cloexec} or {@code no-cloexec} in any case
		 * and with or without the prefix {@code SOCK_}
		 * @return the flag
		 * @throws IllegalArgumentException if the text is none of them
		 */
		public static Flag of(String text) {
			return switch (text.strip().toLowerCase(Locale.ROOT).replace('_', '-').replaceFirst("^sock-", "")) {
				case "nonblock" -> NONBLOCK;
				case "cloexec" -> CLOEXEC;
				case "no-cloexec" -> NO_CLOEXEC;
				default -> throw new IllegalArgumentException(
						"'%s' is not a flag: use one of nonblock, cloexec, no-cloexec".formatted(text));
			};
		}

		/** Return the name as the configuration has it, which failure analyses list. */
		@Override
		public String toString() {
			return name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

	}

}
