package dev.socketpair.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.UseMainMethod;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Takes the pictures of the live page, {@code screenshot.png} for the README and a dark
 * one in {@code target}. Not one of the tests:
 * {@code mvn -pl sample-app -am test -Dtest=LivePageScreenshot -Dsurefire.failIfNoSpecifiedTests=false}.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, useMainMethod = UseMainMethod.ALWAYS)
@Timeout(300)
class LivePageScreenshot {

	private static final int WIDTH = 1280;

	@TempDir
	private Path directory;

	@LocalServerPort
	private int port;

	private Browser browser;

	@Test
	void take() throws IOException {
		Browser.assumeInstalled();
		try (Browser opened = new Browser(this.directory)) {
			this.browser = opened;
			opened.set("Emulation.setDeviceMetricsOverride",
					Map.of("width", WIDTH, "height", 1000, "deviceScaleFactor", 1, "mobile", false));
			opened.driver().get("http://localhost:" + this.port + "/");
			opened.await("#connection", "live");
			opened.find("#request button").click();
			opened.await("#status", "[1-3] of 3 workers answered.*");
			transfer(15, 1);
			opened.await("#transfer-result", "Done.*");
			transfer(40, 3);
			opened.await("#transfer-result", "Done.*");
			opened.find("#processes li[data-name=python-worker] button").click();
			opened.await("#events li:first-child", "(?s).*python-worker runs again.*");
			transfer(60, 4);
			opened.await("#moved", "6\\d %.*");
			picture(Path.of("screenshot.png"));
			opened.prefer("prefers-color-scheme", "dark");
			picture(Path.of("target", "screenshot-dark.png"));
			opened.await("#transfer-result", "Done.*");
		}
	}

	private void transfer(int times, int atOnce) {
		this.browser.run(Object.class, """
				document.getElementById('times').value = %d;
				document.getElementById('at-once').value = %d;
				document.querySelector('#transfer button').click()""".formatted(times, atOnce));
		this.browser.await("#transfer-result", "Streaming.*");
	}

	/** Down to the transfer. */
	private void picture(Path file) throws IOException {
		Number bottom = this.browser.run(Number.class,
				"return document.querySelector('.columns').getBoundingClientRect().bottom + scrollY + 15");
		Map<String, Object> clip = Map.of("x", 0, "y", 0, "width", WIDTH, "height", bottom, "scale", 1);
		Object picture = this.browser.driver()
			.executeCdpCommand("Page.captureScreenshot", Map.of("captureBeyondViewport", true, "clip", clip))
			.get("data");
		Files.write(file, Base64.getDecoder().decode((String) picture));
		assertThat(Files.size(file)).isLessThan(200_000);
	}

}
