package dev.socketpair.autoconfigure;

import dev.socketpair.SocketPairOptions;

/**
 * Callback interface that can be implemented by beans wishing to customize the default
 * options of the auto-configured {@link dev.socketpair.SocketPairFactory}, after the
 * properties have been applied.
 */
@FunctionalInterface
public interface SocketPairFactoryCustomizer {

	/**
	 * Customize the default options.
	 * @param defaults the builder of the default options
	 */
	void customize(SocketPairOptions.Builder defaults);

}
