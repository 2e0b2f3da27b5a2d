package dev.socketpair;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.socketpair.SocketPairStatistics.OpenPair;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@link SocketPairStatistics#openPairs()} tells of bytes that wait.
 */
@NothingLeaks
class OpenPairContractTests {

	private static final int ROUNDS = 2000;

	private SocketPairFactory factory;

	@BeforeEach
	void open() {
		this.factory = SocketPairs.factory();
	}

	@AfterEach
	void close() {
		this.factory.close();
	}

	@ParameterizedTest
	@CsvSource({ "stream, 7", "seqpacket, 7", "dgram, 5" })
	void bytesThatWaitAreThoseThatCanBeReceived(String type, int expected) throws IOException {
		SocketPairOptions options = SocketPairOptions.builder().type(SocketType.of(type)).build();
		try (SocketPair pair = this.factory.create(options)) {
			pair.first().write(ByteBuffer.allocate(5));
			pair.first().write(ByteBuffer.allocate(2));
			OpenPair open = openPair();
			assertThat(open.second().available()).isEqualTo(expected).isEqualTo(pair.second().available());
			assertThat(open.first().available()).isZero();
			pair.second().read(ByteBuffer.allocate(5));
			assertThat(openPair().second().available()).isEqualTo(2);
		}
	}

	@Test
	void pairsOfANameAreFoundAmongOthers() throws IOException {
		SocketPairOptions named = SocketPairOptions.builder().name("control").build();
		try (SocketPair first = this.factory.create(named);
				SocketPair other = this.factory.create();
				SocketPair second = this.factory.create(named)) {
			assertThat(this.factory.statistics().openPairs("control")).extracting((open) -> open.first().descriptor())
				.containsExactlyInAnyOrder(first.first().descriptor(), second.first().descriptor())
				.doesNotContain(other.first().descriptor());
			assertThat(this.factory.statistics().openPairs("other")).isEmpty();
		}
		assertThat(this.factory.statistics().openPairs("control")).isEmpty();
	}

	@Test
	void nothingIsKnownOfAnEndThatIsNotHeldHere() throws IOException {
		try (SocketPair pair = this.factory.create()) {
			pair.second().write(ByteBuffer.allocate(3));
			pair.second().close();
			assertThat(openPair().second().available()).isEqualTo(-1);
			assertThat(openPair().first().available()).isEqualTo(3);
		}
	}

	@Test
	void nothingIsKnownOfTheOtherEndOfAnAdoptedDescriptor() throws IOException {
		int descriptor;
		try (SocketPair pair = this.factory.create()) {
			descriptor = pair.first().release();
			pair.second().write(ByteBuffer.allocate(3));
		}
		try (PairedSocket adopted = this.factory.adopt(descriptor)) {
			assertThat(adopted.isOpen()).isTrue();
			assertThat(openPair().first().available()).isEqualTo(3);
			assertThat(openPair().second().available()).isEqualTo(-1);
		}
	}

	@Test
	void pairsMayBeClosedAndReleasedWhileTheyAreLookedAt() throws Exception {
		AtomicBoolean done = new AtomicBoolean();
		InBackground<Integer> looking = InBackground.call(() -> {
			int looks = 0;
			do {
				for (OpenPair open : this.factory.statistics().openPairs()) {
					// An end that was adopted is a first one.
					assertThat(open.first().available()).isBetween(-1, 1);
					assertThat(open.second().available()).isBetween(-1, 1);
				}
				looks++;
			}
			while (!done.get());
			return looks;
		});
		try {
			for (int i = 0; i < ROUNDS; i++) {
				SocketPair pair = this.factory.create();
				pair.first().write(ByteBuffer.allocate(1));
				if (i % 2 == 0) {
					this.factory.adopt(pair.second().release()).close();
				}
				pair.close();
			}
		}
		finally {
			done.set(true);
		}
		assertThat(looking.get()).isPositive();
		assertThat(this.factory.statistics().openPairs()).isEmpty();
	}

	private OpenPair openPair() {
		assertThat(this.factory.statistics().openPairs()).hasSize(1);
		return this.factory.statistics().openPairs().get(0);
	}

}
