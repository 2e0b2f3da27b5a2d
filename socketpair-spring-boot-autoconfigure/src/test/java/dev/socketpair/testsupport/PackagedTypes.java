package dev.socketpair.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import dev.socketpair.SocketPairFactory;

import org.springframework.util.ClassUtils;

/**
 * The types of this library, wherever its classes come from.
 */
public final class PackagedTypes {

	private static final String ROOT = "dev/socketpair";

	private static final String CLASS = ".class";

	private PackagedTypes() {
	}

	/**
	 * Return the types that an application can name.
	 * @param supertype what they are
	 * @return the types
	 */
	public static List<Class<?>> publicOnes(Class<?> supertype) throws IOException {
		return all(supertype).stream().filter((type) -> Modifier.isPublic(type.getModifiers())).toList();
	}

	/**
	 * Return all types, those included that an application cannot name.
	 * @param supertype what they are
	 * @return the types
	 */
	public static List<Class<?>> all(Class<?> supertype) throws IOException {
		try {
			Path location = Path
				.of(SocketPairFactory.class.getProtectionDomain().getCodeSource().getLocation().toURI());
			if (Files.isDirectory(location)) {
				return all(supertype, location);
			}
			try (FileSystem jar = FileSystems.newFileSystem(location)) {
				return all(supertype, jar.getPath("/"));
			}
		}
		catch (URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static List<Class<?>> all(Class<?> supertype, Path root) {
		try (Stream<Path> files = Files.walk(root.resolve(ROOT))) {
			return files.map((file) -> root.relativize(file).toString())
				.filter((name) -> name.endsWith(CLASS) && !name.endsWith("-info.class"))
				.map((name) -> name.substring(0, name.length() - CLASS.length()).replace('/', '.'))
				.<Class<?>>map((name) -> ClassUtils.resolveClassName(name, null))
				.filter(supertype::isAssignableFrom)
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
