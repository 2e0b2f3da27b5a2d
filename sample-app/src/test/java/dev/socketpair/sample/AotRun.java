package dev.socketpair.sample;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A run of the sample application with what was processed ahead of time, and with a pair
 * and a process that were not configured then.
 */
final class AotRun {

	static final String ENABLED = "-Dspring.aot.enabled=true";

	static final String[] ARGUMENTS = { "--server.port=0", "--socketpair.pairs.added.type=dgram",
			"--socketpair.processes.added-cat.command=cat", "--socketpair.processes.added-cat.attach=stdio",
			"--socketpair.processes.added-cat.stop-timeout=1s", "--logging.level.dev.socketpair.sample=info",
			"pom.xml" };

	private AotRun() {
	}

	static void check(SampleProcess application) throws Exception {
		// First: it is no worker, and may be stopped when it is asked like one
		assertThat(application.get("/actuator/socketpairs/added-cat")).contains("\"state\":\"RUNNING\"");
		assertThat(application.get("/workers?text=hello+world"))
			.contains("\"name\":\"java-worker\",\"state\":\"running\"")
			.contains("\"characters\":11");
		assertThat(application.get("/actuator/socketpairs/added")).contains("\"type\":\"dgram\"");
		assertThat(application.get("/actuator/health")).contains("\"UP\"");
		assertThat(application.get("/actuator/prometheus"))
			.containsPattern("socketpair_open_pairs\\{[^}]*pair=\"added\"");
		application.terminate();
		assertThat(application.exitValue()).isEqualTo(143);
		assertThat(application.output()).anyMatch((line) -> line.contains("Starting AOT-processed SampleApplication"));
		assertThat(application.errors()).isEmpty();
	}

}
