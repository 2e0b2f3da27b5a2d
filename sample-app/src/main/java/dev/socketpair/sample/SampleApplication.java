package dev.socketpair.sample;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

import dev.socketpair.PairedSocket;
import dev.socketpair.SocketPairs;

import org.springframework.boot.DefaultApplicationArguments;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * Streams a file from one thread to another through a socket pair, reports on it, and
 * goes on serving the meters, and texts that it has its workers look at.
 * <p>
 * The command line has the path of the file, or nothing for the default one. With
 * {@code --once} the application ends after the report, with the status 0 only if the
 * file arrived unchanged. Where another process has given it a socket it is a worker
 * itself, and serves that process until it closes the other end.
 */
@SpringBootApplication
public class SampleApplication {

	static final String ONCE = "once";

	/**
	 * Start the application.
	 * @param args the command line
	 * @throws IOException if the application is a worker and its socket fails, or the
	 * files that it needs cannot be made
	 */
	public static void main(String[] args) throws IOException {
		Optional<PairedSocket> parent = SocketPairs.inherited();
		if (parent.isPresent()) {
			// Without a context: it starts sooner, and what application.yaml says of
			// ports and workers is for the parent.
			new JavaWorker().serve(parent.get());
			return;
		}
		SpringApplication application = new SpringApplication(SampleApplication.class);
		if (new DefaultApplicationArguments(args).containsOption(ONCE)) {
			application.setWebApplicationType(WebApplicationType.NONE);
			// No request could reach it
			application.setDefaultProperties(Map.of("socketpair.processes.java-worker.auto-start", false));
			System.exit(SpringApplication.exit(application.run(args)));
		}
		application.setDefaultProperties(
				Map.of("sample.main-class", mainClass(), "sample.scripts", Scripts.directory().toString()));
		application.run(args);
	}

	/**
	 * Return what starts this application again on the same class path: in the executable
	 * jar, which has jars inside, that is the launcher.
	 */
	private static String mainClass() {
		boolean onClassPath = SampleApplication.class.getClassLoader() == ClassLoader.getSystemClassLoader();
		return onClassPath ? SampleApplication.class.getName() : "org.springframework.boot.loader.launch.JarLauncher";
	}

}
