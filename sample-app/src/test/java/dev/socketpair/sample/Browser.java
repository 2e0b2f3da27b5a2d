package dev.socketpair.sample;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Headless Chromium, without a network but for this machine. Leaves no process, and no
 * file outside its directory.
 */
final class Browser implements AutoCloseable {

	static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

	private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

	/**
	 * Says that it does not know the newest protocol of the developer tools, which is not
	 * used.
	 */
	private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

	private final ChromeDriver driver;

	private final List<ProcessHandle> processes;

	/**
	 * Start the browser.
	 * @param directory an empty directory for what it stores
	 */
	Browser(Path directory) {
		String path = directory.toString();
		ChromeOptions options = new ChromeOptions();
		options.setBinary(CHROMIUM.toFile());
		options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
				"--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
				"--disable-sync", "--disable-breakpad", "--hide-scrollbars", "--lang=en", "--window-size=1280,1000",
				"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost", "--user-data-dir=" + path + "/profile");
		LoggingPreferences logs = new LoggingPreferences();
		logs.enable(LogType.BROWSER, Level.ALL);
		logs.enable(LogType.PERFORMANCE, Level.ALL);
		options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
		// With the path of the driver Selenium does not look for one elsewhere
		ChromeDriverService service = new ChromeDriverService.Builder().usingDriverExecutable(DRIVER.toFile())
			.withEnvironment(Map.of("TMPDIR", path, "HOME", path, "PATH", "/usr/bin:/bin"))
			.build();
		SELENIUM.setLevel(Level.SEVERE);
		List<ProcessHandle> before = descendants();
		this.driver = new ChromeDriver(service, options);
		this.processes = descendants().stream().filter((process) -> !before.contains(process)).toList();
	}

	static void assumeInstalled() {
		Stream.of(CHROMIUM, DRIVER)
			.forEach((command) -> assumeTrue(Files.isExecutable(command),
					() -> command + " is missing: install chromium and chromium-driver"));
	}

	private static List<ProcessHandle> descendants() {
		return ProcessHandle.current().descendants().toList();
	}

	ChromeDriver driver() {
		return this.driver;
	}

	WebElement find(String selector) {
		return this.driver.findElement(By.cssSelector(selector));
	}

	String text(String selector) {
		return find(selector).getText();
	}

	/** Wait for an element whose text matches, and return the text. */
	String await(String selector, String regex) {
		return new WebDriverWait(this.driver, PATIENCE, Duration.ofMillis(50))
			.withMessage(() -> "'%s' to match '%s', but it is '%s'".formatted(selector, regex, text(selector)))
			.until((driver) -> {
				String text = text(selector);
				return text.matches(regex) ? text : null;
			});
	}

	/** Run a script whose result is of this type. */
	<T> T run(Class<T> type, String script) {
		return type.cast(this.driver.executeScript(script));
	}

	<T> List<T> list(Class<T> type, String script) {
		return ((List<?>) this.driver.executeScript(script)).stream().map(type::cast).toList();
	}

	void set(String command, Map<String, Object> parameters) {
		this.driver.executeCdpCommand(command, parameters);
	}

	void prefer(String feature, String value) {
		set("Emulation.setEmulatedMedia", Map.of("features", List.of(Map.of("name", feature, "value", value))));
	}

	void preferNothing() {
		set("Emulation.setEmulatedMedia", Map.of("features", List.of()));
	}

	/** The errors on the console since the last call. */
	List<String> errors() {
		return this.driver.manage()
			.logs()
			.get(LogType.BROWSER)
			.getAll()
			.stream()
			.filter((entry) -> entry.getLevel().intValue() >= Level.WARNING.intValue())
			.map(LogEntry::getMessage)
			.toList();
	}

	/** What the network log tells since the last call. */
	List<String> networkLog() {
		return this.driver.manage()
			.logs()
			.get(LogType.PERFORMANCE)
			.getAll()
			.stream()
			.map(LogEntry::getMessage)
			.toList();
	}

	@Override
	public void close() {
		this.driver.quit();
		Awaitility.await().atMost(PATIENCE).until(() -> this.processes.stream().noneMatch(ProcessHandle::isAlive));
	}

}
