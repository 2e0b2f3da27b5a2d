package dev.socketpair.documentation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the links of the documentation lead somewhere, and to every page.
 */
class LinksTests {

	/** Each would tie the text to one machine, or to one network. */
	private static final List<Pattern> ELSEWHERE = List.of(
			Pattern.compile("(?:/root|/home/\\w+|/work|/usr/lib/jvm|/workspace)/"),
			Pattern.compile("\\b(?:registry\\.npmjs|registry\\.yarnpkg|repo1?\\.maven|central\\.sonatype"
					+ "|pypi|files\\.pythonhosted|proxy\\.golang|deb\\.debian)\\.\\w+"));

	@ParameterizedTest
	@MethodSource("pages")
	void everyLinkLeadsSomewhere(Page page) {
		assertThat(page.links()).filteredOn((link) -> !link.startsWith("https://")).allSatisfy((link) -> {
			Path target = page.resolve(link);
			assertThat(target).startsWith(Documentation.ROOT).exists();
			if (link.contains("#")) {
				assertThat(Page.read(target).anchors()).contains(link.replaceFirst(".*#", ""));
			}
		});
	}

	@ParameterizedTest
	@MethodSource("pages")
	void everyHeadingHasAnAnchorOfItsOwn(Page page) {
		assertThat(page.anchors()).isNotEmpty().doesNotHaveDuplicates();
	}

	@ParameterizedTest
	@MethodSource("pages")
	void noPageNamesAMachineOrARegistry(Page page) {
		assertThat(ELSEWHERE).allSatisfy((pattern) -> assertThat(page.text()).doesNotContainPattern(pattern));
	}

	static List<Page> pages() {
		return Documentation.pages();
	}

	@Test
	void everyPageIsReachedFromTheReadme() {
		Set<Path> reached = new LinkedHashSet<>();
		Deque<Page> next = new ArrayDeque<>(List.of(Documentation.README));
		while (!next.isEmpty()) {
			Page page = next.remove();
			if (reached.add(page.path())) {
				page.links()
					.stream()
					.filter((link) -> !link.startsWith("https://"))
					.map(page::resolve)
					.filter((file) -> file.toString().endsWith(".md") && Files.exists(file))
					.map(Page::read)
					.forEach(next::add);
			}
		}
		assertThat(reached).containsAll(Documentation.pages().stream().map(Page::path).toList());
	}

	@Test
	void pagesForContributorsLeadSomewhere() {
		for (String file : List.of("CONTRIBUTING.md", "SECURITY.md")) {
			everyLinkLeadsSomewhere(Page.read(Documentation.ROOT.resolve(".github").resolve(file)));
		}
	}

}
