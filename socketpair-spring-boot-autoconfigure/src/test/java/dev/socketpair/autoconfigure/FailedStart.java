package dev.socketpair.autoconfigure;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.system.CapturedOutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What an application that could not start has printed for its user.
 *
 * @param description the text under "Description:"
 * @param action the text under "Action:"
 */
public record FailedStart(String description, String action) {

	private static final Pattern ANALYSIS = Pattern.compile(
			"APPLICATION FAILED TO START\\n\\*+\\n\\nDescription:\\n\\n(.*?)\\n\\nAction:\\n\\n(.*?)\\n*$",
			Pattern.DOTALL);

	/**
	 * Start an application that cannot start.
	 * @param output what this process prints
	 * @param application its class
	 * @param arguments its arguments
	 * @return what it printed
	 */
	public static FailedStart of(CapturedOutput output, Class<?> application, String... arguments) {
		int before = output.getOut().length();
		assertThatException().isThrownBy(() -> application(application).run(arguments).close());
		return in(output.getOut().substring(before));
	}

	/**
	 * Return an application that logs nothing else.
	 * @param source its class
	 * @return an application without a web server
	 */
	public static SpringApplication application(Class<?> source) {
		SpringApplication application = new SpringApplication(source);
		application.setDefaultProperties(
				Map.of("logging.level.root", "off", "logging.level.org.springframework.boot.diagnostics", "error"));
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setBannerMode(Banner.Mode.OFF);
		application.setRegisterShutdownHook(false);
		return application;
	}

	static FailedStart in(String output) {
		Matcher analysis = ANALYSIS.matcher(output);
		assertThat(analysis.find()).as("analysis in <%s>", output).isTrue();
		return new FailedStart(analysis.group(1), analysis.group(2));
	}

	@Override
	public String toString() {
		return this.description + "\n" + this.action;
	}

}
