package dev.socketpair.sample;

import java.nio.file.Path;
import java.time.Duration;

import dev.socketpair.sample.TransferStatus.State;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.micrometer.metrics.test.autoconfigure.AutoConfigureMetrics;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SampleApplication} over HTTP. It has streamed the file when they
 * start.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, args = "pom.xml")
@AutoConfigureMetrics
class SampleApplicationTests {

	@LocalServerPort
	private int port;

	private RestTestClient client;

	@BeforeEach
	void connect() {
		this.client = RestTestClient.bindToServer().baseUrl("http://localhost:" + this.port).build();
	}

	@Test
	void bytesAreMetered() {
		this.client.get()
			.uri("/actuator/metrics/socketpair.bytes?tag=end:second&tag=direction:received")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.baseUnit")
			.isEqualTo("bytes")
			.jsonPath("$.measurements[0].value")
			.value(Double.class, (value) -> assertThat(value).isGreaterThan(1000));
	}

	@Test
	void metersAreScraped() {
		this.client.get()
			.uri("/actuator/prometheus")
			.accept(MediaType.TEXT_PLAIN)
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.value((text) -> assertThat(text).contains("socketpair_created_pairs_total{")
				.contains("socketpair_open_pairs{")
				.contains("socketpair_bytes_total{")
				.contains("socketpair_operations_total{"));
	}

	@Test
	void healthIsUp() {
		this.client.get()
			.uri("/actuator/health")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.status")
			.isEqualTo("UP");
	}

	@Test
	void transferRunsAgainAndTellsHowFarItIs() {
		TransferStatus started = start("times=3&atOnce=2").expectStatus()
			.isAccepted()
			.expectBody(TransferStatus.class)
			.returnResult()
			.getResponseBody();
		assertThat(started.path()).hasFileName("pom.xml");
		TransferStatus ended = awaitEnd();
		assertThat(ended.id()).isEqualTo(started.id());
		assertThat(ended.state()).isEqualTo(State.DONE);
		assertThat(ended.bytes()).isEqualTo(ended.totalBytes()).isEqualTo(3 * Path.of("pom.xml").toFile().length());
		assertThat(ended.percent()).isEqualTo(100);
		assertThat(ended.matches()).isTrue();
		assertThat(ended.error()).isNull();
	}

	@Test
	void transferIsOneThroughOnePairUnlessMoreIsAskedFor() {
		start("").expectStatus().isAccepted();
		TransferStatus ended = awaitEnd();
		assertThat(ended.times()).isOne();
		assertThat(ended.atOnce()).isOne();
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';', quoteCharacter = '"',
			value = { "times=0; 'times' must be a whole number from 1 to 1000, but is '0'",
					"times=; 'times' must be a whole number from 1 to 1000, but is ''",
					"times=1e3; 'times' must be a whole number from 1 to 1000, but is '1e3'",
					"atOnce=17; 'atOnce' must be a whole number from 1 to 16, but is '17'" })
	void badNumberIsRefused(String query, String message) {
		start(query).expectStatus().isBadRequest().expectBody().jsonPath("$.detail").isEqualTo(message);
	}

	private ResponseSpec start(String query) {
		return this.client.post().uri("/transfers?" + query).exchange();
	}

	private TransferStatus awaitEnd() {
		return Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.until(() -> this.client.get()
				.uri("/transfers/latest")
				.exchange()
				.expectBody(TransferStatus.class)
				.returnResult()
				.getResponseBody(), (status) -> status.state() != State.RUNNING);
	}

}
