package dev.socketpair.process;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;

import dev.socketpair.Errno;
import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairs;
import dev.socketpair.message.IncompleteMessageException;
import dev.socketpair.testsupport.NothingLeaks;
import dev.socketpair.testsupport.PackagedTypes;
import dev.socketpair.text.Printable;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.util.DisconnectedClientHelper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests that Spring takes no exception of this library for a client that has gone, which
 * it would answer with an empty 200.
 */
@NothingLeaks
class DisconnectedClientTests {

	private final SocketPairFactory factory = SocketPairs.factory();

	@AfterEach
	void close() {
		this.factory.close();
	}

	static Set<String> ways() {
		return LostWorkers.ALL.keySet();
	}

	@ParameterizedTest
	@MethodSource("ways")
	void lossOfAWorkerIsNotTakenForThatOfAClient(String way) {
		Throwable loss = catchThrowable(() -> LostWorkers.ALL.get(way).ask(this.factory));
		assertThat(loss).as(way).isInstanceOf(Exception.class);
		assertIsNoDisconnectedClient(loss);
		assertIsNoDisconnectedClient(new IllegalStateException(loss));
		assertIsNoDisconnectedClient(new ExecutionException("It failed", loss));
		if (loss instanceof IOException exception) {
			assertIsNoDisconnectedClient(new UncheckedIOException(exception));
		}
		for (Throwable cause = loss.getCause(); cause != null; cause = cause.getCause()) {
			assertThat(cause).isNotInstanceOf(EOFException.class);
		}
	}

	private static void assertIsNoDisconnectedClient(Throwable failure) {
		assertThat(DisconnectedClientHelper.isClientDisconnectedException(failure)).as(failure.toString()).isFalse();
		assertThat(failure.toString().toLowerCase(Locale.ROOT)).doesNotContain("broken pipe", "connection reset");
	}

	@ParameterizedTest
	@EnumSource(Errno.class)
	void noErrnoIsTakenForIt(Errno errno) {
		assertIsNoDisconnectedClient(new SocketPairException("send", errno.number(), "domain=unix"));
	}

	@Test
	void noExceptionHasANameThatIsTakenForIt() throws IOException {
		Object taken = ReflectionTestUtils.getField(DisconnectedClientHelper.class, "EXCEPTION_TYPE_NAMES");
		assertThat((Set<?>) taken).asInstanceOf(InstanceOfAssertFactories.collection(String.class))
			.contains("EOFException");
		assertThat(PackagedTypes.all(Throwable.class)).contains(IncompleteMessageException.class)
			.noneMatch((type) -> ((Set<?>) taken).contains(type.getSimpleName()));
	}

	@ParameterizedTest
	@CsvSource({ "Broken pipe, Broken\\u0020pipe", "x: CONNECTION RESET by peer, x: CONNECTION\\u0020RESET by peer",
			"bro\u212aen pipe, bro\u212aen\\u0020pipe", "a pipe is broken, a pipe is broken" })
	void phrasesAreEscaped(String text, String expected) {
		assertThat(Printable.message(text)).isEqualTo(expected);
	}

}
