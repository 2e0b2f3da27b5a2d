package dev.socketpair.sample;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;

import org.springframework.boot.DefaultApplicationArguments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SourceFile}.
 */
class SourceFileTests {

	@Test
	void pathIsTakenFromTheCommandLine() {
		assertThat(sourceFile("--once", "some/file").path()).isEqualTo(Path.of("some/file"));
	}

	@Test
	void defaultFileExistsAndIsLarge() {
		assertThat(sourceFile().path()).isRegularFile().isReadable();
		assertThat(sourceFile().path().toFile())
			.satisfies((file) -> assertThat(file.length()).isGreaterThan(4_000_000));
	}

	@Test
	void severalPathsAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> sourceFile("a", "b").path())
			.withMessage("One path is enough, but there are [a, b]");
	}

	private static SourceFile sourceFile(String... args) {
		return new SourceFile(new DefaultApplicationArguments(args));
	}

}
