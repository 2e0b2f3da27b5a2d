package dev.socketpair.autoconfigure;

import java.util.function.UnaryOperator;

import dev.socketpair.SocketPairException;

/**
 * Thrown when a pair that the configuration describes cannot be made.
 */
@SuppressWarnings("serial")
public class ConfiguredSocketPairException extends RuntimeException {

	private final transient UnaryOperator<String> property;

	/**
	 * Create the exception.
	 * @param pair what could not be made, such as {@code The socket pair 'control'}
	 * @param property gives the property of an option, such as
	 * {@code socketpair.pairs.control.type} for {@code type}
	 * @param cause why it could not
	 */
	ConfiguredSocketPairException(String pair, UnaryOperator<String> property, SocketPairException cause) {
		super(pair + " could not be made", cause);
		this.property = property;
	}

	String property(String option) {
		return this.property.apply(option);
	}

}
