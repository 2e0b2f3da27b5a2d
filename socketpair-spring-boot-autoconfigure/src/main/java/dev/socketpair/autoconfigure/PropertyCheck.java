package dev.socketpair.autoconfigure;

import java.util.Locale;
import java.util.regex.Pattern;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Names the property whose value is refused.
 *
 * @param property the property below which the checked ones stand
 */
record PropertyCheck(String property) {

	/** The code's {@code maxDelay} is {@code max-delay} in the configuration. */
	private static final Pattern NAME_IN_CODE = Pattern.compile("'[a-z]+([A-Z][a-z]+)+'");

	/**
	 * Use a value.
	 * @param name the name of its property
	 * @param value the value, as the failure shows it
	 * @param setter uses the value, and throws an {@link IllegalArgumentException} or a
	 * {@link NullPointerException} if it is wrong
	 * @throws InvalidConfigurationPropertyValueException if the value is wrong
	 */
	void set(String name, Object value, Runnable setter) {
		try {
			setter.run();
		}
		catch (IllegalArgumentException | NullPointerException ex) {
			throw new InvalidConfigurationPropertyValueException(this.property + "." + name, value,
					NAME_IN_CODE.matcher(String.valueOf(ex.getMessage()))
						.replaceAll((match) -> match.group().replaceAll("(?=[A-Z])", "-").toLowerCase(Locale.ROOT)),
					ex);
		}
	}

	/**
	 * Return the check of the properties below another one.
	 * @param name the name of that one
	 * @return a new check
	 */
	PropertyCheck below(String name) {
		return new PropertyCheck(this.property + "." + name);
	}

}
