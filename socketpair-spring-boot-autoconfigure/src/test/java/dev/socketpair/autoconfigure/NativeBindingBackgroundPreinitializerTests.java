package dev.socketpair.autoconfigure;

import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;
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

	@Test
	void factoryIsMadeAfterItWhateverItFound() throws Exception {
		assertThatNoException().isThrownBy(new NativeBindingBackgroundPreinitializer()::preinitialize);
		try (SocketPairFactory factory = SocketPairs.factory(); SocketPair pair = factory.create()) {
			assertThat(pair.first().isOpen()).isTrue();
		}
	}

}
