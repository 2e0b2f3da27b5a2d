package dev.socketpair.sample;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.micrometer.metrics.test.autoconfigure.AutoConfigureMetrics;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

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
	void transferRunsAgain() {
		this.client.post()
			.uri("/transfers")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.path")
			.value(String.class, (path) -> assertThat(path).endsWith("pom.xml"))
			.jsonPath("$.bytes")
			.value(Integer.class, (bytes) -> assertThat(bytes).isGreaterThan(1000))
			.jsonPath("$.matches")
			.isEqualTo(true);
	}

}
