package dev.socketpair.sample;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import dev.socketpair.SocketPairFactory;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.stereotype.Component;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/**
 * Shows a transfer, and what the meters say after it, as a table of two columns.
 */
@Component
class TransferReport {

	private static final List<String> METERS = List.of("socketpair.created", "socketpair.open", "socketpair.bytes",
			"socketpair.operations", "socketpair.failures");

	/** Is the same on all meters. */
	private static final String COMMON_TAG = "application";

	private final SocketPairFactory factory;

	private final MeterRegistry registry;

	TransferReport(SocketPairFactory factory, MeterRegistry registry) {
		this.factory = factory;
		this.registry = registry;
	}

	/**
	 * Return the report on a transfer that has just ended.
	 * @param result the transfer
	 */
	String of(TransferResult result) {
		double seconds = result.duration().toNanos() / 1e9;
		MultiValueMap<String, String> rows = new LinkedMultiValueMap<>();
		rows.add("file", result.path().toString());
		rows.add("pair", this.factory.defaultOptions().toString());
		rows.add("native binding", this.factory.nativeBinding());
		rows.add("moved",
				format("%,d bytes in %.3f s, %,.1f MB/s", result.bytes(), seconds, result.bytes() / seconds / 1e6));
		rows.add("SHA-256 sent", result.sentSha256());
		rows.add("SHA-256 received", result.receivedSha256());
		rows.add("digests", result.matches() ? "agree" : "DIFFER");
		METERS.forEach((name) -> rows.addAll(name, values(name)));
		return table(rows);
	}

	/** A meter of something that has never happened is not there yet. */
	private List<String> values(String name) {
		List<String> values = this.registry.find(name)
			.meters()
			.stream()
			.sorted(Comparator.comparing(TransferReport::tags))
			.map((meter) -> format("%,.0f (%s)", meter.measure().iterator().next().getValue(), tags(meter)))
			.toList();
		return values.isEmpty() ? List.of("0") : values;
	}

	private static String tags(Meter meter) {
		return meter.getId()
			.getTags()
			.stream()
			.filter((tag) -> !COMMON_TAG.equals(tag.getKey()))
			.map((tag) -> tag.getKey() + "=" + tag.getValue())
			.collect(Collectors.joining(", "));
	}

	private static String table(MultiValueMap<String, String> rows) {
		int width = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
		StringBuilder table = new StringBuilder();
		rows.forEach((label, values) -> values
			.forEach((value) -> table.append(format("%-" + width + "s  %s%n", label, value))));
		return table.toString();
	}

	private static String format(String format, Object... arguments) {
		return String.format(Locale.ROOT, format, arguments);
	}

}
