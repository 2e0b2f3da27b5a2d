package dev.socketpair.sample;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketpair.SocketPairException;
import dev.socketpair.message.IncompleteMessageException;
import dev.socketpair.message.MessageConnection;
import dev.socketpair.process.ProcessExitedException;
import dev.socketpair.process.ProcessStartException;
import dev.socketpair.process.ProcessStartException.Reason;
import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessState;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A process that answers one request after the other.
 */
class Worker {

	private static final Log logger = LogFactory.getLog(Worker.class);

	private final SocketPairProcess process;

	private final JsonMapper mapper;

	/**
	 * Held from a request to its answer, which has nothing else that tells whose it is.
	 */
	private final Lock turn = new ReentrantLock();

	Worker(SocketPairProcess process, JsonMapper mapper) {
		this.process = process;
		this.mapper = mapper;
	}

	/**
	 * Ask about a text, and start the process before that if it does not run.
	 * @param text the text
	 * @return the answer, or why there is none
	 */
	WorkerReply ask(String text) {
		this.turn.lock();
		try {
			startIfStopped();
			long start = System.nanoTime();
			TextFacts answer = exchange(new TextRequest(text));
			return reply(state(), answer, null, TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - start));
		}
		catch (ProcessStartException ex) {
			logger.warn(ex.getMessage());
			String state = (ex.reason() == Reason.COMMAND_NOT_FOUND) ? "not installed" : state();
			return reply(state, null, describe(ex), null);
		}
		catch (ProcessExitedException ex) {
			return reply(state(), null, describe(ex), null);
		}
		catch (IOException | JacksonException | IllegalStateException ex) {
			return reply(state(), null, ex.getMessage(), null);
		}
		finally {
			this.turn.unlock();
		}
	}

	/**
	 * Send {@code SIGKILL} to the process, as the kernel does when memory runs out.
	 * @return the number of the process, or nothing if none runs
	 */
	OptionalLong kill() {
		long pid = this.process.pid();
		if (pid == SocketPairProcess.NO_PID) {
			return OptionalLong.empty();
		}
		// A child that has just ended gives its number back
		return ProcessHandle.current().children().anyMatch((child) -> child.pid() == pid && child.destroyForcibly())
				? OptionalLong.of(pid) : OptionalLong.empty();
	}

	String name() {
		return this.process.name();
	}

	private void startIfStopped() throws IOException {
		SocketPairProcessState state = this.process.state();
		if (state == SocketPairProcessState.STOPPED || state == SocketPairProcessState.GAVE_UP) {
			this.process.start();
		}
	}

	private TextFacts exchange(TextRequest request) throws IOException {
		try {
			// The answer is to come from the child that was asked, not from the next one
			MessageConnection asked = this.process.currentMessages();
			asked.send(this.mapper.writeValueAsBytes(request));
			ByteBuffer answer = asked.receive();
			if (answer == null) {
				throw withoutAnswer("it closed the connection", null);
			}
			return this.mapper.readValue(StandardCharsets.UTF_8.decode(answer).toString(), TextFacts.class);
		}
		catch (SocketTimeoutException | IncompleteMessageException | SocketPairException ex) {
			throw withoutAnswer(ex.getMessage(), ex);
		}
	}

	private IOException withoutAnswer(@Nullable String reason, @Nullable IOException cause) {
		// A late answer would be taken for the one to the next request
		this.process.stop();
		return new IOException("Process '%s' was stopped without an answer: %s".formatted(this.process.name(), reason),
				cause);
	}

	/** Without the command line, which is for the log and not for an HTTP client. */
	private static String describe(ProcessStartException ex) {
		if (ex.reason() == Reason.COMMAND_NOT_FOUND) {
			return "Process '%s' cannot be started: '%s' is not on the PATH: install it".formatted(ex.name(),
					ex.command().get(0));
		}
		return Stream
			.concat(Stream.of("Process '%s' cannot be started: %s".formatted(ex.name(), ex.detail())),
					ex.standardErrorTail().stream())
			.collect(Collectors.joining(" | "));
	}

	/** Without the command line, as above. */
	private String describe(ProcessExitedException ex) {
		String next = switch (this.process.state()) {
			case GAVE_UP -> ", and was restarted too often";
			case STOPPED, STOPPING -> "";
			case WAITING_TO_RESTART, STARTING, RUNNING -> ", and is started again";
		};
		return "Process '%s' exited with %s%s".formatted(ex.name(), ex.status(), next);
	}

	private WorkerReply reply(String state, @Nullable TextFacts answer, @Nullable String error,
			@Nullable Long microseconds) {
		long pid = this.process.pid();
		return new WorkerReply(this.process.name(), state, (pid != SocketPairProcess.NO_PID) ? pid : null, answer,
				error, microseconds);
	}

	private String state() {
		return this.process.state().name().toLowerCase(Locale.ROOT).replace('_', ' ');
	}

}
