package dev.socketpair.testsupport;

import java.io.IOException;

import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairs;
import dev.socketpair.SocketType;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The pairs of a test, which are closed after it.
 */
public final class Pairs implements AfterEachCallback {

	private final SocketPairFactory factory = SocketPairs.factory();

	/**
	 * Make a pair.
	 * @param type the name of its type
	 * @return the pair
	 * @throws IOException if it cannot be made
	 */
	public SocketPair of(String type) throws IOException {
		return this.factory.create(options(type));
	}

	/**
	 * Return the options of a type.
	 * @param type the name of the type
	 * @return the options
	 */
	public static SocketPairOptions options(String type) {
		return SocketPairOptions.builder().type(SocketType.of(type)).build();
	}

	/**
	 * Return the factory of the pairs.
	 * @return the factory
	 */
	public SocketPairFactory factory() {
		return this.factory;
	}

	@Override
	public void afterEach(ExtensionContext context) {
		this.factory.close();
	}

}
