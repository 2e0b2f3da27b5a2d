package dev.socketpair;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

import dev.socketpair.libc.NativeBinding;
import dev.socketpair.nio.NativeSocketPairFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of the jar and its Java 22 layer.
 */
class LayerPackagedJarTests {

	private static final String LAYER = "dev.socketpair.libc.ForeignLibc";

	private static final String LAYER_ENTRY = "META-INF/versions/22/dev/socketpair/libc/ForeignLibc.class";

	private static final boolean LAYER_WAS_BUILT = Boolean.getBoolean("socketpair.test.java22-layer");

	@BeforeAll
	static void classesComeFromTheJar() throws Exception {
		assertThat(location()).isRegularFile();
	}

	@Test
	void jarIsMultiReleaseWhenTheLayerWasBuilt() throws Exception {
		try (JarFile jar = new JarFile(location().toFile())) {
			assertThat(jar.isMultiRelease()).isEqualTo(LAYER_WAS_BUILT);
			assertThat(jar.getEntry(LAYER_ENTRY) != null).isEqualTo(LAYER_WAS_BUILT);
		}
	}

	@Test
	void layerIsNotInTheBase() throws Exception {
		try (JarFile jar = new JarFile(location().toFile())) {
			assertThat(jar.getEntry("dev/socketpair/libc/ForeignLibc.class")).isNull();
		}
	}

	@Test
	void layerHasNoClassOfTheBase() throws Exception {
		try (JarFile jar = new JarFile(location().toFile())) {
			assertThat(jar.stream().map((entry) -> entry.getName()))
				.filteredOn((name) -> name.startsWith("META-INF/versions/") && name.endsWith(".class"))
				.allSatisfy(
						(name) -> assertThat(jar.getEntry(name.replaceFirst("META-INF/versions/\\d+/", ""))).isNull());
		}
	}

	@Test
	void manifestNamesTheModule() throws Exception {
		try (JarFile jar = new JarFile(location().toFile())) {
			Attributes attributes = jar.getManifest().getMainAttributes();
			assertThat(attributes.getValue("Automatic-Module-Name")).isEqualTo("dev.socketpair");
		}
	}

	@Test
	void jarCarriesTheLicense() throws Exception {
		try (JarFile jar = new JarFile(location().toFile())) {
			assertThat(jar.getEntry("META-INF/LICENSE")).isNotNull();
		}
	}

	@Test
	void layerIsUsedByANewerJavaAndInvisibleToAnOlderOne() throws Exception {
		if (layerIsExpected()) {
			assertThat(Class.forName(LAYER)).isNotNull();
			assertThat(automaticBinding()).isEqualTo("foreign");
		}
		else {
			assertThatExceptionOfType(ClassNotFoundException.class).isThrownBy(() -> Class.forName(LAYER));
			assertThat(automaticBinding()).isEqualTo("jna");
		}
	}

	@Test
	void pairsOfTheLayerThatIsUsedAreConnected() throws IOException {
		try (SocketPairFactory factory = factory(NativeBinding.AUTO); SocketPair pair = factory.create()) {
			pair.first().outputStream().write(42);
			assertThat(pair.second().inputStream().read()).isEqualTo(42);
		}
	}

	private static boolean layerIsExpected() {
		return Runtime.version().feature() >= 22 && Boolean.getBoolean("socketpair.test.java22-layer");
	}

	private static String automaticBinding() {
		try (SocketPairFactory factory = factory(NativeBinding.AUTO)) {
			return factory.nativeBinding();
		}
	}

	private static SocketPairFactory factory(NativeBinding binding) {
		return NativeSocketPairFactory.builder(binding.load())
			.defaults(SocketPairOptions.builder().build())
			.countedNames(Set.of())
			.build();
	}

	private static Path location() throws Exception {
		URI location = SocketPairs.class.getProtectionDomain().getCodeSource().getLocation().toURI();
		return Path.of(location);
	}

}
