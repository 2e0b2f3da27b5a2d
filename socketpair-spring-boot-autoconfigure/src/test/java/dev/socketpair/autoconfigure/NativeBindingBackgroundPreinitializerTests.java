package dev.socketpair.autoconfigure;

import java.util.List;
import java.util.stream.Collectors;

import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.testsupport.ChildJvm;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.support.SpringFactoriesLoader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link NativeBindingBackgroundPreinitializer}.
 */
class NativeBindingBackgroundPreinitializerTests {

	@Test
	void springBootFindsIt() {
		assertThat(SpringFactoriesLoader.forDefaultResourceLocation().load(BackgroundPreinitializer.class))
			.hasAtLeastOneElementOfType(NativeBindingBackgroundPreinitializer.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "--socketpair.native-binding=JNA", "--socketpair.enabled=false" })
	void bindingThatTheApplicationDoesNotWantIsNotLoaded(String argument) {
		assertThat(start(argument)).doesNotContain("ForeignLibc").endsWith("started\n");
	}

	@Test
	@Tag("java21")
	void bindingIsLoadedForOtherApplications() {
		Assumptions.assumeTrue(Runtime.version().feature() >= 22);
		assertThat(start("--spring.main.banner-mode=off")).contains("ForeignLibc").endsWith("started\n");
	}

	/** The classes of the library that are loaded, and what the application says. */
	private static String start(String argument) {
		ChildJvm child = ChildJvm.run(ChildJvm.commandWithAllJars(List.of("-Xlog:class+load:stdout:tags",
				"-Dsocketpair.native-binding=auto", "-XX:ActiveProcessorCount=2"), Starting.class, argument));
		assertThat(child.status()).isZero();
		return child.output()
			.lines()
			.filter((line) -> line.contains("dev.socketpair.libc.") || line.equals("started"))
			.collect(Collectors.joining("\n", "", "\n"));
	}

	@Test
	void factoryIsMadeAfterItWhateverItFound() throws Exception {
		assertThatNoException().isThrownBy(new NativeBindingBackgroundPreinitializer()::preinitialize);
		try (SocketPairFactory factory = SocketPairs.factory(); SocketPair pair = factory.create()) {
			assertThat(pair.first().isOpen()).isTrue();
		}
	}

	/** An application that makes no pair. */
	@Configuration(proxyBeanMethods = false)
	public static class Starting {

		/**
		 * Run it.
		 * @param arguments of the application
		 */
		public static void main(String[] arguments) {
			new SpringApplicationBuilder(Starting.class).web(WebApplicationType.NONE)
				.bannerMode(Banner.Mode.OFF)
				.run(arguments)
				.close();
			System.out.println("started");
		}

	}

}
