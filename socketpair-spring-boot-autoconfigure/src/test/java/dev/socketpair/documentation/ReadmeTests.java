package dev.socketpair.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the README stays what a reader gets through at once.
 */
class ReadmeTests {

	private static final int LONGEST = 12 * 1024;

	@Test
	void readmeIsShort() throws IOException {
		assertThat(Files.size(Documentation.README.path())).isLessThanOrEqualTo(LONGEST);
	}

	@Test
	void readmeHasTheTwoCommandsAndThePicture() {
		assertThat(Documentation.README.blocks("sh")).contains(
				"mvn -B -ntp -DskipTests package && java -jar sample-app/target/sample-app.jar --once\n",
				"mvn -B -ntp verify\n");
		assertThat(Documentation.README.links()).contains("sample-app/screenshot.png");
	}

	@Test
	void readmeLinksToEveryPageForUsers() {
		List<String> links = Documentation.README.links().stream().map((link) -> link.replaceFirst("#.*", "")).toList();
		assertThat(Documentation.pages()).filteredOn((page) -> page.toString().matches("docs/(?:reference/)?[^/]+"))
			.allSatisfy((page) -> assertThat(links).contains(page.toString()));
	}

}
