package dev.socketpair.process;

import java.time.Duration;
import java.util.stream.IntStream;

import dev.socketpair.process.RestartPolicy.When;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Delays and limits.
 */
class RestartPolicyTests {

	private static long[] delays(RestartPolicy policy, int count) {
		return IntStream.rangeClosed(1, count).mapToLong((restart) -> policy.delay(restart).toMillis()).toArray();
	}

	private static RestartPolicy policy(String initial, double multiplier, String max) {
		return new RestartPolicy(When.ON_FAILURE, Duration.parse(initial), multiplier, Duration.parse(max), 10);
	}

	@Test
	void delaysDoubleUpToTheMaximum() {
		assertThat(delays(RestartPolicy.onFailure(), 10)).containsExactly(200, 400, 800, 1600, 3200, 6400, 12800, 25600,
				30000, 30000);
	}

	@Test
	void delaysGrowByTheMultiplier() {
		assertThat(delays(policy("PT1S", 1.5, "PT4S"), 5)).containsExactly(1000, 1500, 2250, 3375, 4000);
		assertThat(delays(policy("PT1S", 1, "PT4S"), 3)).containsExactly(1000, 1000, 1000);
		assertThat(delays(policy("PT0S", 2, "PT4S"), 3)).containsExactly(0, 0, 0);
		assertThat(delays(policy("PT0S", 1, "PT0S"), 3)).containsExactly(0, 0, 0);
	}

	@Test
	void delayOfALateRestartIsTheMaximum() {
		assertThat(RestartPolicy.always().delay(Integer.MAX_VALUE)).isEqualTo(Duration.ofSeconds(30));
		assertThat(policy("PT0S", 2, "PT4S").delay(Integer.MAX_VALUE)).isZero();
		assertThat(policy("PT1S", Double.MAX_VALUE, "P3650000D").delay(3)).isEqualTo(Duration.ofDays(3650000));
	}

	@Test
	void rowEndsAfterTheMaximumDelayAndASecondAtLeast() {
		assertThat(RestartPolicy.always().stableTime()).isEqualTo(Duration.ofSeconds(30));
		assertThat(policy("PT0S", 1, "PT0S").stableTime()).isEqualTo(Duration.ofSeconds(1));
	}

	@ParameterizedTest
	@CsvSource({ "NEVER, false, false", "ON_FAILURE, false, true", "ALWAYS, true, true" })
	void policyAppliesToStatus(When when, boolean success, boolean failure) {
		RestartPolicy policy = new RestartPolicy(when, Duration.ZERO, 1, Duration.ZERO, 1);
		assertThat(policy.appliesTo(new ExitStatus(0))).isEqualTo(success);
		assertThat(policy.appliesTo(new ExitStatus(1))).isEqualTo(failure);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~',
			value = { "PT-1S|2|PT1S|1|'initialDelay' must be zero or more, but is PT-1S",
					"PT1S|0.9|PT1S|1|'multiplier' must be 1 or more, but is 0.9",
					"PT1S|NaN|PT1S|1|'multiplier' must be 1 or more, but is NaN",
					"PT1S|Infinity|PT1S|1|'multiplier' must be 1 or more, but is Infinity",
					"PT2S|2|PT1S|1|'maxDelay' must not be less than 'initialDelay' (PT2S), but is PT1S",
					"PT1S|2|PT1S|0|'maxRestarts' must be 1 or more, but is 0" })
	void valueOutOfRangeIsNamed(String initial, double multiplier, String max, int restarts, String message) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new RestartPolicy(When.ALWAYS, Duration.parse(initial), multiplier, Duration.parse(max),
					restarts))
			.withMessageStartingWith(message);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, -1 })
	void restartsAreCountedFromOne(int restart) {
		assertThatIllegalArgumentException().isThrownBy(() -> RestartPolicy.always().delay(restart));
	}

}
