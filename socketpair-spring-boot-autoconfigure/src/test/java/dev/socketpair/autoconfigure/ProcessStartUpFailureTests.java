package dev.socketpair.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.socketpair.autoconfigure.process.SocketPairProcessAutoConfiguration;
import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessState;
import dev.socketpair.testsupport.NothingLeaks;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what an application prints that cannot start because of its child processes.
 */
@NothingLeaks
@ExtendWith(OutputCaptureExtension.class)
class ProcessStartUpFailureTests {

	private static final String WORKER = "socketpair.processes.worker.";

	@TempDir
	private Path directory;

	@AfterEach
	void nothingIsLeftRunning() {
		assertThat(ProcessHandle.current().children()).isEmpty();
	}

	@Test
	void commandThatIsNotFoundIsAnsweredWithThePath(CapturedOutput output) {
		FailedStart failure = start(output, "command=no-such-command");
		assertThat(failure.description()).startsWith("Process 'worker' (no-such-command) cannot be started: ")
			.contains("no command 'no-such-command' on the child's PATH (" + System.getenv("PATH") + ")");
		assertThat(failure.action())
			.contains("Install the command", "'socketpair.processes.worker.command'",
					"'socketpair.processes.worker.environment'")
			.doesNotContain("list");
	}

	@Test
	void commandThatIsALineIsAnsweredWithTheList(CapturedOutput output) {
		FailedStart failure = start(output, "command=python3  worker.py -v");
		assertThat(failure.action()).endsWith("Each argument is an element of a list: [python3, worker.py, -v].");
	}

	@Test
	void interpreterThatIsNotFoundIsAnsweredLikeACommand(CapturedOutput output) throws IOException {
		Path script = script("#!/no/such/interpreter\n");
		FailedStart failure = start(output, "command=" + script);
		assertThat(failure.description()).contains("first line of a script");
		assertThat(failure.action()).contains("Install the command", "'socketpair.processes.worker.command'");
	}

	@Test
	void commandThatIsNotExecutableIsAnsweredWithTheRemedy(CapturedOutput output) throws IOException {
		Path file = Files.writeString(this.directory.resolve("worker.py"), "print(1)");
		FailedStart failure = start(output, "command=" + file);
		assertThat(failure.description()).contains("'worker'", "'" + file + "' is not executable");
		assertThat(failure.action()).contains("'chmod +x'", "'socketpair.processes.worker.command'");
	}

	@Test
	void directoryThatIsMissingIsAnsweredWithItsPath(CapturedOutput output) {
		Path missing = this.directory.resolve("missing");
		FailedStart failure = start(output, "command=cat", "directory=" + missing);
		assertThat(failure.description()).contains("'worker'",
				"working directory '%s' does not exist".formatted(missing));
		assertThat(failure.action())
			.isEqualTo("Create the directory, or choose another ('socketpair.processes.worker.directory').");
	}

	@Test
	void childThatExitsAtOnceIsAnsweredWithItsLastWords(CapturedOutput output) {
		FailedStart failure = start(output, "command=sh,-c,echo no module named pillow >&2; exit 3");
		assertThat(failure.description()).contains("'worker'", "sh with 2 arguments", "exited with 3",
				"standard error ends with: no module named pillow");
		assertThat(failure.action()).contains("by hand", "SOCKETPAIR_FD", "'socketpair.processes.worker.attach'");
	}

	@Test
	void childThatIsKilledAtOnceIsAnsweredWithTheSignal(CapturedOutput output) {
		FailedStart failure = start(output, "command=sh,-c,kill -9 $$");
		assertThat(failure.description()).contains("exited with 137 (SIGKILL)");
	}

	@Test
	void failureOfOneProcessStopsTheOthers(CapturedOutput output) {
		FailedStart failure = start(output, "command=sh,-c,sleep 0.1; exit 3", "../running.command=sleep,600",
				"../running.stop-timeout=0");
		assertThat(failure.description()).contains("'worker'").doesNotContain("'running'");
	}

	@Test
	void severalFailuresAreAnsweredTogether(CapturedOutput output) {
		FailedStart failure = start(output, "command=no-such-command", "../other.command=sh,-c,exit 7");
		assertThat(failure.description()).contains("Process 'worker' (no-such-command) cannot be started",
				"Process 'other' (sh with 2 arguments) cannot be started: it exited with 7");
	}

	@Test
	void restartsThatAreExhaustedAreAnsweredWithTheProperties(CapturedOutput output) {
		FailedStart failure = FailedStart.of(output, RunningApplication.class,
				arguments("command=sh,-c,echo broken >&2; exit 4", "settle-time=0", "restart.max-restarts=2",
						"restart.initial-delay=1ms"));
		assertThat(failure.description()).contains("'worker'", "exited with 4", "too many restarts", "broken");
		assertThat(failure.action()).contains("Mend what makes the command end",
				"'socketpair.processes.worker.restart.max-restarts'", "'socketpair.processes.worker.restart.max-delay'",
				"SocketPairProcess.start()");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', value = {
			"flgs: nonblock | Unknown property 'socketpair.flgs' | did you mean 'socketpair.flags'?",
			"read-timeout: { x: 5s } | Unknown property 'socketpair.read-timeout.x' | did you mean 'socketpair.read-timeout'?",
			"pairs: { control: { type: dgram, read-timout: 5s } } | Unknown property 'socketpair.pairs.control.read-timout' | did you mean 'socketpair.pairs.control.read-timeout'?",
			"pairs: { control: { type: dgram, nonsense: 5s } } | Unknown property 'socketpair.pairs.control.nonsense' | Below 'socketpair.pairs.control' there can be 'domain'",
			"pairs: [ { type: dgram } ] | The name '0' in the configuration property 'socketpair.pairs[0].type' | it is the index of a list",
			"pairs: { my pair: { type: dgram } } | The name 'my pair' | it has a character that is dropped",
			"processes: { w: { command: cat, framming: line } } | Unknown property 'socketpair.processes.w.framming' | did you mean 'socketpair.processes.w.framing'?",
			"processes: { w: { command: cat, restart.polcy: never } } | Unknown property 'socketpair.processes.w.restart.polcy' | did you mean 'socketpair.processes.w.restart.policy'?",
			"processes: { w: { comand: cat } } | Unknown property 'socketpair.processes.w.comand' | did you mean 'socketpair.processes.w.command'?",
			"processes: [ { command: cat } ] | The name '0' | as 'worker' in 'socketpair.processes.worker'",
			"processes: { my worker: { command: cat } } | The name 'my worker' | Use a name of letters" })
	void whatWouldSilentlyBeSomethingElseIsRefused(String yaml, String description, String help, CapturedOutput output)
			throws IOException {
		FailedStart failure = startWithYaml("socketpair:\n  " + yaml, output);
		assertThat(failure.description()).startsWith(description).contains("application.yaml] - ");
		assertThat(failure.toString()).contains(help);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			value = { "--socketpair.processes.worker.type=rdm | 'socketpair.processes.worker.type'",
					"--socketpair.type=rdm | 'socketpair.processes.worker.type'",
					"--socketpair.protocol=6 | 'socketpair.protocol'" })
	void pairThatTheKernelRefusesIsAnsweredWithTheProperty(String argument, String property, CapturedOutput output) {
		FailedStart failure = FailedStart.of(output, Application.class, "--socketpair.processes.worker.command=cat",
				argument);
		assertThat(failure.description())
			.startsWith("The socket pair of the process 'worker' could not be made: socketpair failed with E");
		assertThat(failure.action()).contains("(" + property + ")");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', value = { "descriptor: 2 | '2' | from 3 to 9",
			"descriptor: 10 | '10' | from 3 to 9", "descriptor: three | 'three' | a whole number",
			"attach: fd | 'fd' | one of 'stdio', 'descriptor'",
			"framing: lines | 'lines' | one of 'none', 'length-prefix', 'line', 'content-length'",
			"framing: none | 'none' | type 'stream', which has no messages of its own: use 'length-prefix', 'line'",
			"type: strem | 'strem' | seqpacket", "stdout: file | 'file' | one of 'log', 'inherit', 'discard'",
			"stderr: file | 'file' | one of 'log', 'inherit', 'discard'", "stop-timeout: -1s | '-1s' | zero or more",
			"stop-timeout: soon | 'soon' | a duration", "settle-time: -1 | '-1' | zero or more",
			"send-buffer-size: 0 | '0' | between 1B", "read-timeout: -5s | '-5s' | positive duration",
			"write-timeout: -5s | '-5s' | positive duration", "max-message-size: 0 | '0' | between 1B and 2147483647B",
			"max-message-size: 2GB | '2GB' | between 1B and 2147483647B",
			"max-message-size: big | 'big' | a size such as", "auto-start: maybe | 'maybe' | 'true' or 'false'",
			"inherit-environment: maybe | 'maybe' | 'true' or 'false'",
			"restart.policy: sometimes | 'sometimes' | one of 'never', 'on-failure', 'always'",
			"restart.initial-delay: -1s | '-1s' | zero or more", "restart.multiplier: 0.5 | '0.5' | 1 or more",
			"restart.multiplier: NaN | 'NaN' | 1 or more", "restart.multiplier: twice | 'twice' | a number",
			"restart.max-delay: 10ms | '10ms' | must not be less than 'initial-delay' (PT0.2S)",
			"restart.max-restarts: 0 | '0' | for no restarts choose the policy 'never'",
			"restart: always | 'always' | 'socketpair.processes.worker.restart.policy'",
			"environment: x | 'x' | names with values",
			"environment: { \"[a b]\": x } | 'a b' | letters, digits and '_'",
			"environment: { a.b: x } | a.b | letters, digits and '_'",
			"environment: { \"[a=b]\": x } | 'a=b' | must not be empty or have '='",
			"announce: \"A,B=C\" | 'B=C' | must not be empty or have '='",
			"announce: [ A, B-C ] | 'B-C' | letters, digits and '_'",
			"remove-environment: [ A, B=C ] | 'B=C' | must not be empty or have '='" })
	void badValueIsAnsweredWithTheFullPropertyAndWhatIsRight(String property, String value, String expected,
			CapturedOutput output) throws IOException {
		FailedStart failure = startWithYaml("""
				# The origin is line 4
				socketpair.processes.worker:
				  command: [ cat ]
				  %s
				""".formatted(property), output);
		assertThat(failure.description()).contains(WORKER + property.replaceFirst(":.*", ""), "application.yaml] - 4:");
		assertThat(failure.toString()).contains(value, expected);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "seqpacket | line | use 'none', or the type 'stream'",
			"dgram | length-prefix | use 'none', or the type 'stream'", "stream | none | or the type 'seqpacket'" })
	void framingThatDoesNotSuitTheTypeIsAnsweredWithThoseThatDo(String type, String framing, String expected,
			CapturedOutput output) {
		FailedStart failure = start(output, "command=cat", "type=" + type, "framing=" + framing);
		assertThat(failure.description()).contains(WORKER + "framing", "'" + framing + "'", "commandLineArgs",
				"Does not suit the type '" + type + "'", expected);
	}

	@Test
	void framingThatDoesNotSuitTheDefaultTypeIsRefusedToo(CapturedOutput output) {
		FailedStart failure = start(output, "command=cat", "framing=line", "../../type=seqpacket");
		assertThat(failure.description()).contains(WORKER + "framing", "'seqpacket'");
	}

	@Test
	void processThatDoesNotStartByItselfIsCheckedToo(CapturedOutput output) {
		FailedStart failure = start(output, "command=cat", "auto-start=false", "descriptor=1");
		assertThat(failure.description()).contains(WORKER + "descriptor", "'1'");
	}

	@Test
	void outputOfAChildWithTheSocketThereIsAnsweredWithTheContradiction(CapturedOutput output) {
		FailedStart failure = start(output, "command=cat", "attach=stdio", "stdout=log");
		assertThat(failure.description()).contains(WORKER + "stdout", "'log'", "commandLineArgs",
				"'attach' set to 'stdio'");
	}

	@Test
	void defaultThatAnotherValueContradictsIsNamed(CapturedOutput output) {
		FailedStart failure = start(output, "command=cat", "restart.initial-delay=1m");
		assertThat(failure.description()).contains(WORKER + "restart.max-delay", "'PT30S'",
				"must not be less than 'initial-delay' (PT1M)");
		assertThat(failure.action()).contains("'" + WORKER + "restart.max-delay'");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', value = {
			"processes: { worker: { command: [ '' ] } } | socketpair.processes.worker.command | must start with the command",
			"processes: { worker: { command: } } | socketpair.processes.worker.command | has no command",
			"processes: { worker: } | socketpair.processes.worker | 'socketpair.processes.worker.command'",
			"processes: { worker: { comand: cat } } | socketpair.processes.worker.comand | 'socketpair.processes.worker.command'",
			"processes: { worker: cat } | socketpair.processes.worker | 'cat' is not a process",
			"processes: { worker: 3 } | socketpair.processes.worker | '3' is not a process",
			"processes: [ cat ] | socketpair.processes[0] | 'cat' is not a process",
			"processes: cat | socketpair.processes | 'socketpair.processes.worker.command'",
			"processes: { my.worker: { command: cat } } | socketpair.processes.my.worker.command | 'socketpair.processes[my.worker].command'",
			"processes: { \"[my.worker]\": { command: cat, descriptor: 1 } } | socketpair.processes[my.worker].descriptor | from 3 to 9",
			"processes: { \"[a b]\": { command: cat } } | socketpair.processes[a b].command | letters and digits",
			"processes-in-child: perhaps | socketpair.processes-in-child | 'true' or 'false'" })
	void whatIsNoProcessIsAnsweredWithWhatIs(String yaml, String property, String expected, CapturedOutput output)
			throws IOException {
		FailedStart failure = startWithYaml("""
				# The origin is line 3
				socketpair:
				  %s
				""".formatted(yaml), output);
		assertThat(failure.description()).contains(property, "application.yaml] - 3:");
		assertThat(failure.toString()).contains(expected);
	}

	@Test
	void argumentThatMayBeSecretIsNotInTheAnswer(CapturedOutput output) {
		FailedStart failure = start(output, "command[0]=cat", "command[1]=s3cret\0");
		assertThat(failure.description()).contains(WORKER + "command", "'[cat, ******]'", "NUL");
		assertThat(failure.toString()).doesNotContain("s3cret");
	}

	@ParameterizedTest
	@ValueSource(strings = { "false", "true" })
	void nameOfAPairAndAProcessIsAnsweredWithBoth(String overriding, CapturedOutput output) {
		FailedStart failure = start(output, "command=cat", "../../pairs.worker.type=dgram",
				"../../../spring.main.allow-bean-definition-overriding=" + overriding);
		assertThat(failure.description()).contains("'worker'", "'socketpair.processes.worker.command'",
				"commandLineArgs", "is taken by the bean", "the configuration property 'socketpair.pairs.worker'");
		assertThat(failure.action()).contains("another name");
	}

	@ParameterizedTest
	@CsvSource({ "taken, ProcessStartUpFailureTests$RunningApplication",
			"socketPairRegistry, /SocketPairAutoConfiguration.class]" })
	void nameOfAnotherBeanIsAnsweredWithTheBean(String name, String place, CapturedOutput output) {
		FailedStart failure = FailedStart.of(output, RunningApplication.class,
				"--socketpair.processes.%s.command=cat".formatted(name));
		assertThat(failure.description()).contains("'" + name + "'", "is taken by the bean", place);
		assertThat(failure.action()).contains("another name");
	}

	private static FailedStart start(CapturedOutput output, String... properties) {
		return FailedStart.of(output, Application.class, arguments(properties));
	}

	/** As of a path: what begins with dots is above the properties of the worker. */
	private static String[] arguments(String... properties) {
		List<String> arguments = new ArrayList<>();
		Map<String, String> parents = Map.of("../../../", "", "../../", "socketpair.", "../", "socketpair.processes.");
		for (String property : properties) {
			String up = property.replaceFirst("^((\\.\\./)*).*", "$1");
			arguments.add("--" + parents.getOrDefault(up, WORKER) + property.substring(up.length()));
		}
		return arguments.toArray(String[]::new);
	}

	private FailedStart startWithYaml(String yaml, CapturedOutput output) throws IOException {
		Files.writeString(this.directory.resolve("application.yaml"), yaml);
		return FailedStart.of(output, Application.class, "--spring.config.location=" + this.directory.toUri());
	}

	private Path script(String text) throws IOException {
		Path script = Files.writeString(this.directory.resolve("script"), text);
		assertThat(script.toFile().setExecutable(true)).isTrue();
		return script;
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SocketPairAutoConfiguration.class, SocketPairProcessAutoConfiguration.class })
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SocketPairAutoConfiguration.class, SocketPairProcessAutoConfiguration.class })
	static class RunningApplication {

		@Bean
		CommandLineRunner taken(SocketPairProcess worker) {
			return (arguments) -> {
				Awaitility.await().until(() -> worker.state() == SocketPairProcessState.GAVE_UP);
				worker.messages().receive();
			};
		}

	}

}
