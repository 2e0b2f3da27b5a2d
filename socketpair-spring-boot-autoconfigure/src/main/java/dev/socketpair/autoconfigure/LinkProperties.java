package dev.socketpair.autoconfigure;

import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketpair.SocketDomain;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketType;
import dev.socketpair.autoconfigure.SocketPairProperties.Pair;
import dev.socketpair.autoconfigure.process.SocketPairProcessProperties.Child;
import dev.socketpair.message.Framing;
import dev.socketpair.process.Attachment;
import dev.socketpair.process.Output;
import dev.socketpair.process.SocketPairProcessBuilder;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * The properties of a child process that say how it is linked to this application: by its
 * end of the pair, and by its output.
 *
 * @param attach where the child finds its end
 * @param descriptor the number of the descriptor
 * @param announce further variables that tell the number
 * @param pair the properties of the pair
 * @param framing how messages are separated, or {@code null}
 * @param maxMessageSize the largest message, or {@code null}
 * @param stdout where the standard output goes, or {@code null}
 * @param stderr where the standard error goes
 */
record LinkProperties(Attachment attach, int descriptor, List<String> announce, Pair pair, @Nullable Framing framing,
		@Nullable DataSize maxMessageSize, @Nullable Output stdout, Output stderr) {

	/**
	 * Return the properties of a child.
	 * @param child the child
	 * @return the properties
	 */
	static LinkProperties of(Child child) {
		// Always of this domain: a child cannot be given an end of another one.
		Pair pair = new Pair(SocketDomain.UNIX, child.type(), null, Set.of(), child.sendBufferSize(),
				child.readTimeout(), child.writeTimeout(), null);
		return new LinkProperties(child.attach(), child.descriptor(), child.announce(), pair, child.framing(),
				child.maxMessageSize(), child.stdout(), child.stderr());
	}

	/**
	 * Return the options of the pair.
	 * @param property the property below which these stand
	 * @param name the name of the process
	 * @param defaults the options where a property is absent
	 * @return the options
	 * @throws InvalidConfigurationPropertyValueException if a value is out of range
	 */
	SocketPairOptions options(String property, String name, SocketPairOptions defaults) {
		return this.pair.toOptions(property, defaults).name(name).build();
	}

	/**
	 * Set the properties of all but the pair.
	 * @param builder the builder of the process
	 * @param check the check of the properties
	 * @param type the type of the pair
	 * @param trial supplies builders on which a single variable can be tried
	 */
	void applyTo(SocketPairProcessBuilder builder, PropertyCheck check, SocketType type,
			Supplier<SocketPairProcessBuilder> trial) {
		builder.attach(this.attach).stderr(this.stderr);
		this.announce.forEach((name) -> check.set("announce", name, () -> {
			trial.get().announce(name).build();
			builder.announce(name);
		}));
		check.set("descriptor", this.descriptor, () -> builder.descriptor(this.descriptor));
		PropertyMapper map = PropertyMapper.get();
		map.from(this.maxMessageSize)
			.to((size) -> check.set("max-message-size", size, () -> builder.maxMessageSize(bytes(size))));
		map.from(this.stdout).to((output) -> check.set("stdout", output, () -> {
			if (this.attach == Attachment.STDIO) {
				throw new IllegalArgumentException(
						"Must not be set with 'attach' set to 'stdio': standard output is the socket.");
			}
			builder.stdout(output);
		}));
		map.from(this.framing).to((chosen) -> check.set("framing", chosen, () -> {
			if (!chosen.suits(type)) {
				throw new IllegalArgumentException(mismatch(chosen, type));
			}
			builder.framing(chosen);
		}));
	}

	private static String mismatch(Framing framing, SocketType type) {
		if (framing != Framing.NONE) {
			return "Does not suit the type '%s', which has messages of its own: use 'none', or the type 'stream'."
				.formatted(type);
		}
		String others = Stream.of(Framing.values())
			.filter((other) -> other.suits(type))
			.map(Framing::text)
			.collect(Collectors.joining("', '"));
		return "Does not suit the type '%s', which has no messages of its own: use '%s', or the type 'seqpacket'."
			.formatted(type, others);
	}

	private static int bytes(DataSize size) {
		if (size.toBytes() < 1 || size.toBytes() > Integer.MAX_VALUE) {
			throw new IllegalArgumentException("Must be between 1B and %sB.".formatted(Integer.MAX_VALUE));
		}
		return (int) size.toBytes();
	}

}
