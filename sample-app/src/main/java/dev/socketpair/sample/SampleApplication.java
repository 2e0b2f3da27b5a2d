package dev.socketpair.sample;

import org.springframework.boot.DefaultApplicationArguments;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * Streams a file from one thread to another through a socket pair, reports on it, and
 * goes on serving the meters.
 * <p>
 * The command line has the path of the file, or nothing for the default one. With
 * {@code --once} the application ends after the report, with the status 0 only if the
 * file arrived unchanged.
 */
@SpringBootApplication
public class SampleApplication {

	static final String ONCE = "once";

	/**
	 * Start the application.
	 * @param args the command line
	 */
	public static void main(String[] args) {
		SpringApplication application = new SpringApplication(SampleApplication.class);
		if (new DefaultApplicationArguments(args).containsOption(ONCE)) {
			application.setWebApplicationType(WebApplicationType.NONE);
			System.exit(SpringApplication.exit(application.run(args)));
		}
		application.run(args);
	}

}
