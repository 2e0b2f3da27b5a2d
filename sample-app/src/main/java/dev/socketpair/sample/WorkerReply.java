package dev.socketpair.sample;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import org.jspecify.annotations.Nullable;

/**
 * What came of a request to a worker: an answer or an error.
 *
 * @param name the name of the worker in the configuration
 * @param state what its process is doing after the request
 * @param pid the number of its process, if it has one
 * @param answer what it answered
 * @param error why it did not
 * @param microseconds how long the answer took
 */
@JsonInclude(Include.NON_NULL)
record WorkerReply(String name, String state, @Nullable Long pid, @Nullable TextFacts answer, @Nullable String error,
		@Nullable Long microseconds) {

}
