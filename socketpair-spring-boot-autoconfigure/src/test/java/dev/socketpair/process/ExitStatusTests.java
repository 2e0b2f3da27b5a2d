package dev.socketpair.process;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Statuses as the shell shows them.
 */
class ExitStatusTests {

	@ParameterizedTest
	@CsvSource({ "0, 0, ", "1, 1, ", "128, 128, ", "129, 129 (SIGHUP), SIGHUP", "134, 134 (SIGABRT), SIGABRT",
			"137, 137 (SIGKILL), SIGKILL", "139, 139 (SIGSEGV), SIGSEGV", "143, 143 (SIGTERM), SIGTERM",
			"159, 159 (SIGSYS), SIGSYS", "160, 160, ", "255, 255, " })
	void statusShowsTheSignal(int code, String text, String signal) {
		ExitStatus status = new ExitStatus(code);
		assertThat(status).hasToString(text);
		assertThat(status.signal()).isEqualTo(signal);
		assertThat(status.isSuccess()).isEqualTo(code == 0);
	}

}
