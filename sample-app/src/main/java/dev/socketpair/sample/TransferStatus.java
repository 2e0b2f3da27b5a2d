package dev.socketpair.sample;

import java.nio.file.Path;
import java.time.Duration;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import org.jspecify.annotations.Nullable;

/**
 * How far a file that is streamed a number of times is.
 *
 * @param id the number of the job, 1 for the first
 * @param state what it is doing
 * @param path the file
 * @param times how often it is streamed
 * @param atOnce how many pairs it is streamed through at the same time
 * @param bytes the number of bytes that have arrived
 * @param totalBytes the number of bytes that will have at the end
 * @param percent how much of the job is done, 100 only if all of it is
 * @param duration the time that it has taken so far, or took
 * @param sha256 the SHA-256 of what was sent, in hexadecimal, when it is done
 * @param matches whether what arrived is what was sent, when it is done
 * @param error why it failed
 */
@JsonInclude(Include.NON_NULL)
record TransferStatus(long id, State state, Path path, int times, int atOnce, long bytes, long totalBytes, int percent,
		Duration duration, @Nullable String sha256, @Nullable Boolean matches, @Nullable String error) {

	/** What a job is doing. */
	enum State {

		/** Bytes are moving. */
		RUNNING,

		/** All arrived. */
		DONE,

		/** Something did not. */
		FAILED

	}

}
