package dev.socketpair.autoconfigure;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;

import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.autoconfigure.actuate.SocketPairsEndpointAutoConfiguration;
import dev.socketpair.autoconfigure.health.SocketPairHealthContributorAutoConfiguration;
import dev.socketpair.autoconfigure.metrics.SocketPairMetricsAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.w3c.dom.NodeList;

import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests of applications that lack what the library can do without. Those that need an
 * application without the classes of a jar, rather than one that is told so, start in a
 * class loader of their own that has all other jars.
 */
@ExtendWith(OutputCaptureExtension.class)
class OptionalDependencyTests {

	private static final String MICROMETER_AND_ACTUATOR = "micrometer-|spring-boot-(actuator|health|micrometer)";

	@Test
	void programThatDependsOnTheLibraryGetsOnlyTheAnnotationsWithIt() throws Exception {
		assertThat(required(Path.of("pom.xml"))).containsExactly("jspecify");
	}

	@Test
	void applicationThatDependsOnTheStarterGetsSpringWithIt() throws Exception {
		assertThat(required(Path.of("..", "socketpair-spring-boot-starter", "pom.xml"))).containsExactlyInAnyOrder(
				"spring-boot-starter", "socketpair-spring-boot-autoconfigure", "junixsocket-core", "jna");
	}

	private static List<String> required(Path pom) throws Exception {
		NodeList dependencies = (NodeList) XPathFactory.newInstance()
			.newXPath()
			.evaluate("/project/dependencies/dependency[not(optional='true' or scope='test')]/artifactId",
					DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile()),
					XPathConstants.NODESET);
		return IntStream.range(0, dependencies.getLength())
			.mapToObj((i) -> dependencies.item(i).getTextContent())
			.toList();
	}

	@Test
	void contextStartsWithoutMicrometerAndActuator() {
		new ApplicationContextRunner().withUserConfiguration(ImportingConfiguration.class)
			.withClassLoader(new FilteredClassLoader("io.micrometer", "org.springframework.boot.micrometer",
					"org.springframework.boot.actuate", "org.springframework.boot.health"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(SocketPairFactory.class)
				.doesNotHaveBean("socketPairMetrics")
				.doesNotHaveBean("socketPairsEndpoint")
				.doesNotHaveBean("socketpairHealthIndicator"));
	}

	@Test
	void pairsAreMadeWithoutTheJarsOfMicrometerAndActuator(CapturedOutput output) throws Exception {
		runWithout(MICROMETER_AND_ACTUATOR, UsingApplication.class);
		assertThat(output).contains("Pair: SocketPair[", "Micrometer: false");
	}

	@Test
	void pairsAreMadeWithTheJarsOfMicrometerAndActuator(CapturedOutput output) throws Exception {
		runWithout("nothing", UsingApplication.class);
		assertThat(output).contains("Pair: SocketPair[", "Micrometer: true");
	}

	@Test
	void healthIsToldWithoutTheJarsOfMicrometerAndWithoutTheEndpoint(CapturedOutput output) throws Exception {
		runWithout("micrometer-|spring-boot-(actuator|micrometer)", UsingApplication.class);
		assertThat(output).contains("Pair: SocketPair[", "Health: true, Actuator: false");
	}

	@Test
	void applicationThatDoesNotUseTheFactoryStartsWithoutJna(CapturedOutput output) throws Exception {
		runWithout("jna-", IdleApplication.class, "--socketpair.native-binding=jna");
		assertThat(output).contains("Idle");
	}

	@Test
	void applicationThatUsesTheFactoryIsToldWhichDependencyItLacks(CapturedOutput output) {
		int before = output.getOut().length();
		catchThrowableOfType(InvocationTargetException.class,
				() -> runWithout("jna-", UsingApplication.class, "--socketpair.native-binding=jna"));
		FailedStart failure = FailedStart.in(output.getOut().substring(before));
		assertThat(failure.description()).isEqualTo("JNA is not on the class path.");
		assertThat(failure.action()).contains("net.java.dev.jna:jna");
	}

	@Test
	void applicationWithProcessesIsToldWhichDependencyItLacks(CapturedOutput output) {
		int before = output.getOut().length();
		catchThrowableOfType(InvocationTargetException.class,
				() -> runWithout("junixsocket-", IdleApplication.class, "--socketpair.processes.echo.command=cat"));
		FailedStart failure = FailedStart.in(output.getOut().substring(before));
		assertThat(failure.description()).startsWith("The process 'echo' could not be started: ")
			.contains("junixsocket-core is missing");
		assertThat(failure.action()).contains("com.kohlschutter.junixsocket:junixsocket-core",
				"socketpair-spring-boot-starter");
		assertThat(ProcessHandle.current().children()).isEmpty();
	}

	@Test
	void applicationWithoutProcessesStartsWithoutJunixsocket(CapturedOutput output) throws Exception {
		runWithout("junixsocket-", UsingApplication.class);
		assertThat(output).contains("Pair: SocketPair[");
	}

	private static void runWithout(String jars, Class<?> application, String... arguments)
			throws ReflectiveOperationException, IOException {
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		try (URLClassLoader classLoader = new URLClassLoader(classPathWithout(jars),
				ClassLoader.getPlatformClassLoader())) {
			thread.setContextClassLoader(classLoader);
			Class.forName(application.getName(), true, classLoader)
				.getMethod("main", String[].class)
				.invoke(null, (Object) arguments);
		}
		finally {
			thread.setContextClassLoader(before);
		}
	}

	private static URL[] classPathWithout(String jars) throws MalformedURLException {
		Pattern excluded = Pattern.compile("(" + jars + ").*\\.jar");
		List<URL> urls = new ArrayList<>();
		for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
			Path path = Path.of(entry);
			if (!excluded.matcher(path.getFileName().toString()).lookingAt()) {
				urls.add(path.toUri().toURL());
			}
		}
		return urls.toArray(URL[]::new);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SocketPairAutoConfiguration.class, SocketPairMetricsAutoConfiguration.class,
			SocketPairsEndpointAutoConfiguration.class, SocketPairHealthContributorAutoConfiguration.class })
	static class ImportingConfiguration {

	}

	/**
	 * An application with all that its class path offers, which makes a pair.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	public static class UsingApplication {

		@Bean
		CommandLineRunner makePair(SocketPairFactory factory, ApplicationContext context) {
			return (arguments) -> {
				try (SocketPair pair = factory.create()) {
					boolean micrometer = ClassUtils.isPresent("io.micrometer.core.instrument.MeterRegistry", null);
					System.out.println("Pair: " + pair + ", Micrometer: " + micrometer);
					System.out.println("Health: " + context.containsBean("socketpairHealthIndicator") + ", Actuator: "
							+ context.containsBean("socketPairsEndpoint"));
				}
			};
		}

		/**
		 * Start the application.
		 * @param arguments the arguments
		 */
		public static void main(String... arguments) {
			FailedStart.application(UsingApplication.class).run(arguments).close();
		}

	}

	/**
	 * An application with all that its class path offers, which makes no pair.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	public static class IdleApplication {

		/**
		 * Start the application.
		 * @param arguments the arguments
		 */
		public static void main(String... arguments) {
			FailedStart.application(IdleApplication.class).run(arguments).close();
			System.out.println("Idle");
		}

	}

}
