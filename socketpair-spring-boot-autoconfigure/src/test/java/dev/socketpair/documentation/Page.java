package dev.socketpair.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A page of the documentation.
 *
 * @param path its absolute path
 * @param text its text
 */
record Page(Path path, String text) {

	private static final Pattern CODE_BLOCK = Pattern.compile("(?ms)^```.*?^```$");

	private static final Pattern LINK = Pattern.compile("\\[(?:[^\\]\\[]|\\[[^\\]]*])+]\\(([^)\\s]+)\\)");

	static Page read(Path path) {
		try {
			return new Page(path, Files.readString(path));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Return all but the blocks of code, in which a line may look like a heading. */
	String prose() {
		return CODE_BLOCK.matcher(this.text).replaceAll("");
	}

	/** Return the headings of every level. */
	List<String> headings() {
		return Documentation.matches(Pattern.compile("(?m)^#{1,6} (.+)$"), prose());
	}

	/** Return the anchors of the headings, as GitHub makes them. */
	List<String> anchors() {
		return headings().stream()
			.map((heading) -> heading.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}_ -]", "").replace(' ', '-'))
			.toList();
	}

	/** Return where the links lead, as they are written. */
	List<String> links() {
		return Documentation.matches(LINK, prose());
	}

	/** Return where a link to a file leads, without its anchor. */
	Path resolve(String link) {
		String file = link.replaceFirst("#.*", "");
		return file.isEmpty() ? this.path : this.path.getParent().resolve(file).normalize();
	}

	/** Return the blocks of code of a language. */
	List<String> blocks(String language) {
		return blocks(this.text, language);
	}

	/** Return the one block of a language in a section. */
	String block(String section, String language) {
		Pattern content = Pattern.compile("(?ms)^(#+) %s\\n(.*?)(?=^#|\\z)".formatted(Pattern.quote(section)));
		List<String> sections = content.matcher(masked())
			.results()
			.map((match) -> this.text.substring(match.start(2), match.end(2)))
			.toList();
		assertThat(sections).as("sections '%s' of %s", section, this).hasSize(1);
		List<String> blocks = blocks(sections.get(0), language);
		assertThat(blocks).as("blocks of %s in '%s' of %s", language, section, this).hasSize(1);
		return blocks.get(0);
	}

	/** The text with blanks where it has code, a comment in which is no heading. */
	private String masked() {
		return CODE_BLOCK.matcher(this.text).replaceAll((block) -> " ".repeat(block.group().length()));
	}

	private static List<String> blocks(String text, String language) {
		Pattern block = Pattern.compile("(?ms)^```%s\\n(.*?)^```$".formatted(language));
		return Documentation.matches(block, text);
	}

	@Override
	public String toString() {
		return Documentation.ROOT.relativize(this.path).toString();
	}

}
