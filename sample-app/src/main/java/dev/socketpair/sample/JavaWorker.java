package dev.socketpair.sample;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import dev.socketpair.PairedSocket;
import dev.socketpair.message.Framing;
import dev.socketpair.message.MessageConnection;
import tools.jackson.databind.json.JsonMapper;

/**
 * Does in Java what {@code worker.py} and {@code worker.cjs} do. Needs no Spring.
 */
final class JavaWorker {

	private final JsonMapper mapper = new JsonMapper();

	/**
	 * Answer requests until the other end is closed.
	 * @param socket the end of the pair that this process was given
	 * @throws IOException if the socket fails
	 */
	void serve(PairedSocket socket) throws IOException {
		try (MessageConnection connection = MessageConnection.over(socket, Framing.LENGTH_PREFIX)) {
			ByteBuffer request = connection.receive();
			while (request != null) {
				connection.send(answer(StandardCharsets.UTF_8.decode(request).toString()));
				request = connection.receive();
			}
		}
	}

	private String answer(String request) {
		String text = this.mapper.readValue(request, TextRequest.class).text();
		return this.mapper.writeValueAsString(TextFacts.of(text));
	}

}
