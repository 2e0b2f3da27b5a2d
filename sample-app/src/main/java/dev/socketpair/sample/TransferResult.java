package dev.socketpair.sample;

import java.nio.file.Path;
import java.time.Duration;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What became of a transfer that came to its end.
 *
 * @param path the file
 * @param bytes the number of bytes that arrived
 * @param duration from before the pair was made until both sides were done
 * @param sentSha256 the SHA-256 of what was sent, in hexadecimal
 * @param receivedSha256 the SHA-256 of what arrived, in hexadecimal
 */
public record TransferResult(Path path, long bytes, Duration duration, String sentSha256, String receivedSha256) {

	/**
	 * Return whether what arrived is what was sent.
	 * @return whether the digests agree
	 */
	@JsonProperty
	public boolean matches() {
		return this.sentSha256.equals(this.receivedSha256);
	}

}
