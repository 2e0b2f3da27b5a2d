package dev.socketpair;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

import org.springframework.boot.json.JsonParserFactory;

/**
 * The files in the {@code META-INF} of this library, wherever its classes come from.
 *
 * @param properties the properties by name, as the configuration metadata has them
 * @param hints the hinted values of properties by name, with their descriptions
 */
public record PackagedMetadata(Map<String, Map<String, Object>> properties, Map<String, Map<String, String>> hints) {

	/**
	 * Read the generated configuration metadata.
	 * @return the metadata
	 */
	public static PackagedMetadata read() {
		return read("META-INF/spring-configuration-metadata.json");
	}

	/**
	 * Read the properties that can stand below a name.
	 * @param type the type of what has the name
	 * @return the properties by name
	 */
	public Map<String, Map<String, Object>> propertiesOf(Class<?> type) {
		return read("META-INF/spring/configuration-metadata/%s.json".formatted(type.getName())).properties();
	}

	/**
	 * Read the values of the properties that can stand below a name.
	 * @param type the type of what has the name
	 * @return their descriptions by property and value
	 */
	public Map<String, Map<String, String>> hintsOf(Class<?> type) {
		return read("META-INF/spring/configuration-metadata/%s.json".formatted(type.getName())).hints();
	}

	private static PackagedMetadata read(String path) {
		Map<String, Object> json = JsonParserFactory.getJsonParser().parseMap(text(path));
		Map<String, Map<String, Object>> properties = new TreeMap<>();
		for (Map<String, Object> property : list(json, "properties")) {
			properties.put(property.get("name").toString(), property);
		}
		Map<String, Map<String, String>> hints = new TreeMap<>();
		for (Map<String, Object> hint : list(json, "hints")) {
			Map<String, String> values = new LinkedHashMap<>();
			for (Map<String, Object> value : list(hint, "values")) {
				values.put(value.get("value").toString(), String.valueOf(value.get("description")));
			}
			hints.put(hint.get("name").toString(), values);
		}
		return new PackagedMetadata(properties, hints);
	}

	/**
	 * Read a file of properties.
	 * @param path its path
	 * @return the properties
	 * @throws IOException if it cannot be read
	 */
	public Properties propertiesFile(String path) throws IOException {
		Properties properties = new Properties();
		try (InputStream stream = url(path).openStream()) {
			properties.load(stream);
		}
		return properties;
	}

	/**
	 * Read the lines of a file.
	 * @param path its path
	 * @return the lines that are neither empty nor comments
	 */
	public List<String> lines(String path) {
		return text(path).lines()
			.map(String::strip)
			.filter((line) -> !line.isEmpty() && !line.startsWith("#"))
			.toList();
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> list(Map<String, Object> json, String name) {
		return (List<Map<String, Object>>) json.getOrDefault(name, List.of());
	}

	private static String text(String path) {
		try (InputStream stream = url(path).openStream()) {
			return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Other jars have files of the same path. */
	private static URL url(String path) throws IOException {
		String type = SocketPairFactory.class.getName().replace('.', '/') + ".class";
		String location = SocketPairFactory.class.getClassLoader().getResource(type).toString();
		return URI.create(location.substring(0, location.length() - type.length()) + path).toURL();
	}

}
