package dev.socketpair.metrics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/**
 * What Prometheus gets when it scrapes a registry.
 *
 * @param names the names of the metrics by their help texts
 * @param types the types of the metrics by their names
 * @param samples the samples
 */
public record PrometheusScrape(Map<String, String> names, Map<String, String> types, List<Sample> samples) {

	private static final Pattern LINE = Pattern
		.compile("# (?<kind>HELP|TYPE) (?<metric>\\S+) (?<text>.*)|(?<name>[^{ ]+)(\\{(?<tags>.*)})? (?<value>\\S+)");

	private static final Pattern TAG = Pattern.compile("(\\w+)=\"([^\"]*)\"");

	/**
	 * Scrape a registry.
	 * @param registry the registry
	 * @return what it gives
	 */
	public static PrometheusScrape of(PrometheusMeterRegistry registry) {
		Map<String, String> names = new HashMap<>();
		Map<String, String> types = new HashMap<>();
		List<Sample> samples = new ArrayList<>();
		registry.scrape().lines().forEach((text) -> {
			Matcher line = LINE.matcher(text);
			if (!line.matches()) {
				throw new IllegalStateException("No line of a scrape: " + text);
			}
			if ("HELP".equals(line.group("kind"))) {
				names.put(line.group("text"), line.group("metric"));
			}
			else if ("TYPE".equals(line.group("kind"))) {
				types.put(line.group("metric"), line.group("text"));
			}
			else {
				samples.add(new Sample(line.group("name"), tags(line.group("tags")),
						Double.parseDouble(line.group("value"))));
			}
		});
		return new PrometheusScrape(names, types, samples);
	}

	private static Map<String, String> tags(String text) {
		Map<String, String> tags = new TreeMap<>();
		Matcher tag = TAG.matcher((text != null) ? text : "");
		while (tag.find()) {
			tags.put(tag.group(1), tag.group(2));
		}
		return tags;
	}

	/**
	 * Return the samples of a metric.
	 * @param name its name
	 * @return the samples
	 */
	public List<Sample> samples(String name) {
		return this.samples.stream().filter((sample) -> sample.name().equals(name)).toList();
	}

	/**
	 * One line with a number.
	 *
	 * @param name the name of the metric
	 * @param tags its tags
	 * @param value the number
	 */
	public record Sample(String name, Map<String, String> tags, double value) {
	}

}
