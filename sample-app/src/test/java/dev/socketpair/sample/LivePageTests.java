package dev.socketpair.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.socketpair.process.SocketPairProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.UseMainMethod;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.util.TestSocketUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the live page in Chromium.
 */
@SpringBootTest(webEnvironment = WebEnvironment.DEFINED_PORT, useMainMethod = UseMainMethod.ALWAYS)
@Timeout(180)
class LivePageTests {

	private static final Pattern REQUEST = Pattern
		.compile("\"method\":\"Network\\.requestWillBeSent\".*?\"request\":\\{.*?\"url\":\"([^\"]*)\"");

	/** Those that take the focus, in the order of the page. */
	private static final List<String> CONTROLS = List.of("Kill java-worker", "Kill python-worker", "Kill node-worker",
			"How often", "Pairs at once", "Start transfer", "What happened", "Text", "Ask the workers");

	private static final String ANSWERED = "[1-3] of 3 workers answered.*\\.";

	/** WCAG 2.2, success criterion 1.4.3: the texts whose contrast is too low. */
	private static final String CONTRASTS = """
			const rgba = (color) => color.match(/[\\d.]+/g).map(Number);
			const luminance = (color) => {
				const [r, g, b] = rgba(color).map((part) => part / 255)
					.map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
				return 0.2126 * r + 0.7152 * g + 0.0722 * b;
			};
			const background = (element) => {
				const color = getComputedStyle(element).backgroundColor;
				return (rgba(color)[3] ?? 1) > 0 ? color : background(element.parentElement);
			};
			const low = [];
			for (const element of document.querySelectorAll('body *')) {
				const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
				if ((own || element.value) && element.checkVisibility({ visibilityProperty: true }) && element.tagName !== 'PROGRESS') {
					const [light, dark] = [getComputedStyle(element).color, background(element)].map(luminance).sort((a, b) => b - a);
					const contrast = (light + 0.05) / (dark + 0.05);
					if (contrast < 4.5) {
						low.push(`${contrast.toFixed(2)} ${element.outerHTML}`);
					}
				}
			}
			return low""";

	/** The port stays the same when the server is started again. */
	private static final int PORT = TestSocketUtils.findAvailableTcpPort();

	@TempDir
	private static Path directory;

	private static Browser browser;

	@Autowired
	private WebServerApplicationContext context;

	@Autowired
	private Map<String, SocketPairProcess> processes;

	@BeforeAll
	static void open() {
		Browser.assumeInstalled();
		browser = new Browser(directory);
	}

	@AfterAll
	static void close() {
		if (browser != null) {
			browser.close();
		}
	}

	@DynamicPropertySource
	static void port(DynamicPropertyRegistry properties) {
		properties.add("server.port", () -> PORT);
	}

	@BeforeEach
	void load() {
		browser.preferNothing();
		browser.driver().get("about:blank");
		browser.errors();
		browser.networkLog();
		browser.driver().get("http://localhost:" + PORT + "/");
		browser.await("#connection", "live");
	}

	@AfterEach
	void nobodyElseIsAsked() {
		assertThat(requests()).isNotEmpty().allMatch((url) -> url.startsWith("http://localhost:" + PORT + "/"));
	}

	@Test
	void pageLoadsWithoutAnError() {
		browser.await("#health", "up");
		browser.await("#sent", ".* [kMG]?B/s");
		assertThat(browser.text("h1")).isEqualTo("Socket pairs, live");
		assertThat(browser.text("#descriptors")).matches("\\d+ of [\\d,]+");
		assertThat(browser.text("#pairs tbody tr:first-child .name")).isEqualTo("java-worker");
		assertThat(browser.errors()).isEmpty();
	}

	@Test
	void transferMovesTheNumbersAndTheBarUntilItsResult() {
		record("progress", "document.getElementById('progress').value");
		record("open", "Number(document.getElementById('open').textContent)");
		record("sent", "document.getElementById('sent').textContent");
		browser.run(Object.class, """
				window.shift = 0;
				new PerformanceObserver((list) => list.getEntries().forEach((entry) => window.shift += entry.value))
					.observe({ type: 'layout-shift' })""");
		String idle = line("sent");
		long pairs = Long.parseLong(browser.text("#open"));
		transfer("6", "2");
		browser.await("#moved", "\\d\\d? %, .*");
		assertThat(browser.find("#transfer button").getDomAttribute("aria-disabled")).isEqualTo("true");
		browser.await("#transfer-result", "Done in .* s\\. What was sent and what arrived agree: SHA-256 [0-9a-f]{8}…");
		browser.await("#sent", "0 B/s");
		List<Double> progress = recorded("progress", Number.class).stream().map(Number::doubleValue).toList();
		assertThat(progress).isSorted().anyMatch((value) -> value > 0 && value < 100).endsWith(100.0);
		assertThat(recorded("open", Number.class)).anyMatch((open) -> open.longValue() > pairs);
		assertThat(recorded("sent", String.class)).anyMatch((rate) -> rate.matches(".* [MG]B/s"));
		assertThat(line("sent")).isNotEqualTo(idle);
		assertThat(browser.run(Number.class, "return window.shift").doubleValue()).as("layout shift").isZero();
		assertThat(browser.text("#moved")).startsWith("100 %, ");
		browser.await("#events li:first-child", "(?s).*Transfer of .*B done in .* s");
		assertThat(browser.errors()).isEmpty();
	}

	@Test
	void badNumberIsRefusedWithOneMessage() {
		String before = browser.text("#moved");
		for (String bad : List.of("0", "1001", "", "3.5", "<b>x</b>")) {
			transfer(bad, "1");
			browser.await("#transfer-error",
					Pattern.quote("'times' must be a whole number from 1 to 1000, but is '%s'".formatted(bad)));
			assertThat(focused()).isEqualTo("How often");
			assertThat(browser.find("#times").getDomAttribute("aria-invalid")).isEqualTo("true");
		}
		transfer("1", "17");
		browser.await("#transfer-error", "'atOnce' must be a whole number from 1 to 16, but is '17'");
		assertThat(focused()).isEqualTo("Pairs at once");
		assertThat(browser.find("#times").getDomAttribute("aria-invalid")).isEqualTo("false");
		assertThat(browser.text("#moved")).isEqualTo(before);
		assertThat(browser.find("#transfer button").getDomAttribute("aria-disabled")).isEqualTo("false");
	}

	@Test
	void workersAnswer() {
		browser.find("#text").clear();
		browser.find("#text").sendKeys("<i>two</i> words");
		browser.find("#request button").click();
		assertThat(browser.await("#status", ANSWERED)).doesNotContain("DIFFER");
		assertThat(browser.text("#replies li:first-child")).startsWith("java-worker")
			.contains("Words\n2", "Characters\n16", "SHA-256\n", "Answered by\nJava ");
		assertThat(browser.errors()).isEmpty();
	}

	@Test
	void killedWorkerShowsItsStatusAndComesBack() {
		SocketPairProcess process = this.processes.get("java-worker");
		long pid = process.pid();
		long restarts = process.restarts();
		String tile = "#processes li[data-name=java-worker] ";
		browser.await(tile + ".pid", Long.toString(pid));
		browser.find(tile + "button").click();
		browser.await("#kill-status", "SIGKILL was sent to java-worker, process " + pid + "\\.");
		browser.await(tile + ".exit", "137 \\(SIGKILL\\)");
		browser.await(tile + ".restarts", Long.toString(restarts + 1));
		browser.await(tile + ".pill", "running");
		browser.await(tile + ".pid", "(?!" + pid + "$)\\d+");
		assertThat(browser.text(tile + ".pid")).isEqualTo(Long.toString(process.pid()));
		browser.await("#events",
				"(?s).*java-worker runs again as process %d\n.*java-worker, process %d, ended with 137 \\(SIGKILL\\).*"
					.formatted(process.pid(), pid));
		browser.await("#health", "up");
	}

	@Test
	void keyboardIsEnough() {
		List<String> names = new ArrayList<>();
		for (int i = 0; i < CONTROLS.size(); i++) {
			press(Keys.TAB);
			names.add(browser.driver().switchTo().activeElement().getAccessibleName());
			assertThat(browser.run(Boolean.class,
					"const style = getComputedStyle(document.activeElement);"
							+ "return style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2"))
				.as("focus on %s is visible", names.get(i))
				.isTrue();
		}
		assertThat(names).isEqualTo(CONTROLS);
		press(Keys.ENTER);
		browser.await("#status", ANSWERED);
		assertThat(focused()).isEqualTo("Ask the workers");
		tabBackTo("Start transfer");
		press(Keys.SPACE);
		browser.await("#transfer-result", "Done in .*");
		assertThat(focused()).isEqualTo("Start transfer");
		long pid = this.processes.get("java-worker").pid();
		tabBackTo("Kill java-worker");
		press(Keys.ENTER);
		browser.await("#events", "(?s).*process %d, ended with 137 \\(SIGKILL\\).*".formatted(pid));
		browser.await("#processes li[data-name=java-worker] .pill", "running");
		assertThat(focused()).isEqualTo("Kill java-worker");
	}

	@Test
	void narrowWindowNeedsNoScrollingToTheSide() {
		browser.set("Emulation.setDeviceMetricsOverride",
				Map.of("width", 360, "height", 740, "deviceScaleFactor", 1, "mobile", false));
		try {
			browser.find("#request button").click();
			browser.await("#status", ANSWERED);
			assertThat(browser.run(Number.class, "return innerWidth").intValue()).isEqualTo(360);
			assertThat(browser.run(Number.class, "return document.documentElement.scrollWidth").intValue())
				.isEqualTo(360);
			assertThat(browser.list(String.class, """
					return [...document.querySelectorAll('body *')]
						.filter((element) => element.getBoundingClientRect().right > innerWidth
							|| element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
						.map((element) => element.outerHTML)""")).isEmpty();
			assertThat(browser.list(String.class,
					"""
							const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
							return [...document.querySelectorAll('#processes li')].filter((tile) => {
								tile.querySelector('.pill').textContent = 'waiting to restart';
								const boxes = [...tile.children].map((child) => child.getBoundingClientRect());
								return boxes.some((box, i) => boxes.slice(i + 1).some((other) => overlap(box, other)));
							}).map((tile) => tile.outerHTML)"""))
				.as("overlap")
				.isEmpty();
		}
		finally {
			browser.set("Emulation.clearDeviceMetricsOverride", Map.of());
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "light", "dark" })
	void textIsReadable(String scheme) {
		browser.prefer("prefers-color-scheme", scheme);
		transfer("0", "1");
		browser.await("#transfer-error", ".+");
		browser.find("#request button").click();
		browser.await("#status", ANSWERED);
		assertThat(browser.list(String.class, CONTRASTS)).as("contrasts under 4.5").isEmpty();
	}

	@Test
	void everythingHasANameAndHeadingsAreInOrder() {
		assertThat(
				browser.list(String.class, "return [...document.querySelectorAll('h1, h2, h3')].map((h) => h.tagName)"))
			.startsWith("H1", "H2", "H2", "H3")
			.containsOnlyOnce("H1");
		assertThat(browser.list(String.class,
				"""
						return [...document.querySelectorAll('[aria-labelledby], [aria-describedby], label[for]')]
							.flatMap((element) => [element.getAttribute('aria-labelledby'), element.getAttribute('aria-describedby'), element.htmlFor])
							.filter((id) => id && !document.getElementById(id))"""))
			.isEmpty();
		assertThat(Stream.of("progress", "#pairs", "#replies", "#chart"))
			.allSatisfy((selector) -> assertThat(browser.find(selector).getAccessibleName()).as(selector).isNotBlank());
		assertThat(browser.find("progress").getAriaRole()).isEqualTo("progressbar");
	}

	@Test
	void nothingIsAnimatedForWhoDoesNotLikeIt() {
		String animations = "return document.getAnimations().length";
		assertThat(browser.run(Number.class, animations).intValue()).isPositive();
		browser.prefer("prefers-reduced-motion", "reduce");
		assertThat(browser.run(Number.class, animations).intValue()).isZero();
	}

	@Test
	void pageSaysThatTheApplicationIsGoneAndComesBackByItself() {
		WebServer server = this.context.getWebServer();
		server.stop();
		try {
			browser.await("#away", "The application does not answer\\. .*");
			assertThat(browser.text("#connection")).isEqualTo("lost");
			browser.find("#request button").click();
			browser.await("#status", "No answers: the application cannot be reached\\.");
			transfer("1", "1");
			browser.await("#transfer-error", "The transfer could not be started\\.");
		}
		finally {
			server.start();
		}
		browser.await("#connection", "live");
		browser.await("#away", "");
		browser.await("#events li:first-child", "(?s).*The application answers again");
		browser.find("#request button").click();
		browser.await("#status", ANSWERED);
	}

	@Test
	void pageMakesNoMarkupOfText() throws IOException {
		try (Stream<Path> files = Files.list(Path.of("src/main/resources/static"))) {
			assertThat(files.filter((file) -> file.toString().endsWith(".js"))).isNotEmpty()
				.allSatisfy((file) -> assertThat(Files.readString(file)).doesNotContain("innerHTML", "outerHTML",
						"insertAdjacentHTML", "document.write", "eval("));
		}
	}

	private static void transfer(String times, String atOnce) {
		type("#times", times);
		type("#at-once", atOnce);
		browser.find("#transfer button").click();
	}

	private static void type(String selector, String text) {
		browser.find(selector).clear();
		browser.find(selector).sendKeys(text);
	}

	private static void press(Keys key) {
		browser.driver().switchTo().activeElement().sendKeys(key);
	}

	private static String focused() {
		return browser.driver().switchTo().activeElement().getAccessibleName();
	}

	private static void tabBackTo(String name) {
		for (int i = 0; i < CONTROLS.size() && !focused().equals(name); i++) {
			browser.driver().switchTo().activeElement().sendKeys(Keys.chord(Keys.SHIFT, Keys.TAB));
		}
		assertThat(focused()).isEqualTo(name);
	}

	private static String line(String series) {
		return browser.find("#throughput .line." + series).getDomAttribute("d");
	}

	/** Have the browser note a value whenever something on the page changes. */
	private static void record(String name, String expression) {
		browser.run(Object.class, """
				const seen = (window.seen ??= {})['%s'] = [];
				new MutationObserver(() => seen.push(%s)).observe(document.querySelector('main'),
					{ subtree: true, childList: true, characterData: true, attributes: true })""".formatted(name,
				expression));
	}

	private static <T> List<T> recorded(String name, Class<T> type) {
		return browser.list(type, "return window.seen['%s']".formatted(name));
	}

	private static List<String> requests() {
		return browser.networkLog()
			.stream()
			.map(REQUEST::matcher)
			.filter(Matcher::find)
			.map((matcher) -> matcher.group(1))
			.toList();
	}

}
