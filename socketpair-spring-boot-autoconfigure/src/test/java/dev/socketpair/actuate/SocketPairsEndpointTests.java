package dev.socketpair.actuate;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketType;
import dev.socketpair.autoconfigure.SocketPairRegistry;
import dev.socketpair.process.SocketPairProcess;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.Banner;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.BodyContentSpec;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The endpoint and the health contributor of an application, as HTTP has them.
 */
class SocketPairsEndpointTests {

	private ConfigurableApplicationContext context;

	private RestTestClient client;

	@BeforeEach
	void start() {
		start("--socketpair.enabled=true");
	}

	@AfterEach
	void stop() {
		this.context.close();
		assertThat(ProcessHandle.current().children()).isEmpty();
	}

	private void start(String argument) {
		this.context = new SpringApplicationBuilder(Application.class).bannerMode(Banner.Mode.OFF)
			.registerShutdownHook(false)
			.run("--server.port=0", "--logging.level.root=off", "--management.endpoints.web.exposure.include=*",
					"--management.endpoint.health.show-details=always", "--socketpair.pairs.control.type=seqpacket",
					"--socketpair.pairs.control.flags=nonblock", "--socketpair.processes.echo.command[0]=sh",
					"--socketpair.processes.echo.command[1]=-c",
					"--socketpair.processes.echo.command[2]=exec cat # s3cret",
					"--socketpair.processes.echo.attach=stdio", "--socketpair.processes.echo.environment.TOKEN=t0ken",
					"--socketpair.processes.echo.restart.policy=never", "--socketpair.processes.idle.command=cat",
					"--socketpair.processes.idle.auto-start=false", argument);
		String port = this.context.getEnvironment().getProperty("local.server.port");
		this.client = RestTestClient.bindToServer().baseUrl("http://localhost:" + port).build();
	}

	@Test
	void allOpenPairsAreShown() throws Exception {
		SocketPairFactory factory = this.context.getBean(SocketPairFactory.class);
		SocketPair pair = factory.create(SocketPairOptions.builder().name("own").type(SocketType.DGRAM).build());
		pair.first().write(ByteBuffer.allocate(5));
		pair.second().read(ByteBuffer.allocate(5));
		pair.first().write(ByteBuffer.allocate(3));
		get("/actuator/socketpairs").jsonPath("$.pairs[*].name")
			.value(Object.class,
					(names) -> assertThat(names).asString().contains("control", "echo", "own").doesNotContain("idle"))
			.jsonPath("$.pairs[?(@.name=='own')].binding")
			.isEqualTo(factory.nativeBinding())
			.jsonPath("$.pairs[?(@.name=='own')].domain")
			.isEqualTo("unix")
			.jsonPath("$.pairs[?(@.name=='own')].type")
			.isEqualTo("dgram")
			.jsonPath("$.pairs[?(@.name=='own')].first.sent")
			.isEqualTo(8)
			.jsonPath("$.pairs[?(@.name=='own')].first.queued")
			.isEqualTo(3)
			.jsonPath("$.pairs[?(@.name=='own')].first.descriptor")
			.isEqualTo(pair.first().descriptor())
			.jsonPath("$.pairs[?(@.name=='own')].second.received")
			.isEqualTo(5)
			.jsonPath("$.pairs[?(@.name=='own')].second.queued")
			.isEqualTo(0)
			.jsonPath("$.descriptors.used")
			.value(Integer.class, (used) -> assertThat(used).isGreaterThan(4))
			.jsonPath("$.descriptors.limit")
			.value(Integer.class, (limit) -> assertThat(limit).isGreaterThan(4));
	}

	@Test
	void pairIsShownByName() throws Exception {
		SocketPair control = this.context.getBean(SocketPairRegistry.class).pair("control");
		control.second().write(ByteBuffer.allocate(7));
		control.second().close();
		get("/actuator/socketpairs/control").jsonPath("$.name")
			.isEqualTo("control")
			.jsonPath("$.pairs.length()")
			.isEqualTo(1)
			.jsonPath("$.pairs[0].type")
			.isEqualTo("seqpacket")
			.jsonPath("$.pairs[0].flags")
			.isEqualTo(List.of("nonblock", "cloexec"))
			.jsonPath("$.pairs[0].age")
			.value(String.class, (age) -> assertThat(Duration.parse(age)).isPositive())
			.jsonPath("$.pairs[0].second.open")
			.isEqualTo(false)
			.jsonPath("$.pairs[0].second.descriptor")
			.doesNotExist()
			.jsonPath("$.pairs[0].second.queued")
			.isEqualTo(7)
			.jsonPath("$.pairs[0].first.queued")
			.isEqualTo(0)
			.jsonPath("$.process")
			.doesNotExist();
	}

	@Test
	void whatAChildDoesNotReadIsShown() throws Exception {
		SocketPairProcess echo = this.context.getBean("echo", SocketPairProcess.class);
		new ProcessBuilder("kill", "-STOP", Long.toString(echo.pid())).start().waitFor();
		echo.socket().write(ByteBuffer.allocate(1000));
		get("/actuator/socketpairs/echo").jsonPath("$.pairs[0].first.queued")
			.value(Integer.class, (queued) -> assertThat(queued).isGreaterThanOrEqualTo(1000))
			.jsonPath("$.pairs[1].second.queued")
			.isEqualTo(0);
		new ProcessBuilder("kill", "-CONT", Long.toString(echo.pid())).start().waitFor();
		Awaitility.await()
			.untilAsserted(() -> get("/actuator/socketpairs/echo").jsonPath("$.pairs[0].first.queued")
				.isEqualTo(0)
				.jsonPath("$.pairs[1].second.queued")
				.isEqualTo(1000));
	}

	@Test
	void unknownNameIsNotFound() {
		this.client.get().uri("/actuator/socketpairs/nobody").exchange().expectStatus().isNotFound();
		this.context.getBean("control", SocketPair.class);
		this.client.get().uri("/actuator/socketpairs/control").exchange().expectStatus().isOk();
		this.client.get().uri("/actuator/socketpairs/Control").exchange().expectStatus().isNotFound();
	}

	@Test
	void endpointOnlyReads() {
		this.client.delete().uri("/actuator/socketpairs/control").exchange().expectStatus().isEqualTo(405);
		this.client.post().uri("/actuator/socketpairs").exchange().expectStatus().isEqualTo(405);
	}

	@Test
	void processesAreShownAndAKillIsSeen() {
		SocketPairProcess echo = this.context.getBean("echo", SocketPairProcess.class);
		get("/actuator/socketpairs/echo").jsonPath("$.process.state")
			.isEqualTo("RUNNING")
			.jsonPath("$.process.pid")
			.isEqualTo((int) echo.pid())
			.jsonPath("$.process.starts")
			.isEqualTo(1)
			.jsonPath("$.process.restarts")
			.isEqualTo(0)
			.jsonPath("$.process.lastExit")
			.doesNotExist()
			.jsonPath("$.pairs.length()")
			.isEqualTo(2)
			.jsonPath("$.pairs[?(@.first.open == true && @.second.open == false)]")
			.exists();
		get("/actuator/socketpairs/idle").jsonPath("$.process.state")
			.isEqualTo("STOPPED")
			.jsonPath("$.process.pid")
			.doesNotExist();
		assertHealth(200, "UP", "UP", "UNKNOWN");
		ProcessHandle.of(echo.pid()).orElseThrow().destroyForcibly();
		Awaitility.await().until(() -> echo.lastExit() != null && !echo.isAlive());
		get("/actuator/socketpairs").jsonPath("$.processes.echo.state")
			.isEqualTo("STOPPED")
			.jsonPath("$.processes.echo.lastExit")
			.isEqualTo("137 (SIGKILL)")
			.jsonPath("$.processes.echo.exits['137 (SIGKILL)']")
			.isEqualTo(1)
			.jsonPath("$.processes.echo.pid")
			.doesNotExist();
		assertHealth(503, "DOWN", "DOWN", "UNKNOWN");
	}

	private void assertHealth(int http, String status, String echo, String idle) {
		this.client.get()
			.uri("/actuator/health/socketpair")
			.exchange()
			.expectStatus()
			.isEqualTo(http)
			.expectBody()
			.jsonPath("$.status")
			.isEqualTo(status)
			.jsonPath("$.details.processes.echo.status")
			.isEqualTo(echo)
			.jsonPath("$.details.processes.idle.status")
			.isEqualTo(idle)
			.jsonPath("$.details.descriptors.used")
			.exists();
	}

	@Test
	void argumentsAreHidden() {
		get("/actuator/socketpairs").jsonPath("$.processes.echo.command[0]")
			.isEqualTo("sh")
			.jsonPath("$.processes.echo.command[1]")
			.isEqualTo("******")
			.jsonPath("$.processes.echo.command[2]")
			.isEqualTo("******");
		for (String path : List.of("/actuator/socketpairs", "/actuator/socketpairs/echo",
				"/actuator/health/socketpair")) {
			assertThat(text(path)).doesNotContain("s3cret", "t0ken");
		}
	}

	@Test
	void argumentsAreShownToThoseWhoMaySeeValues() {
		this.context.close();
		start("--management.endpoint.socketpairs.show-values=always");
		get("/actuator/socketpairs/echo").jsonPath("$.process.command")
			.isEqualTo(List.of("sh", "-c", "exec cat # s3cret"));
		assertThat(text("/actuator/socketpairs")).contains("s3cret").doesNotContain("t0ken");
		this.context.close();
		start("--management.endpoint.socketpairs.show-values=when-authorized");
		assertThat(text("/actuator/socketpairs")).doesNotContain("s3cret");
		assertThat(text("/actuator/socketpairs/echo")).doesNotContain("s3cret");
	}

	@Test
	void endpointThatIsNotPermittedIsNotThere() {
		this.context.close();
		start("--management.endpoint.socketpairs.access=none");
		this.client.get().uri("/actuator/socketpairs").exchange().expectStatus().isNotFound();
	}

	private BodyContentSpec get(String path) {
		return this.client.get().uri(path).exchange().expectStatus().isOk().expectBody();
	}

	private String text(String path) {
		return this.client.get()
			.uri(path)
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.returnResult()
			.getResponseBody();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
