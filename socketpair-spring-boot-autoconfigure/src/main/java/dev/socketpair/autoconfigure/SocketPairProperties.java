package dev.socketpair.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import dev.socketpair.LeakDetection;
import dev.socketpair.SocketDomain;
import dev.socketpair.SocketFlag;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketType;
import dev.socketpair.libc.NativeBinding;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.PropertyMapper;
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
 * @param pairs Pairs that are beans, indexed by the name of the bean. Each has the
 * properties 'domain', 'type', 'protocol', 'flags', 'send-buffer-size', 'read-timeout',
 * 'write-timeout' and 'busy-poll', and what it leaves out is as in the default options.
 */
@ConfigurationProperties(SocketPairProperties.PREFIX)
public record SocketPairProperties(@DefaultValue("auto") NativeBinding nativeBinding,
		@DefaultValue("unix") SocketDomain domain, @DefaultValue("stream") SocketType type,
		@DefaultValue("0") int protocol, @DefaultValue Set<Flag> flags,
		@DataSizeUnit(DataUnit.BYTES) @Nullable DataSize sendBufferSize,
		@DurationUnit(ChronoUnit.MILLIS) @Nullable Duration readTimeout,
		@DurationUnit(ChronoUnit.MILLIS) @Nullable Duration writeTimeout,
		@DurationUnit(ChronoUnit.MICROS) @DefaultValue("0") Duration busyPoll, @DefaultValue("true") boolean statistics,
		@DefaultValue("simple") LeakDetection leakDetection, @DefaultValue Map<String, Pair> pairs) {

	static final String PREFIX = "socketpair";

	static final String PAIRS = PREFIX + ".pairs";

	static final String PROCESSES = PREFIX + ".processes";

	/**
	 * Return the options that the properties describe.
	 * @return a new builder
	 * @throws InvalidConfigurationPropertyValueException if a value is out of range
	 */
	SocketPairOptions.Builder toOptions() {
		Pair defaults = new Pair(this.domain, this.type, this.protocol, this.flags, this.sendBufferSize,
				this.readTimeout, this.writeTimeout, this.busyPoll);
		return defaults.toOptions(PREFIX, SocketPairOptions.builder().build());
	}

	/**
	 * Properties for a pair that has a name.
	 *
	 * @param domain Communication domain of the pair, by name or number.
	 * @param type Type of the pair, by name or number.
	 * @param protocol Protocol of the pair. Zero is the default protocol of the domain.
	 * @param flags Comma-separated list of flags of the pair. The flag 'cloexec' is
	 * always added unless 'no-cloexec' is listed.
	 * @param sendBufferSize Size of the send buffer of each end, which bounds what waits
	 * for the peer. If a data size suffix is not specified, bytes will be used.
	 * @param readTimeout Time after which a blocking read fails. If a duration suffix is
	 * not specified, milliseconds will be used.
	 * @param writeTimeout Time after which a blocking write fails. If a duration suffix
	 * is not specified, milliseconds will be used.
	 * @param busyPoll Time for which a platform thread that reads looks again before it
	 * sleeps. If a duration suffix is not specified, microseconds will be used.
	 */
	@ConfigurationPropertiesSource
	public record Pair(@Nullable SocketDomain domain, @Nullable SocketType type, @Nullable Integer protocol,
			@DefaultValue Set<Flag> flags, @DataSizeUnit(DataUnit.BYTES) @Nullable DataSize sendBufferSize,
			@DurationUnit(ChronoUnit.MILLIS) @Nullable Duration readTimeout,
			@DurationUnit(ChronoUnit.MILLIS) @Nullable Duration writeTimeout,
			@DurationUnit(ChronoUnit.MICROS) @Nullable Duration busyPoll) {

		static final Pair EMPTY = new Pair(null, null, null, Set.of(), null, null, null, null);

		/** In the form in which names are compared. */
		static final Set<String> PROPERTIES = Set.of("domain", "type", "protocol", "flags", "sendbuffersize",
				"readtimeout", "writetimeout", "busypoll");

		/**
		 * Return the pair of a text, which can only be one without properties of its own.
		 * @param text empty, as for a name in YAML that has nothing below it
		 * @return the pair
		 * @throws IllegalArgumentException if the text is not empty
		 */
		public static Pair of(String text) {
			if (!text.isBlank()) {
				throw new IllegalArgumentException(
						"'%s' is not a pair: set a property of the pair below its name, ".formatted(text)
								+ "such as 'socketpair.pairs.control.type', or nothing");
			}
			return EMPTY;
		}

		/**
		 * Return the options that the properties describe.
		 * @param property the property below which they stand
		 * @param defaults what holds where a property is absent
		 * @return a new builder
		 * @throws InvalidConfigurationPropertyValueException if a value is out of range
		 */
		SocketPairOptions.Builder toOptions(String property, SocketPairOptions defaults) {
			SocketPairOptions.Builder options = defaults.toBuilder();
			PropertyMapper map = PropertyMapper.get();
			map.from(this.domain).to(options::domain);
			map.from(this.type).to(options::type);
			map.from(this.protocol).to(options::protocol);
			if (!this.flags.isEmpty()) {
				options.flags(Flag.toSocketFlags(property + ".flags", this.flags));
			}
			map.from(this.sendBufferSize)
				.as((size) -> toBytes(property + ".send-buffer-size", size))
				.to(options::sendBufferSize);
			map.from(this.readTimeout)
				.as((timeout) -> notNegative(property + ".read-timeout", timeout))
				.to(options::readTimeout);
			map.from(this.writeTimeout)
				.as((timeout) -> notNegative(property + ".write-timeout", timeout))
				.to(options::writeTimeout);
			map.from(this.busyPoll)
				.as((duration) -> notNegative(property + ".busy-poll", duration))
				.to(options::busyPoll);
			return options;
		}

		private static Integer toBytes(String property, DataSize size) {
			if (size.toBytes() <= 0 || size.toBytes() > Integer.MAX_VALUE) {
				throw new InvalidConfigurationPropertyValueException(property, size.toBytes() + "B",
						"Must be between 1B and %sB.".formatted(Integer.MAX_VALUE));
			}
			return (int) size.toBytes();
		}

		private static Duration notNegative(String property, Duration duration) {
			if (duration.isNegative()) {
				throw new InvalidConfigurationPropertyValueException(property, duration,
						"Must be a positive duration such as '5s', or '0' for none.");
			}
			return duration;
		}

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

		private static Set<SocketFlag> toSocketFlags(String property, Set<Flag> flags) {
			if (flags.contains(CLOEXEC) && flags.contains(NO_CLOEXEC)) {
				throw new InvalidConfigurationPropertyValueException(property, flags,
						"List 'cloexec' or 'no-cloexec', not both.");
			}
			Set<SocketFlag> result = EnumSet.noneOf(SocketFlag.class);
			if (!flags.contains(NO_CLOEXEC)) {
				result.add(SocketFlag.CLOEXEC);
			}
			if (flags.contains(NONBLOCK)) {
				result.add(SocketFlag.NONBLOCK);
			}
			return result;
		}

		/** Return the name as the configuration has it, which failure analyses list. */
		@Override
		public String toString() {
			return name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

	}

}
