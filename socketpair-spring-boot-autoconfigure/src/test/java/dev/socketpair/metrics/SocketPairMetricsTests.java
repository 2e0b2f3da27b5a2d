package dev.socketpair.metrics;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import dev.socketpair.SocketDomain;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketType;
import dev.socketpair.libc.NativeBinding;
import dev.socketpair.nio.NativeSocketPairFactory;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SocketPairMetrics}.
 */
class SocketPairMetricsTests {

	private static final String CONFIGURED = "control";

	private final SocketPairFactory factory = NativeSocketPairFactory.builder(NativeBinding.fromSystemProperty().load())
		.defaults(SocketPairOptions.builder().build())
		.countedNames(Set.of(CONFIGURED))
		.build();

	private final MeterRegistry registry = new SimpleMeterRegistry();

	@AfterEach
	void close() {
		this.factory.close();
		this.registry.close();
	}

	@Test
	void nothingIsRegisteredBeforeSomethingIsCounted() {
		bindTo(this.registry);
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void pairsAreCountedWhenTheyAreMade() throws IOException {
		bindTo(this.registry);
		create(null, SocketType.STREAM);
		create(null, SocketType.STREAM);
		create(null, SocketType.DGRAM);
		assertThat(value("socketpair.created", "pair", "anonymous", "type", "stream")).isEqualTo(2);
		assertThat(value("socketpair.created", "pair", "anonymous", "type", "dgram")).isEqualTo(1);
	}

	@Test
	void pairIsOpenUntilBothEndsAreClosed() throws IOException {
		bindTo(this.registry);
		SocketPair pair = create(null, SocketType.STREAM);
		assertThat(value("socketpair.open", "type", "stream")).isEqualTo(1);
		pair.first().close();
		assertThat(value("socketpair.open", "type", "stream")).isEqualTo(1);
		pair.second().close();
		assertThat(value("socketpair.open", "type", "stream")).isZero();
	}

	@Test
	void bytesAndOperationsAreThoseThatWereMoved() throws IOException {
		bindTo(this.registry);
		SocketPair pair = create(null, SocketType.SEQPACKET);
		pair.first().write(ByteBuffer.allocate(100));
		pair.first().write(ByteBuffer.allocate(20));
		pair.second().read(ByteBuffer.allocate(200));
		pair.second().write(ByteBuffer.allocate(3));
		assertThat(moved("first", "sent")).containsExactly(120, 2);
		assertThat(moved("second", "received")).containsExactly(100, 1);
		assertThat(moved("second", "sent")).containsExactly(3, 1);
		assertThat(moved("first", "received")).containsExactly(0, 0);
	}

	@Test
	void closedPairsKeepCountingInTheTotals() throws IOException {
		bindTo(this.registry);
		for (int i = 0; i < 3; i++) {
			try (SocketPair pair = create(null, SocketType.SEQPACKET)) {
				pair.first().write(ByteBuffer.allocate(10));
			}
		}
		assertThat(value("socketpair.created", "type", "seqpacket")).isEqualTo(3);
		assertThat(moved("first", "sent")).containsExactly(30, 3);
	}

	@Test
	void whatHappenedBeforeBindingIsCounted() throws IOException {
		create(null, SocketType.SEQPACKET).first().write(ByteBuffer.allocate(10));
		failToCreate(null);
		bindTo(this.registry);
		assertThat(value("socketpair.created", "type", "seqpacket")).isEqualTo(1);
		assertThat(moved("first", "sent")).containsExactly(10, 1);
		assertThat(value("socketpair.failures", "operation", "socketpair")).isEqualTo(1);
	}

	@Test
	void failureIsRegisteredWhenItIsFirstSeenAndThenCounted() {
		bindTo(this.registry);
		assertThat(this.registry.find("socketpair.failures").meters()).isEmpty();
		failToCreate(null);
		assertThat(value("socketpair.failures", "pair", "anonymous", "type", "stream", "operation", "socketpair",
				"errno", "EOPNOTSUPP"))
			.isEqualTo(1);
		failToCreate(null);
		assertThat(value("socketpair.failures", "errno", "EOPNOTSUPP")).isEqualTo(2);
	}

	@Test
	void failedCreationIsNoPair() {
		bindTo(this.registry);
		failToCreate(null);
		assertThat(this.registry.find("socketpair.created").meters()).isEmpty();
		assertThat(this.registry.find("socketpair.open").meters()).isEmpty();
	}

	@Test
	void failuresOfDifferentCallsAreCountedApart() throws IOException {
		bindTo(this.registry);
		SocketPair pair = create(null, SocketType.STREAM);
		pair.second().close();
		assertThatExceptionOfType(SocketPairException.class)
			.isThrownBy(() -> pair.first().write(ByteBuffer.allocate(1)));
		failToCreate(null);
		assertThat(value("socketpair.failures", "operation", "send", "errno", "EPIPE")).isEqualTo(1);
		assertThat(value("socketpair.failures", "operation", "socketpair", "errno", "EOPNOTSUPP")).isEqualTo(1);
	}

	@Test
	void nothingToReadIsNoFailure() throws IOException {
		bindTo(this.registry);
		SocketPair pair = create(null, SocketType.STREAM);
		pair.first().configureBlocking(false);
		assertThat(pair.first().read(ByteBuffer.allocate(1))).isZero();
		assertThat(this.registry.find("socketpair.failures").meters()).isEmpty();
		assertThat(value("socketpair.operations", "end", "first", "direction", "received")).isZero();
	}

	@Test
	void timeOutIsNoFailure() throws IOException {
		bindTo(this.registry);
		SocketPair pair = create(null, SocketType.STREAM);
		pair.first().readTimeout(Duration.ofMillis(1));
		assertThatExceptionOfType(SocketTimeoutException.class)
			.isThrownBy(() -> pair.first().read(ByteBuffer.allocate(1)));
		assertThat(this.registry.find("socketpair.failures").meters()).isEmpty();
	}

	@Test
	void configuredNameIsATag() throws IOException {
		bindTo(this.registry);
		create(CONFIGURED, SocketType.STREAM);
		failToCreate(CONFIGURED);
		assertThat(value("socketpair.created", "pair", CONFIGURED)).isEqualTo(1);
		assertThat(value("socketpair.failures", "pair", CONFIGURED)).isEqualTo(1);
	}

	@Test
	void namesSetInCodeAreSummedAsAnonymous() throws IOException {
		bindTo(this.registry);
		create("one", SocketType.STREAM);
		create("two", SocketType.STREAM);
		create(null, SocketType.STREAM);
		assertThat(value("socketpair.created", "pair", "anonymous")).isEqualTo(3);
		assertThat(tagValues("pair")).containsOnly("anonymous");
	}

	@ParameterizedTest
	@CsvSource({ "1, stream", "2, dgram", "3, raw", "5, seqpacket" })
	void typeIsTaggedByName(int number, String name) throws IOException {
		bindTo(this.registry);
		create(null, SocketType.of(number));
		assertThat(tagValues("type")).containsOnly(name);
	}

	@ParameterizedTest
	@CsvSource({ "75, other", "10, other", "0x801, stream", "0x80805, seqpacket" })
	void typesWithoutNameShareATagAndFlagsAreNoneOfIt(String number, String name) {
		bindTo(this.registry);
		SocketPairOptions options = SocketPairOptions.builder()
			.domain(SocketDomain.INET)
			.type(SocketType.of(number))
			.build();
		assertThatExceptionOfType(SocketPairException.class).isThrownBy(() -> this.factory.create(options));
		assertThat(tagValues("type")).containsOnly(name);
	}

	@Test
	void whatWaitsIsQueuedByTheEndThatHasSentIt() throws IOException {
		SocketPair stream = create(CONFIGURED, SocketType.STREAM);
		SocketPair other = create(CONFIGURED, SocketType.STREAM);
		bindTo(this.registry);
		stream.first().write(ByteBuffer.allocate(100));
		stream.second().write(ByteBuffer.allocate(5));
		other.first().write(ByteBuffer.allocate(20));
		await().untilAsserted(() -> {
			assertThat(value("socketpair.queued", "pair", CONFIGURED, "end", "first")).isEqualTo(120);
			assertThat(value("socketpair.queued", "pair", CONFIGURED, "end", "second")).isEqualTo(5);
		});
		await().untilAsserted(
				() -> assertThat(value("socketpair.stalled", "pair", CONFIGURED, "end", "first")).isPositive());
		stream.second().read(ByteBuffer.allocate(100));
		other.second().read(ByteBuffer.allocate(20));
		await().untilAsserted(() -> {
			assertThat(value("socketpair.queued", "pair", CONFIGURED, "end", "first")).isZero();
			assertThat(value("socketpair.stalled", "pair", CONFIGURED, "end", "first")).isZero();
		});
	}

	@Test
	void tagsOfTheBinderAreOnEveryMeter() throws IOException {
		new SocketPairMetrics(this.factory, Tags.of("application", "test")).bindTo(this.registry);
		create(null, SocketType.STREAM);
		failToCreate(null);
		assertThat(this.registry.getMeters()).isNotEmpty()
			.allSatisfy((meter) -> assertThat(meter.getId().getTag("application")).isEqualTo("test"));
	}

	@Test
	void everyMeterIsADocumentedOne() throws IOException {
		bindTo(this.registry);
		create(null, SocketType.STREAM);
		failToCreate(null);
		List<SocketPairMeters> documented = Arrays.asList(SocketPairMeters.values());
		assertThat(this.registry.getMeters()).allSatisfy((meter) -> {
			Meter.Id id = meter.getId();
			assertThat(documented).filteredOn((constant) -> constant.getName().equals(id.getName()))
				.singleElement()
				.satisfies((constant) -> {
					assertThat(id.getType()).isEqualTo(constant.getType());
					assertThat(id.getBaseUnit()).isEqualTo(constant.getBaseUnit());
					assertThat(id.getDescription()).isEqualTo(constant.getDescription());
					assertThat(id.getTags()).extracting(Tag::getKey)
						.containsExactlyInAnyOrder(
								Arrays.stream(constant.getKeyNames()).map(KeyName::asString).toArray(String[]::new));
				});
		});
	}

	@Test
	void everyRegistryThatIsBoundGetsTheSameNumbers() throws IOException {
		SimpleMeterRegistry other = new SimpleMeterRegistry();
		bindTo(this.registry);
		create(null, SocketType.SEQPACKET).first().write(ByteBuffer.allocate(7));
		bindTo(other);
		failToCreate(null);
		for (MeterRegistry bound : List.of(this.registry, other)) {
			assertThat(value(bound, "socketpair.created")).isEqualTo(1);
			assertThat(value(bound, "socketpair.bytes", "end", "first", "direction", "sent")).isEqualTo(7);
			assertThat(value(bound, "socketpair.failures")).isEqualTo(1);
		}
	}

	@Test
	void bindingTwiceToOneRegistryCountsOnce() throws IOException {
		bindTo(this.registry);
		bindTo(this.registry);
		create(null, SocketType.STREAM);
		assertThat(value("socketpair.created")).isEqualTo(1);
	}

	@Test
	void registriesThatJoinACompositeLaterGetTheNumbers() throws IOException {
		CompositeMeterRegistry composite = new CompositeMeterRegistry();
		bindTo(composite);
		create(null, SocketType.SEQPACKET).first().write(ByteBuffer.allocate(7));
		composite.add(this.registry);
		failToCreate(null);
		assertThat(value("socketpair.created")).isEqualTo(1);
		assertThat(value("socketpair.open")).isEqualTo(1);
		assertThat(moved("first", "sent")).containsExactly(7, 1);
		assertThat(value("socketpair.failures")).isEqualTo(1);
	}

	@Test
	void metersSurviveAGarbageCollection() throws IOException {
		bindTo(this.registry);
		create(null, SocketType.SEQPACKET).first().write(ByteBuffer.allocate(7));
		System.gc();
		assertThat(value("socketpair.created")).isEqualTo(1);
		assertThat(moved("first", "sent")).containsExactly(7, 1);
	}

	@ParameterizedTest
	@CsvSource({ "CREATED, socketpair_created_pairs_total", "OPEN, socketpair_open_pairs",
			"BYTES, socketpair_bytes_total", "OPERATIONS, socketpair_operations_total",
			"FAILURES, socketpair_failures_total", "QUEUED, socketpair_queued_bytes",
			"STALLED, socketpair_stalled_seconds" })
	void prometheusGetsTheMeterUnderItsName(SocketPairMeters meter, String name) throws IOException {
		PrometheusScrape scrape = scrapeOfEveryMeter();
		assertThat(scrape.names()).containsEntry(meter.getDescription(), name);
		assertThat(scrape.types()).containsEntry(name, (meter.getType() == Meter.Type.GAUGE) ? "gauge" : "counter");
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = "PROCESS_.*")
	void prometheusGetsExactlyTheDocumentedTags(SocketPairMeters meter) throws IOException {
		PrometheusScrape scrape = scrapeOfEveryMeter();
		assertThat(scrape.samples(scrape.names().get(meter.getDescription()))).isNotEmpty()
			.allSatisfy((sample) -> assertThat(sample.tags())
				.containsOnlyKeys(Arrays.stream(meter.getKeyNames()).map(KeyName::asString).toArray(String[]::new)));
	}

	@Test
	void prometheusGetsTheNumbers() throws IOException {
		PrometheusScrape scrape = scrapeOfEveryMeter();
		assertThat(scrape.samples("socketpair_created_pairs_total")).singleElement()
			.satisfies((sample) -> assertThat(sample.value()).isEqualTo(1));
		assertThat(scrape.samples("socketpair_open_pairs")).singleElement()
			.satisfies((sample) -> assertThat(sample.value()).isEqualTo(1));
		assertThat(scrape.samples("socketpair_bytes_total"))
			.filteredOn((sample) -> sample.tags().values().containsAll(List.of("first", "sent")))
			.singleElement()
			.satisfies((sample) -> assertThat(sample.value()).isEqualTo(11));
		assertThat(scrape.samples("socketpair_queued_bytes"))
			.filteredOn((sample) -> sample.tags().containsValue("first"))
			.singleElement()
			.satisfies((sample) -> assertThat(sample.value()).isEqualTo(11));
		assertThat(scrape.samples("socketpair_failures_total")).singleElement()
			.satisfies((sample) -> assertThat(sample.value()).isEqualTo(1));
	}

	private PrometheusScrape scrapeOfEveryMeter() throws IOException {
		PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		bindTo(prometheus);
		create(CONFIGURED, SocketType.STREAM).first().write(ByteBuffer.allocate(11));
		failToCreate(CONFIGURED);
		return PrometheusScrape.of(prometheus);
	}

	private void bindTo(MeterRegistry registry) {
		new SocketPairMetrics(this.factory, Collections.emptyList()).bindTo(registry);
	}

	/** The factory keeps the pair open. */
	private SocketPair create(String name, SocketType type) throws IOException {
		return this.factory.create(SocketPairOptions.builder().name(name).type(type).build());
	}

	private void failToCreate(String name) {
		SocketPairOptions options = SocketPairOptions.builder().name(name).domain(SocketDomain.INET).build();
		assertThatExceptionOfType(SocketPairException.class).isThrownBy(() -> this.factory.create(options));
	}

	private double value(String name, String... tags) {
		return value(this.registry, name, tags);
	}

	private static double value(MeterRegistry registry, String name, String... tags) {
		assertThat(registry.find(name).tags(tags).meters()).hasSize(1);
		FunctionCounter counter = registry.find(name).tags(tags).functionCounter();
		return (counter != null) ? counter.count() : registry.get(name).tags(tags).gauge().value();
	}

	private int[] moved(String end, String direction) {
		double bytes = value("socketpair.bytes", "end", end, "direction", direction);
		double operations = value("socketpair.operations", "end", end, "direction", direction);
		return new int[] { (int) bytes, (int) operations };
	}

	private Set<String> tagValues(String key) {
		Set<String> values = new TreeSet<>();
		this.registry.getMeters().forEach((meter) -> values.add(meter.getId().getTag(key)));
		return values;
	}

}
