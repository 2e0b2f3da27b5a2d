package dev.socketpair.sample;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests for the executable jar with what Maven has processed ahead of time. They run on
 * the JDK that runs Maven and on the newest.
 */
class AotJarTests {

	@TempDir
	private Path directory;

	@Test
	void applicationProcessedAheadOfTimeServes() throws Exception {
		try (SampleProcess application = SampleProcess.start(this.directory, List.of(AotRun.ENABLED),
				AotRun.ARGUMENTS)) {
			AotRun.check(application);
		}
	}

}
