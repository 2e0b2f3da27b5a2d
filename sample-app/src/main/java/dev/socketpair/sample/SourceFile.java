package dev.socketpair.sample;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.system.ApplicationHome;
import org.springframework.stereotype.Component;
import org.springframework.util.Assert;

/**
 * The file to stream: the one on the command line, or one that is there on every machine.
 */
@Component
class SourceFile {

	private final List<String> paths;

	SourceFile(ApplicationArguments arguments) {
		this.paths = arguments.getNonOptionArgs();
	}

	/**
	 * Return the path of the file, which need not exist if it is from the command line.
	 * @throws IllegalArgumentException if the command line has no valid path or several
	 */
	Path path() {
		if (this.paths.size() > 1) {
			throw new IllegalArgumentException("One path is enough, but there are " + this.paths);
		}
		return this.paths.isEmpty() ? defaultPath() : Path.of(this.paths.get(0));
	}

	/** The class library of the running JDK, about 100 MB, or else this application. */
	private static Path defaultPath() {
		Path modules = Path.of(System.getProperty("java.home", ""), "lib", "modules");
		if (Files.isReadable(modules)) {
			return modules;
		}
		File application = new ApplicationHome(SampleApplication.class).getSource();
		Assert.state(application != null, "There is no default file here: say which one to stream");
		return application.toPath();
	}

}
