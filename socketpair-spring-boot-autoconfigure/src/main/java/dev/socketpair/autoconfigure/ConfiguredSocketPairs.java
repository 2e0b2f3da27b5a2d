package dev.socketpair.autoconfigure;

import java.util.Map;
import java.util.Objects;

import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.autoconfigure.SocketPairProperties.Pair;

/**
 * Makes the pairs that have a name in the configuration.
 */
class ConfiguredSocketPairs {

	private final ConfiguredNames names;

	private final Map<String, Pair> pairs;

	private final SocketPairFactory factory;

	ConfiguredSocketPairs(ConfiguredNames names, Map<String, Pair> pairs, SocketPairFactory factory) {
		this.names = names;
		this.pairs = pairs;
		this.factory = factory;
	}

	/**
	 * Make the pair of a name.
	 * @param name the name
	 * @return a new pair
	 * @throws ConfiguredSocketPairException if the kernel refuses
	 * @throws ConfiguredNameException if the properties below the name describe no pair
	 */
	SocketPair create(String name) {
		SocketPairOptions options = options(name);
		try {
			return this.factory.create(options);
		}
		catch (SocketPairException ex) {
			throw new ConfiguredSocketPairException("The socket pair '%s'".formatted(name),
					(option) -> this.names.path(name) + "." + option, ex);
		}
	}

	private SocketPairOptions options(String name) {
		Pair pair = this.pairs.get(name);
		if (pair == null && !this.names.hasAny(name, Pair.PROPERTIES)) {
			// As for socketpair.pairs.my.pair.type, whose name is 'my'
			throw this.names.refused(name, "what is below it is no property of a pair",
					"Set properties of a pair below it, such as 'type', or nothing. "
							+ "A name with a dot stands in brackets: 'socketpair.pairs[my.pair].type'. "
							+ "An environment variable leaves the dashes of a name out: SOCKETPAIR_PAIRS_MYPAIR_TYPE.");
		}
		if (pair == null) {
			// Properties that are all empty are not bound
			pair = Pair.EMPTY;
		}
		// A mock of a factory has none
		SocketPairOptions defaults = Objects.requireNonNullElseGet(this.factory.defaultOptions(),
				() -> SocketPairOptions.builder().build());
		return pair.toOptions(this.names.path(name), defaults).name(name).build();
	}

}
