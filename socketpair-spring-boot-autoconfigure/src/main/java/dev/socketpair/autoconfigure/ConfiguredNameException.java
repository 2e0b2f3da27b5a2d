package dev.socketpair.autoconfigure;

import java.util.HexFormat;

import org.springframework.boot.context.properties.source.ConfigurationProperty;

/**
 * Thrown when a name in the configuration cannot be that of a bean.
 */
@SuppressWarnings("serial")
class ConfiguredNameException extends RuntimeException {

	private final String action;

	ConfiguredNameException(String name, ConfigurationProperty property, String reason, String action) {
		super("The name '%s' in the configuration property '%s'%s cannot be used: %s.".formatted(printable(name),
				printable(property.getName().toString()),
				(property.getOrigin() != null) ? " (originating from '%s')".formatted(property.getOrigin()) : "",
				reason));
		this.action = action;
	}

	/** A control character would not be seen, or do worse. */
	private static String printable(String text) {
		StringBuilder printable = new StringBuilder();
		text.chars()
			.forEach((character) -> printable.append(Character.isISOControl(character)
					? "\\u" + HexFormat.of().toHexDigits((char) character) : Character.toString(character)));
		return printable.toString();
	}

	String action() {
		return this.action;
	}

}
