package dev.socketpair;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import dev.socketpair.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * The names that the C library has for the numbers of one argument, read in any case and
 * with or without their prefix.
 */
final class NamedNumbers {

	private final String kind;

	private final String prefixes;

	private final Map<String, Integer> numbers;

	/**
	 * Create the table of one argument.
	 * @param kind what the numbers stand for, as an error message calls it
	 * @param prefixes a regular expression of the prefixes that a name may have
	 * @param numbers the names in lower case and without prefix, with their numbers
	 */
	NamedNumbers(String kind, String prefixes, Map<String, Integer> numbers) {
		this.kind = kind;
		this.prefixes = "^(" + prefixes + ")";
		this.numbers = new TreeMap<>(numbers);
	}

	int parse(String text) {
		String name = text.strip().toLowerCase(Locale.ROOT).replaceFirst(this.prefixes, "");
		Integer number = this.numbers.get(name);
		if (number != null) {
			return number;
		}
		try {
			return Integer.decode(text.strip());
		}
		catch (NumberFormatException ex) {
			throw new IllegalArgumentException("'%s' is not a %s: use one of %s, or a number"
				.formatted(Printable.message(text), this.kind, String.join(", ", this.numbers.keySet())));
		}
	}

	@Nullable String nameOf(int number) {
		for (Map.Entry<String, Integer> entry : this.numbers.entrySet()) {
			if (entry.getValue() == number && !entry.getKey().equals("local")) {
				return entry.getKey();
			}
		}
		return null;
	}

}
