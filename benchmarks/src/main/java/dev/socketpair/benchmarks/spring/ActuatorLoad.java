package dev.socketpair.benchmarks.spring;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Measures how soon the endpoint and the health of an application with many open pairs
 * answer, over HTTP, next to an answer that costs the application nothing.
 */
public final class ActuatorLoad {

	private static final int WARM_UP = 50;

	private static final int REQUESTS = 100;

	private static final Map<String, Double> TARGETS = new LinkedHashMap<>();

	static {
		TARGETS.put("/actuator/health/ping", Double.NaN);
		TARGETS.put("/actuator/socketpairs", 100.0);
		TARGETS.put("/actuator/socketpairs/named", Double.NaN);
		TARGETS.put("/actuator/health/socketpair", 5.0);
		TARGETS.put("/actuator/health", Double.NaN);
	}

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final String server;

	private ActuatorLoad(String server) {
		this.server = server;
	}

	/**
	 * Start an application, open pairs, and print a table.
	 * @param arguments how many pairs to open
	 * @throws IOException if a pair cannot be made or a request fails
	 * @throws InterruptedException if this thread is interrupted
	 */
	public static void main(String[] arguments) throws IOException, InterruptedException {
		int count = Integer.parseInt(arguments[0]);
		try (ConfigurableApplicationContext context = SpringApplication.run(BareApplication.class,
				"--spring.main.banner-mode=off", "--server.port=0", "--logging.level.root=warn",
				"--socketpair.pairs.named.type=stream", "--management.endpoint.health.show-components=always",
				"--management.endpoints.web.exposure.include=health,socketpairs")) {
			SocketPairFactory factory = context.getBean(SocketPairFactory.class);
			List<SocketPair> pairs = new ArrayList<>();
			// One has a name, and is there already
			while (pairs.size() < count - 1) {
				pairs.add(factory.create());
			}
			String port = context.getEnvironment().getRequiredProperty("local.server.port");
			new ActuatorLoad("http://localhost:" + port).measure(pairs.size() + 1, factory.nativeBinding());
		}
		// Threads of the client must not keep this JVM alive.
		System.exit(0);
	}

	private void measure(int pairs, String binding) throws IOException, InterruptedException {
		Map<String, List<Long>> times = new LinkedHashMap<>();
		Map<String, Integer> sizes = new LinkedHashMap<>();
		for (int i = -WARM_UP; i < REQUESTS; i++) {
			for (String path : TARGETS.keySet()) {
				long start = System.nanoTime();
				sizes.put(path, get(path));
				if (i >= 0) {
					times.computeIfAbsent(path, (key) -> new ArrayList<>()).add(System.nanoTime() - start);
				}
			}
		}
		System.out.printf(Locale.ROOT, "%s open pairs, Java %s, %s, load %s; medians of %s (quartiles)%n%n", pairs,
				Runtime.version(), binding, Files.readString(Path.of("/proc/loadavg")).split(" ")[0], REQUESTS);
		System.out.println("| GET | bytes | ms | target |");
		System.out.println("| --- | --- | --- | --- |");
		TARGETS.forEach((path, target) -> {
			Quartiles quartiles = Quartiles.of(times.getOrDefault(path, List.of()));
			String verdict = target.isNaN() ? "" : String.format(Locale.ROOT, "under %.0f %s", target,
					(quartiles.median() < target) ? "PASS" : "**MISS**");
			System.out.printf(Locale.ROOT, "| %s | %s | %s | %s |%n", path, sizes.get(path), quartiles.cell(1),
					verdict);
		});
	}

	private int get(String path) throws IOException, InterruptedException {
		HttpResponse<byte[]> response = this.client.send(HttpRequest.newBuilder(URI.create(this.server + path)).build(),
				BodyHandlers.ofByteArray());
		if (response.statusCode() != 200) {
			throw new IOException("%s: %s".formatted(path, response.statusCode()));
		}
		return response.body().length;
	}

}
