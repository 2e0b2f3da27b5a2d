package dev.socketpair;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import com.sun.jna.Pointer;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import dev.socketpair.testsupport.Pairs;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Memory of an arena that another thread tries to close while a call is in the kernel
 * with a buffer of it. Either the arena is held or the memory is not touched any more.
 */
@NothingLeaks
@Tag("java21")
class ArenaContractTests {

	private static final int LENGTH = 64;

	@RegisterExtension
	final Pairs pairs = new Pairs();

	static Stream<Arguments> waysToReceive() {
		List<Arguments> ways = new ArrayList<>();
		for (String type : List.of("stream", "dgram", "seqpacket")) {
			ways.add(way(type, "read", PairedSocket::read));
			ways.add(way(type, "peek", PairedSocket::peek));
			ways.add(way(type, "scatter",
					(socket, buffer) -> socket.read(new ByteBuffer[] { ByteBuffer.allocate(1), buffer })));
			ways.add(way(type, "receiveDescriptors",
					(socket, buffer) -> socket.receiveDescriptors(buffer, new ArrayList<>())));
			if (!type.equals("stream")) {
				ways.add(way(type, "receive", PairedSocket::receive));
			}
		}
		return ways.stream();
	}

	static Stream<Arguments> waysToSend() {
		List<Arguments> ways = new ArrayList<>();
		for (String type : List.of("stream", "dgram", "seqpacket")) {
			ways.add(way(type, "write", PairedSocket::write));
			ways.add(way(type, "gather",
					(socket, buffer) -> socket.write(new ByteBuffer[] { ByteBuffer.allocateDirect(0), buffer })));
			ways.add(way(type, "sendDescriptors", PairedSocket::sendDescriptors));
			if (!type.equals("stream")) {
				ways.add(way(type, "send", PairedSocket::send));
			}
		}
		return ways.stream();
	}

	private static Arguments way(String type, String name, Call call) {
		return Arguments.of(type, name, call);
	}

	@ParameterizedTest(name = "{0} {1}")
	@MethodSource("waysToReceive")
	void nothingIsReceivedIntoMemoryThatWasFreed(String type, String name, Call call) throws Exception {
		Arena arena = new Arena();
		ByteBuffer buffer = arena.allocate(LENGTH);
		SocketPair pair = this.pairs.of(type);
		InBackground<Long> reader = InBackground.call(() -> call.with(pair.second(), buffer).longValue())
			.untilBlocked();
		boolean closed = arena.tryToClose();
		pair.first().write(ByteBuffer.wrap(message()));
		if (closed) {
			assertThatIllegalStateException().isThrownBy(reader::get);
			byte[] freed = new Pointer(arena.address).getByteArray(0, LENGTH);
			assertThat(new String(freed, StandardCharsets.ISO_8859_1)).doesNotContain("mmmm");
			assertThat(pair.second().isOpen()).isTrue();
		}
		else {
			assertThat(reader.get()).isPositive();
			assertThat(buffer.get(0)).isEqualTo((byte) 'm');
			assertThat(arena.tryToClose()).isTrue();
		}
	}

	@ParameterizedTest(name = "{0} {1}")
	@MethodSource("waysToSend")
	void nothingIsSentFromMemoryThatWasFreed(String type, String name, Call call) throws Exception {
		Arena arena = new Arena();
		ByteBuffer buffer = arena.allocate(LENGTH);
		buffer.put(message()).clear();
		SocketPair pair = this.pairs.of(type);
		pair.first().configureBlocking(false);
		ByteBuffer filling = ByteBuffer.allocate(LENGTH);
		int before = 0;
		while (pair.first().write(filling.clear()) == LENGTH) {
			before++;
		}
		pair.first().configureBlocking(true);
		InBackground<Long> writer = InBackground.call(() -> call.with(pair.first(), buffer).longValue()).untilBlocked();
		boolean closed = arena.tryToClose();
		byte[] received = new byte[LENGTH];
		for (int i = 0; i < before; i++) {
			pair.second().inputStream().readNBytes(received, 0, LENGTH);
		}
		try {
			assertThat(writer.get()).isEqualTo(LENGTH);
		}
		catch (IllegalStateException ex) {
			// It was closed before the call.
			assertThat(closed).isTrue();
			assertThat(pair.second().available()).isZero();
			return;
		}
		pair.second().inputStream().readNBytes(received, 0, LENGTH);
		assertThat(received).isEqualTo(message());
		assertThat(closed || arena.tryToClose()).isTrue();
	}

	private static byte[] message() {
		byte[] message = new byte[LENGTH];
		Arrays.fill(message, (byte) 'm');
		return message;
	}

	/** A call that moves bytes. */
	@FunctionalInterface
	interface Call {

		Number with(PairedSocket socket, ByteBuffer buffer) throws IOException;

	}

	/** One that is shared between threads, which the baseline cannot call by name. */
	private static final class Arena {

		private static final String PACKAGE = "java.lang.foreign.";

		private final Class<?> type = Class.forName(PACKAGE + "Arena");

		private final Object arena = this.type.getMethod("ofShared").invoke(null);

		private long address;

		Arena() throws ReflectiveOperationException {
		}

		ByteBuffer allocate(long length) throws ReflectiveOperationException {
			Object segment = this.type.getMethod("allocate", long.class).invoke(this.arena, length);
			Class<?> segmentType = Class.forName(PACKAGE + "MemorySegment");
			this.address = (long) segmentType.getMethod("address").invoke(segment);
			return (ByteBuffer) segmentType.getMethod("asByteBuffer").invoke(segment);
		}

		/** Return whether it is not held. */
		boolean tryToClose() throws ReflectiveOperationException {
			try {
				this.type.getMethod("close").invoke(this.arena);
				return true;
			}
			catch (InvocationTargetException ex) {
				assertThat(ex).hasCauseInstanceOf(IllegalStateException.class);
				return false;
			}
		}

	}

}
